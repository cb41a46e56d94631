#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# doctor finds what is broken on purpose, one thing after another, and says how to mend it
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# finds STATUS TEXT WHAT: doctor does, with that exit status at least
finds()
{
  run timeout 400 seedbed doctor -q
  [ "$status" -ge "$1" ]
  result $? "$3: exit status $1" || note "$status: $out"
  contains "$out" "$2" "$3: found"
}

# cured TEXT WHAT: doctor finds it no longer
cured()
{
  run timeout 400 seedbed doctor -q
  lacks "$out" "$1" "$2: and then not any more"
}

run seedbed doctor
lacks "$out" "broken: " "nothing is broken on a good host"
good=$(seedbed doctor -q | grep '^warning: ' | grep -vE '^warning: (kvm|aarch64|x86_64|load|memory|pools): ')
is "$good" '' "and there is no warning that it does not deserve"
contains "$(document seedbed doctor --format json | python3 -c 'import json,sys; print(*[c["health"] for c in json.load(sys.stdin)["checks"]])')" \
  "ok" "the JSON can be read"

is "$status" 1 "with warnings only"
run timeout 400 seedbed doctor --deep
contains "$out" "ok: trial: an aarch64 machine without disks comes to its firmware" "--deep starts a machine"
contains "$out" "ok: trial: a network can be made" "and a network"
is "$(leftovers)" '' "and leaves nothing"

# ---- networks ----

fleet n 1
ok "a machine is started, and not waited for" seedbed -q up --no-wait n.yaml
virsh -q suspend n-m-1
finds 1 "the machine 'n-m-1': somebody paused it" "a paused machine"
virsh -q resume n-m-1
cured "the machine 'n-m-1': somebody paused it" "a paused machine"
ok "a rule of iptables" iptables -I FORWARD -i virbr+ -j DROP
finds 1 "forwarded for the network 'seedbed-n', so its guests reach nothing outside: '-A FORWARD -i virbr+ -j DROP'" \
  "a firewall that drops"
ok "it is removed" iptables -D FORWARD -i virbr+ -j DROP
cured "the firewall drops what is forwarded" "a firewall that drops"
ok "a table of nft" nft 'add table inet ours; add chain inet ours way { type filter hook forward priority 0; policy drop; }'
finds 1 "reach nothing outside: 'nft chain inet ours way, policy drop'" "a table that drops"
nft delete table inet ours
interface=$(virsh -q domiflist n-m-1 | awk '{ print $1 }')
virsh -q domif-setlink n-m-1 "$interface" down
finds 1 "the machine 'n-m-1': the link of its network card is down" "a link that is down"
dnsmasq=$(</run/libvirt/network/seedbed-n.pid)
kill "$dnsmasq"
has_ended() { ! kill -0 "$1"; }
wait_for 10 has_ended "$dnsmasq"
finds 3 "the network 'seedbed-n' is active, but its dnsmasq does not run" "a network without dnsmasq"
virsh -q net-destroy seedbed-n
finds 1 "the network 'seedbed-n' is not active" "a network that is off"
finds 1 "the machine 'n-m-1': its network 'seedbed-n' is not active" "a machine of it"
virsh -q destroy n-m-1
virsh -q undefine --nvram n-m-1
finds 1 "the fleet 'n' has a network, but no machine" "a network that is left"
finds 1 "the volume 'n-m-1.seed.iso' has no machine any more" "a volume that is left"
ok "what it says mends that" sh -c "$(seedbed doctor -q | sed -n 's/^  mend: \(virsh vol-delete.*\|seedbed down.*\)/\1/p' | sort -r)"
cured "has no machine any more" "a volume that is left"
cured "has a network, but no machine" "a network that is left"
virsh -q net-define /dev/stdin <<<"<network><name>manual</name><bridge name='virbr77'/></network>"
virsh -q net-start manual
finds 1 "the network 'manual' does not start when the host starts" "a network without autostart"
ip link add vpn0 type bridge
ip address add 192.168.77.1/24 dev vpn0
ip link set vpn0 up
virsh -q net-define /dev/stdin <<<"<network><name>taken</name><bridge name='virbr78'/><ip address='192.168.77.9' netmask='255.255.255.0'/></network>"
finds 1 "the network 'taken' has 192.168.77.0/24, and a route of this host leads elsewhere" "a VPN with the same addresses"
ip link del vpn0
virsh -q net-undefine taken
virsh -q net-destroy manual
virsh -q net-undefine manual

