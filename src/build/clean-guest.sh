#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2154  # login and key are set before this text
# clean-guest: makes a guest fit for being the image of others, as root, before it is powered off
#
# 'seedbed build' runs it, after two lines that set $login (the account that it logs in with) and
# $key (the public key that opens it). What a machine must have for itself alone goes, and is made
# anew at the first boot: cloud-init's memory and logs, machine-id, ssh host keys, leases, random
# seeds, histories. What user-data put there stays: accounts, files, packages.
#
# For cloud-init of any version, with systemd or without. It fails if one of these is left.
set -u
export LC_ALL=C

# remove PATTERN...: files and folders, where there are any
remove()
{
  for path; do
    rm -rf -- "$path" || failed=$path
  done
}
failed=''

# ---- cloud-init ----

# With its own hooks (/etc/cloud/clean.d) where it has them; versions differ in the options they
# know, and none removes all that is named here.
if command -v cloud-init >/dev/null 2>&1; then
  cloud-init clean --logs >/dev/null 2>&1 || cloud-init clean >/dev/null 2>&1 || true
fi
remove /var/lib/cloud/instance /var/lib/cloud/instances /var/lib/cloud/data /var/lib/cloud/sem \
  /var/log/cloud-init.log* /var/log/cloud-init-output.log*
# what it wrote for this machine's network card
remove /etc/netplan/50-cloud-init.yaml /etc/network/interfaces.d/50-cloud-init* \
  /etc/NetworkManager/system-connections/cloud-init-*.nmconnection \
  /etc/systemd/network/10-cloud-init-*.network /etc/udev/rules.d/70-persistent-net.rules

# ---- the harness' key ----

# The line goes, not the file: the account may be one that the user-data made for others as well.
home=$(awk -F: -v login="$login" '$1 == login { print $6 }' /etc/passwd)
for keys in "$home/.ssh/authorized_keys" /root/.ssh/authorized_keys; do
  [ -e "$keys" ] || continue
  # in place, for owner, mode and labels stay
  rest=$(grep -vF -- "$key" "$keys" || true)
  printf '%s' "${rest:+$rest
}" >"$keys"
done

# ---- the variables of this machine ----

remove /etc/profile.d/seedbed-env.sh

# ---- identity ----

remove /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/dropbear/dropbear_*_host_key
# Empty, not missing: without the file, systemd takes the next boot for the system's very first, and
# enables all units as they were shipped.
[ ! -e /etc/machine-id ] || : >/etc/machine-id
[ -L /var/lib/dbus/machine-id ] || remove /var/lib/dbus/machine-id
remove /var/lib/systemd/credential.secret /var/lib/NetworkManager/secret_key

# ---- leases, seeds, logs, histories ----

remove /var/lib/dhcp/*.lease* /var/lib/dhclient/*.lease* /var/lib/dhcpcd/* \
  /var/lib/NetworkManager/*.lease /var/lib/NetworkManager/timestamps /var/lib/NetworkManager/seen-bssids
# systemd writes it again when the service stops: so that is now, not later
systemctl stop systemd-random-seed.service >/dev/null 2>&1 || true
remove /var/lib/systemd/random-seed /var/lib/urandom/random-seed /var/lib/seedrng
# journald lets go of its files, which lie in a folder called by the machine-id
journalctl --relinquish-var >/dev/null 2>&1 || true
remove /var/log/journal/*
for file in /var/log/wtmp /var/log/btmp /var/log/lastlog; do
  [ ! -e "$file" ] || : >"$file"
done
remove /root/.*_history /home/*/.*_history /root/.ssh/known_hosts
remove /tmp/* /var/tmp/*

# ---- check, and give space back ----

for path in /var/lib/cloud/instance /etc/ssh/ssh_host_*_key /etc/dropbear/dropbear_*_host_key; do
  [ ! -e "$path" ] || failed=$path
done
[ ! -s /etc/machine-id ] || failed=/etc/machine-id
! grep -qF -- "$key" "$home/.ssh/authorized_keys" 2>/dev/null || failed=$home/.ssh/authorized_keys
if [ "$failed" ]; then
  echo "$failed is still there" >&2
  exit 1
fi
# What was deleted is no longer in the image.
fstrim -a >/dev/null 2>&1 || true
sync
