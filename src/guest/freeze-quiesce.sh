#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2154  # login and key are set before this text
# freeze-quiesce: makes a running guest fit for being frozen, as root, at the virtio port
#
# Before this text are set $login (the account that seedbed logs in with) and $key (the public
# key that opens it). After it the guest has no network. For systemd with networkd, and for busybox.
set -eu
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022

has_systemd()
{
  [ -d /run/systemd/system ]
}

# A clock that jumps lets timers with a calendar elapse, all at the same time. They are stopped, and a
# timer that counts the time of a running machine starts them again. It is longer than this script may
# take. The stamps are new then, so the timers elapse next in the future.
hold_timers()
{
  timers=$(systemctl show --property=Id,ActiveState,TimersCalendar '*.timer' | awk '
    BEGIN { RS = ""; FS = "\n" }
    /ActiveState=active/ && /TimersCalendar=./ {
      for (i = 1; i <= NF; i++)
        if (sub(/^Id=/, "", $i))
          print $i
    }')
  [ "$timers" ] || return 0
  # shellcheck disable=SC2086  # a word for each timer
  systemctl stop $timers
  # shellcheck disable=SC2016,SC2086  # the first is for that sh
  systemd-run -q --collect --on-active=20min --unit=seedbed-timers sh -c '
    for timer; do
      stamp=/var/lib/systemd/timers/stamp-$timer
      [ ! -e "$stamp" ] || touch "$stamp"
    done
    systemctl start "$@"' sh $timers
}

die()
{
  echo "$*"
  exit 1
}

# ---- what would act on a clock that jumps, or on a network that goes ----

if has_systemd; then
  systemctl -q is-active systemd-networkd ||
    die "its network is not made by systemd-networkd, which a thawed machine needs"
  pkill -f '^sshd: .*@' || :
  hold_timers
else
  for pid in /run/udhcpc.*.pid; do
    [ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
  done
  rm -f /run/resolv.*
  killall dropbear 2>/dev/null || :
  # With -R it reads its host key for each connection: a thawed machine only has to replace the file.
  key=/etc/dropbear/dropbear_ed25519_host_key
  if command -v dropbear >/dev/null; then
    rm -f $key
    dropbear -R -E -s -p 22 2>>/var/log/sshd.log </dev/null >/dev/null 3>&-
  fi
fi

# ---- what belongs to one machine, and can be removed while it runs ----

home=$(awk -F: -v login="$login" '$1 == login { print $6 }' /etc/passwd)
keys=$home/.ssh/authorized_keys
if [ -e "$keys" ]; then
  # in place, for owner, mode and labels stay
  rest=$(grep -vF -- "$key" "$keys" || true)
  printf '%s' "${rest:+$rest
}" >"$keys"
fi
rm -f /var/lib/systemd/random-seed /var/lib/urandom/random-seed /var/lib/dhcp/*.lease* \
  /root/.*_history /home/*/.*_history

# ---- what thaw-identity.sh and thaw-network.sh want to know ----

read -r machine_id </etc/machine-id || machine_id=none
instance=$(readlink /var/lib/cloud/instance) || instance=''
# sshd reads its host keys for each connection. Since 9.8 it must start anew for that, which takes an
# emulated guest a quarter of a second.
restarts=yes
case $(sshd -V 2>&1) in
*OpenSSH_[1-8].* | *OpenSSH_9.[0-7][!0-9]*) restarts='' ;;
esac
printf "old_name='%s' old_id='%s' old_instance='%s' home='%s' restarts='%s'\n" \
  "$(hostname)" "$machine_id" "${instance##*/}" "$home" "$restarts" >/run/seedbed/frozen

# ---- the NICs ----

# By PCI address, which is the order of the domain.
for nic in /sys/class/net/*; do
  device=$(readlink -f "$nic/device") || continue
  pci=$(readlink -f "$device/..") || continue
  [ "$(basename "$(readlink "$pci/driver")")" = virtio-pci ] || continue
  read -r mac <"$nic/address"
  echo "${pci##*/} ${nic##*/} $mac"
done | sort >/run/seedbed/nics
[ -s /run/seedbed/nics ] || die "it has no virtio NIC on PCI"

# The host has taken their links down. They keep their drivers, since it takes an emulated guest long to
# bind one again: udev has rules for that. But nothing may have an address of this machine later.
while read -r _ nic _; do
  for upper in "/sys/class/net/$nic/"upper_*; do
    [ ! -e "$upper" ] || ip link delete dev "${upper##*/upper_}"
  done
  ip link set dev "$nic" down
  ip addr flush dev "$nic"
done </run/seedbed/nics

# A NIC whose link comes up gets its address by DHCP: a thawed machine has another MAC address. The routes
# of an earlier one have precedence. networkd does not read a file that others cannot read.
if has_systemd; then
  mkdir -p /run/systemd/network
  metric=0
  while read -r _ nic _; do
    metric=$((metric + 100))
    cat >/run/systemd/network/05-seedbed-thaw-$metric.network <<END
[Match]
Name=$nic

[Link]
ActivationPolicy=manual

[Network]
DHCP=ipv4
LinkLocalAddressing=ipv6

[DHCP]
ClientIdentifier=mac
UseDomains=true
UseHostname=false
RouteMetric=$metric
END
  done </run/seedbed/nics
  networkctl reload
fi

# ---- a small memory file ----

sync
if command -v fstrim >/dev/null; then
  fstrim -a 2>/dev/null || :
fi
# Freed pages keep their content and would be saved. So take all free memory once, as zeros. What is
# cached stays: a thawed machine then needs no disk for it.
free=$(awk '/^MemFree:/ { print int($2 / 1024) - 24 }' /proc/meminfo)
if [ "$free" -gt 0 ]; then
  mkdir -p /run/seedbed/zero
  mount -t tmpfs -o size=100% zero /run/seedbed/zero
  fallocate -l "${free}M" /run/seedbed/zero/zero || :
  umount /run/seedbed/zero
fi
sync
