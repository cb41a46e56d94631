#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC1091,SC2154  # the variables are set before this text, and by that file
# thaw-identity: makes a thawed guest a machine of its own, as root, at the virtio port
#
# Before this text is read, these variables are set: name, uuid, machine_id, login, client_key, host_key,
# host_key_pub, macs (of the NICs, in the order of the domain), and dropbear_key and seed (both with octal
# escapes). The clock is not set yet, and the links of the NICs are down: both follow. No systemctl here:
# each call takes seconds in an emulated guest. And few processes: each takes 10 ms.
set -eu
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
. /run/seedbed/frozen

# 1. Random numbers first, before anything draws one: all thawed guests would draw the same.
# shellcheck disable=SC2059  # the escapes are the content
printf "$seed" >/dev/urandom
/var/lib/seedbed/reseed >/dev/urandom || {
  echo "the kernel does not take a new random seed"
  exit 1
}

# 2. Names
printf %s "$name" >/proc/sys/kernel/hostname
printf '%s\n' "$name" >/etc/hostname
printf '%s\n' "$machine_id" >/etc/machine-id
if [ -e /var/lib/dbus/machine-id ] && [ ! -L /var/lib/dbus/machine-id ]; then
  printf '%s\n' "$machine_id" >/var/lib/dbus/machine-id
fi

# 3. Keys. Files that exist are written in place, so that owner and mode stay.
umask 077
printf '%s\n' "$host_key" >/etc/ssh/ssh_host_ed25519_key
umask 022
printf '%s\n' "$host_key_pub" >/etc/ssh/ssh_host_ed25519_key.pub
printf '%s\n' "$client_key" >>"$home/.ssh/authorized_keys"
if command -v dropbear >/dev/null; then
  umask 077
  # shellcheck disable=SC2059  # the escapes are the content
  printf "$dropbear_key" >/etc/dropbear/dropbear_ed25519_host_key
elif [ "$restarts" ]; then
  for pid in /run/sshd.pid /var/run/sshd.pid; do
    [ ! -s "$pid" ] || { kill -HUP "$(cat "$pid")" && break; } || :
  done
fi

# 4. The addresses of the NICs, while the links are still down
# shellcheck disable=SC2086  # a word for each
set -- $macs
while read -r _ nic _; do
  [ $# != 0 ] || break
  ip link set dev "$nic" address "$1" up
  shift
done </run/seedbed/nics
[ $# = 0 ] || {
  echo "no NIC is left for the address $1"
  exit 1
}