# ---- pools and images ----

pool=/var/lib/libvirt/seedbed
volume=$(basename "$pool"/pocket.*.qcow2)
mv "$pool/$volume.json" record.json
virsh -q pool-refresh seedbed
finds 1 "the image 'pocket' has no record" "an image without record"
mv record.json "$pool/$volume.json"
cp --sparse=never "$pool/$volume" whole
printf 'nonsense' | dd of="$pool/$volume" conv=notrunc status=none
virsh -q pool-refresh seedbed
finds 1 "the image 'pocket' " "a damaged image"
cat whole >"$pool/$volume"
chmod 0700 "$pool"
finds 1 "QEMU's user may not pass '$pool'" "a pool that QEMU cannot get at"
chmod 0711 "$pool"
virsh -q pool-destroy seedbed
finds 1 "the storage pool 'seedbed' is not active" "a pool that is off"
mv "$pool" "$pool.away"
finds 3 "the folder of the storage pool 'seedbed' is gone" "a pool without its folder"
mkdir "$pool"
mount -t tmpfs -o size=1m full "$pool"
virsh -q pool-start seedbed
finds 3 "the storage pool 'seedbed' is full" "a full pool"
virsh -q pool-destroy seedbed
umount "$pool"
rmdir "$pool"
mv "$pool.away" "$pool"
virsh -q pool-start seedbed
cured "the storage pool 'seedbed' is full" "a full pool"

# ---- this machine ----

# without FILE TEXT STATUS: FILE is hidden, and doctor says so
without()
{
  mount --bind /dev/null "$1"
  finds "$3" "$2" "without $1"
  umount "$1"
}
without "$(type -P dnsmasq || echo /usr/sbin/dnsmasq)" "no program 'dnsmasq'" 3
without "$(type -P virtlogd || echo /usr/sbin/virtlogd)" "no program 'virtlogd'" 3
without "$(type -P ssh)" "no program 'ssh'" 3
without "$(type -P git)" "no program 'git'" 1
without "$(type -P gpgv)" "no program 'gpgv'" 1
without "$(type -P qemu-img)" "no program 'qemu-img'" 3
# broken FILE TEXT: FILE only fails, and doctor says so
broken()
{
  mount --bind "$(type -P false)" "$1"
  finds 3 "$2" "with a broken $1"
  umount "$1"
}
broken "$(type -P qemu-img)" "/qemu-img', which makes overlays, does not run: "
broken "$(readlink -f "$(type -P iptables || echo /usr/sbin/iptables)")" "/iptables' does not work: "
mount --bind /dev/null /dev/net/tun
finds 3 "/dev/net/tun does not work: " "a tun device that is none"
umount /dev/net/tun
mkdir secret
cp /usr/share/AAVMF/*.fd secret
chmod 0600 secret/*
mount --bind secret /usr/share/AAVMF
finds 1 "QEMU's user may not read '/usr/share/AAVMF/" "firmware that QEMU may not read"
umount /usr/share/AAVMF
mkdir none
mount --bind none /usr/share/AAVMF
finds 1 "names a file that is missing: /usr/share/AAVMF/" "firmware whose files are missing"
mount --bind none /usr/share/qemu/firmware
finds 1 "no firmware descriptors" "no firmware descriptors"
umount /usr/share/qemu/firmware
umount /usr/share/AAVMF
TMPDIR=/nonexistent finds 3 "no seed can be made" "no folder for temporary files"
https_proxy=http://127.0.0.1:1 no_proxy='' finds 1 "a proxy is set" "a proxy for everything"
stop_libvirtd
finds 3 "broken: connection: cannot connect to libvirt" "no libvirtd"
"$SEEDBED_LIBVIRTD_START" || exit 1
rm -f /var/cache/libvirt/qemu/capabilities/*
done_testing
