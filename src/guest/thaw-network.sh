#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2154  # the variables are set before this text
# thaw-network: gives a thawed guest its network, as root, at the virtio port, after thaw-identity.sh
#
# Before this text stand the same assignments, and mac. While the guest asks for its address, the rest
# of what was written down about the frozen machine is replaced, for the next boot.
set -eu
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022

# netplan's files first: udev looks at them when the NIC appears.
while read -r pci old_mac; do
  for file in /etc/netplan/*.yaml /etc/systemd/network/*.network /etc/systemd/network/*.link; do
    [ ! -e "$file" ] || sed -i "s/$old_mac/$mac/g" "$file"
  done
  printf %s "$pci" >/sys/bus/pci/drivers/virtio-pci/bind
done </run/seedbed/nics
cat /sys/class/net/*/address | grep -qixF "$mac" || {
  echo "no NIC has the address $mac"
  exit 1
}

read -r old_name </run/seedbed/old-name
[ ! -e /etc/hosts ] || sed -i "s/\b$old_name\b/$name/g" /etc/hosts
read -r old_id </run/seedbed/old-machine-id || old_id=none
for log in /var/log/journal /run/log/journal; do
  [ ! -d "$log/$old_id" ] || mv "$log/$old_id" "$log/$machine_id"
done

# cloud-init: the same instance under its new name, so that the next boot does not run it again
cloud=/var/lib/cloud
old=$(readlink "$cloud/instance") || old=
old=${old##*/}
if [ "$old" ] && [ "$old" != "$uuid" ] && [ -d "$cloud/instances/$old" ]; then
  mv "$cloud/instances/$old" "$cloud/instances/$uuid"
  ln -sfn "$cloud/instances/$uuid" "$cloud/instance"
fi
for file in $cloud/data/instance-id $cloud/data/previous-instance-id /run/cloud-init/.instance-id; do
  [ ! -e "$file" ] || printf '%s\n' "$uuid" >"$file"
done
[ ! -e $cloud/data/previous-hostname ] || printf '%s\n' "$name" >$cloud/data/previous-hostname
[ ! -e $cloud/data/set-hostname ] ||
  printf '{\n "fqdn": "%s",\n "hostname": "%s"\n}' "$name" "$name" >$cloud/data/set-hostname

# What was written survives if the machine is cut off soon. Nobody waits for it.
sync </dev/null >/dev/null 2>&1 3>&- &
: >/run/seedbed/identified
