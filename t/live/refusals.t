#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What cannot be made is refused by name, and nothing is touched: neither what is there, nor by halves
. "${srcdir:-.}/t/lib/live.sh"

# refused STATUS TEXT WHAT: the last run was, with TEXT, and nothing was made
refused()
{
  is "$status" "$1" "$3: exit status $1"
  contains "$err" "$2" "$3: says so"
  is "$(leftovers)" "$there" "$3: nothing was made"
}
there=

fleet f 1
run seedbed up "$tmp/f.yaml"
is "$status" 2 "no pool: exit status 2"
contains "$err" "f.yaml:2:8: no image 'pocket': there is no pool 'seedbed' yet; 'seedbed image import pocket \
FILE.qcow2' makes it" "no pool: says how to make it"
virsh -q pool-info seedbed >/dev/null 2>&1
is $? 1 "no pool: and does not make it"

need_pocket
cd "$tmp" || exit 1
sed 's/pocket/gone/' f.yaml >gone.yaml
run seedbed up gone.yaml
refused 2 "gone.yaml:2:8: no image 'gone' in the pool 'seedbed' (there is 'pocket')" "an unknown image"
run seedbed up --pool none f.yaml
refused 3 "cannot use the storage pool 'none' ('virsh pool-list --all' shows what there is)" "another pool"

# ---- the fleet file ----

fleet small 1
sed -i 's/disk: .*/disk: 32 MiB/' small.yaml
run seedbed up small.yaml
refused 2 "small.yaml:4:3: the 'disk' of 'm' is 32 MiB, but its image 'pocket' has 64 MiB: a disk can only grow; write 64 MiB or more" \
  "a disk smaller than its image"
fleet headless 1 'user-data: headless.txt'
echo 'packages: [ nano ]' >headless.txt
run seedbed up headless.yaml
refused 2 'headless.txt:1:1: ' "user-data without a header"

# ---- what is not ours ----

ok "somebody has a domain of that name" virsh -q define /dev/stdin <<<"<domain type='qemu'>
  <name>f-m-1</name><memory>65536</memory><os><type arch='x86_64'>hvm</type></os></domain>"
there='domain f-m-1' before=$(virsh dumpxml f-m-1)
run seedbed up f.yaml
refused 3 "the domain 'f-m-1' exists, but seedbed did not make it: rename the fleet or the group, or remove" "a foreign domain"
run seedbed down f
is "$(virsh dumpxml f-m-1)" "$before" "up and down left it as it was"
virsh -q undefine f-m-1

ok "somebody has a network of that name" virsh -q net-define /dev/stdin <<<"<network><name>seedbed-f</name></network>"
there='network seedbed-f' before=$(virsh net-dumpxml seedbed-f)
run seedbed up f.yaml
refused 3 "the network 'seedbed-f' exists, but seedbed did not make it for the fleet 'f'" "a foreign network"
run seedbed down f
is "$(virsh net-dumpxml seedbed-f)" "$before" "up and down left it as it was"
virsh -q net-undefine seedbed-f

ok "somebody has a volume of that name" virsh -q vol-create-as seedbed f-m-1.seed.iso 4096
there='volume f-m-1.seed.iso'
run seedbed up f.yaml
refused 3 "the volume 'f-m-1.seed.iso' is there, but no domain 'f-m-1'" "a foreign volume"
run seedbed down f
contains "$status $err" "0 f-m-1: the pool 'seedbed' has volumes that are called as its own, but no seed shows" \
  "down says why it stays"
ok "up and down left it where it was" virsh -q vol-delete --pool seedbed f-m-1.seed.iso

# ---- a name that two things have ----

for name in a-b a-b-m-1; do
  fleet $name 1
  ok "the fleet $name" seedbed -q up --no-wait $name.yaml
done
there=$(leftovers)
for command in 'down a-b-m-1' 'exec a-b-m-1 -- true' 'list a-b-m-1'; do
  # shellcheck disable=SC2086  # words
  run seedbed $command
  refused 2 "'a-b-m-1' is a machine of the fleet 'a-b', and there is a fleet 'a-b-m-1' too: write 'a-b/m-1' for the \
machine, or 'a-b-m-1/' for the fleet" "$command"
done
ok "a machine by its full form" seedbed -q down a-b/m-1
contains "$(leftovers)" "domain a-b-m-1-m-1" "leaves the fleet of that name"
ok "a fleet that is the only one of its name" seedbed -q down a-b-m-1
ok "the other one" seedbed -q down a-b/
is "$(leftovers)" '' "nothing is left"

# ---- the host ----

there=
fleet big 1
sed -i 's/memory: .*/memory: 16 TiB/' big.yaml
run seedbed up big.yaml
refused 3 "cannot start the domain 'big-m-1': " "what QEMU refuses"
contains "$err" "qemu-system-aarch64: " "what QEMU refuses: in QEMU's own words"

mount --bind /dev/null /usr/sbin/dnsmasq
mount --bind "$XDG_STATE_HOME" "$XDG_STATE_HOME" && mount -o remount,ro,bind "$XDG_STATE_HOME"
run seedbed up f.yaml
refused 3 "Read-only file system"$'\n'"try: set XDG_STATE_HOME to a folder" "a read-only state folder"
umount "$XDG_STATE_HOME"

run seedbed up f.yaml
refused 3 "(on the libvirt host: 'apt-get install dnsmasq-base')" "no dnsmasq"
umount /usr/sbin/dnsmasq

mkdir none
mount --bind none /usr/share/AAVMF && at_exit 'umount /usr/share/AAVMF'
mount --bind none /usr/share/qemu/firmware && at_exit 'umount /usr/share/qemu/firmware'
stop_libvirtd && rm -rf /var/cache/libvirt/qemu/capabilities/*
"$SEEDBED_LIBVIRTD_START" || exit 1
run seedbed up f.yaml
refused 3 "no UEFI firmware without secure boot for aarch64 guests: install qemu-efi-aarch64" "no firmware"
contains "$err" "if it is installed, files of it are missing: 'seedbed doctor'" "no firmware: or only its files"
done_testing
