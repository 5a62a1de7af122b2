#!/usr/bin/env bash
# Makes an empty Debian with the programs that docs/operate installs, once for this list of them, and prints its folder. Hosts lie upon
# it and do not change it. The programs are in it already because hosts of the tests have no way to Debian's servers.
set -euo pipefail
programs=ca-certificates,curl,dbus,git,haproxy,openssl,postgresql,prometheus,systemd,systemd-sysv
debian="${1:-/var/cache/waybill-tests}/bookworm-$(echo "$programs" | sha256sum | cut -c1-12)"
export PATH="$PATH:/usr/sbin:/sbin"
if [ ! -e "$debian" ]; then
  command -v debootstrap > /dev/null || { echo "Install Debian's debootstrap" >&2; exit 1; }
  mkdir -p "$(dirname "$debian")"
  rm -rf "$debian.part"
  debootstrap --variant=minbase --include="$programs" bookworm "$debian.part" http://deb.debian.org/debian >&2
  rm -rf "$debian.part/var/cache/apt/archives"/*.deb
  mv "$debian.part" "$debian"
fi
echo "$debian"
