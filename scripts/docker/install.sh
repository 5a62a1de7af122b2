#!/bin/sh
# The second stage of the Dockerfile: installs the release in /tmp/release on Debian with Node, for an account of its own.
set -eu
apt-get update
apt-get install --yes --no-install-recommends ca-certificates git
tar -xzf /tmp/release/waybill-*-without-postgres.tar.gz -C /opt
ln -s "$(basename /opt/waybill-*)" /opt/waybill
ln -s /opt/waybill/bin/waybill.js /usr/local/bin/waybill
useradd --system --uid 760 --home-dir /var/lib/waybill --shell /usr/sbin/nologin waybill
install -d -o waybill -g waybill -m 700 /var/lib/waybill
rm -rf /tmp/release /tmp/install.sh /var/lib/apt/lists/*
