#!/usr/bin/env bash
# Debian 13's pgbouncer beside the one of Debian 12, for the tests of transaction mode: unpacked into a folder of its own with the
# libraries that it was built for. Nothing that is installed is changed.
set -euo pipefail

target=/opt/pgbouncer-trixie
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -x "$target/usr/sbin/pgbouncer" ]; then exit 0; fi

mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/packages" "$work/root"
# From where this machine has its own packages.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $mirror trixie main" > "$work/sources.list"
options=(
  -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
  -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root
)
apt-get "${options[@]}" update
cd "$work/packages"
apt-get "${options[@]}" download pgbouncer/trixie \
  libaudit1/trixie libc6/trixie libcap-ng0/trixie libcap2/trixie libcares2/trixie libevent-2.1-7t64/trixie libgcc-s1/trixie \
  libldap2/trixie libpam0g/trixie libsasl2-2/trixie libssl3t64/trixie libsystemd0/trixie libzstd1/trixie zlib1g/trixie
for package in *.deb; do dpkg -x "$package" "$work/root"; done
mkdir -p "$(dirname "$target")"
mv "$work/root" "$target"
chmod -R go+rX "$target"
