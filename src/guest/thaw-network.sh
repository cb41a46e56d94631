#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC1091,SC2154  # the variables are set before this text, and by that file
# thaw-network: gives a thawed guest its network, as root, at the virtio port, after thaw-identity.sh
#
# Before this text is read, name, uuid, machine_id and macs are set as for that file, and the links of the
# NICs are up. While the guest asks for its address, the rest of what was written down about the frozen
# machine is replaced, for the next boot.
set -eu
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
. /run/seedbed/frozen

# networkd sees that a link comes up. busybox's uevent is told, as if the NIC were new.
# shellcheck disable=SC2086  # a word for each
set -- $macs
edits=''
while read -r _ nic old_mac; do
  [ -d /run/systemd/system ] || echo add >"/sys/class/net/$nic/uevent"
  edits="$edits -e s/$old_mac/${1-$old_mac}/g"
  [ $# = 0 ] || shift
done </run/seedbed/nics
for file in /etc/netplan/*.yaml /etc/systemd/network/*.network /etc/systemd/network/*.link; do
  # shellcheck disable=SC2086  # a word for each
  [ ! -e "$file" ] || sed -i $edits "$file"
done

# The frozen machine's name is like no other word. In place, for containers mount this file.
hosts=''
[ ! -e /etc/hosts ] || while IFS= read -r line || [ "$line" ]; do
  while
    rest=${line#*"$old_name"}
    [ "$rest" != "$line" ]
  do
    hosts=$hosts${line%%"$old_name"*}$name
    line=$rest
  done
  hosts="$hosts$line
"
done </etc/hosts
[ ! -e /etc/hosts ] || printf %s "$hosts" >/etc/hosts
for log in /var/log/journal /run/log/journal; do
  [ ! -d "$log/$old_id" ] || mv "$log/$old_id" "$log/$machine_id"
done

# cloud-init: the same instance under its new name, so that the next boot does not run it again
cloud=/var/lib/cloud
if [ "$old_instance" ] && [ -d "$cloud/instances/$old_instance" ]; then
  mv "$cloud/instances/$old_instance" "$cloud/instances/$uuid"
  ln -sfn "$cloud/instances/$uuid" "$cloud/instance"
fi
for file in $cloud/data/instance-id $cloud/data/previous-instance-id /run/cloud-init/.instance-id; do
  [ ! -e "$file" ] || printf '%s\n' "$uuid" >"$file"
done
[ ! -e $cloud/data/previous-hostname ] || printf '%s\n' "$name" >$cloud/data/previous-hostname
[ ! -e $cloud/data/set-hostname ] ||
  printf '{\n "fqdn": "%s",\n "hostname": "%s"\n}' "$name" "$name" >$cloud/data/set-hostname

# The host connects when this ends. If it came too early, its kernel would wait for a second before it
# asked again where the address is. The first line is a heading.
routes=0 looks=0
while [ "$routes" -lt 2 ] && [ "$looks" -lt 300 ]; do
  [ "$looks" = 0 ] || /var/lib/seedbed/nap
  routes=0 looks=$((looks + 1))
  while read -r _; do
    routes=$((routes + 1))
  done </proc/net/route
done

# What was written survives if the machine is cut off soon. Nobody waits for it.
sync </dev/null >/dev/null 2>&1 3>&- &
: >/run/seedbed/identified
