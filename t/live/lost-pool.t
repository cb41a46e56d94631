#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Without its storage pool, a fleet goes as far as it can, and what stays is said
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
# shellcheck source=t/lib/faults.sh
. "$top/t/lib/faults.sh"
need_pocket
fleet p 1
ok "a machine" seedbed -q up --no-wait "$tmp/p.yaml"
virsh -q pool-destroy seedbed
ok "a pool that was stopped is started again" seedbed log p-m-1
virsh -q pool-destroy seedbed
virsh -q pool-undefine seedbed
run seedbed down p
is "$status" 3 "down without the pool: exit status 3"
contains "$err" "the machines are removed, but not their volumes (such as 'p-m-1.qcow2'): no storage pool has the \
folder '/var/lib/libvirt/seedbed' any more; when one has, 'seedbed down' removes them" "it says what stays"
is "$(virsh -q list --all --name; virsh -q net-list --all --name; find "$XDG_STATE_HOME/seedbed" -type f)" '' \
  "the rest is gone"
run seedbed down p
is "$status" 0 "then there is nothing to do"

need_pocket
run seedbed up "$tmp/p.yaml"
contains "$err" "the volume 'p-m-1.qcow2' is there, but no domain 'p-m-1': if nothing needs it, 'seedbed down p-m-1'" \
  "with the pool, they are found"
run seedbed image rm pocket
contains "$err" "is in use by volume p-m-1.qcow2: remove them first ('seedbed down')" "the image is in use"
run seedbed down other p-m
is "$status:$(leftovers | wc -l)" 0:3 "down of other names leaves them"
run seedbed down p
is "$status $err" "0 p-m-1: its volumes are removed; its domain was gone already" "down of the fleet removes them"
is "$(leftovers)" '' "nothing is left"

# ---- a domain that somebody undefined ----

# by_hand COMMAND...: a machine whose domain is undefined by hand, and COMMAND
by_hand()
{
  seedbed -q up --no-wait "$tmp/p.yaml"
  virsh -q destroy p-m-1
  virsh -q undefine p-m-1
  "$@"
}
for lost in true 'virsh -q vol-delete --pool seedbed p-m-1.qcow2'; do
  # shellcheck disable=SC2086  # words
  ok "a domain is undefined by hand, and $lost" by_hand $lost
  ok "down of the machine" seedbed down p-m-1
  ok "and of the fleet" seedbed down p
  is "$(leftovers)" '' "nothing is left"
done
by_hand virsh -q vol-delete --pool seedbed p-m-1.seed.iso
run seedbed down p
contains "$status $err" "0 p-m-1: the pool 'seedbed' has volumes that are called as its own, but no seed shows that \
seedbed made them: they stay ('virsh vol-list seedbed' shows them)" "volumes that nothing proves to be seedbed's are named"
for volume in qcow2 console.log; do
  ok "and stay" virsh -q vol-delete --pool seedbed "p-m-1.$volume"
done
by_hand true
run faulty virStorageVolDelete:2+ seedbed down p-m-1
is "$status" 3 "a volume that cannot be deleted: exit status 3"
contains "$err" "cannot delete the volume 'p-m-1." "and it is named"
# A machine called p-m-1 is perhaps of the fleet 'p-m' too: the seed says no.
ok "another fleet's name" seedbed -q down p-m
ok "some volumes are still there" test -n "$(leftovers)"
ok "down" seedbed -q down p
is "$(leftovers)" '' "nothing is left"

# ---- what cannot be removed is said, once, and can be removed later ----

ok "a machine" seedbed -q up --no-wait "$tmp/p.yaml"
run faulty virStoragePoolRefresh seedbed down p
is "$status" 3 "console logs that cannot be seen: exit status 3"
is "$err" "seedbed: 'p-m-1' could not be removed: its console log is not removed: cannot refresh the storage pool \
'seedbed': the test lets virStoragePoolRefresh() fail" "it is said once"
ok "the machine can still be found" virsh -q domstate p-m-1
ok "its network is there" virsh -q net-info seedbed-p
ok "down again" seedbed -q down p
is "$(leftovers)" '' "removes all"

# A volume that takes long to make, as a clone does.
printf '#!/bin/sh\ntouch %s\nuntil [ -e %s ]; do sleep 0.1; done\nexec %s "$@"\n' "$tmp"/{begun,go,qemu-img} >"$tmp/slow"
cp "$(type -P qemu-img)" "$tmp/qemu-img" && chmod +x "$tmp/slow"
ok "a machine" seedbed -q up --no-wait "$tmp/p.yaml"
mount --bind "$tmp/slow" "$(type -P qemu-img)"
virsh -q vol-create-as seedbed slow.qcow2 1M --format qcow2 &
wait_for 60 test -e "$tmp/begun"
run seedbed down p
is "$status" 3 "while somebody makes a volume in the pool: exit status 3"
contains "$err" "its console log is not removed: cannot refresh the storage pool 'seedbed': " "says what is not removed"
contains "$err" "has asynchronous jobs running" "and why"
touch "$tmp/go"
wait $!
umount "$(type -P qemu-img)"
virsh -q vol-delete --pool seedbed slow.qcow2
ok "down again" seedbed -q down p
is "$(leftovers)" '' "removes all"

# ---- metadata that names another pool ----

mkdir "$tmp/victim" && chmod 0711 "$tmp"
virsh -q pool-create-as victim dir --target "$tmp/victim"
ok "a machine" seedbed -q up --no-wait "$tmp/p.yaml"
virsh -q vol-create-as victim p-m-1.qcow2 1M
virsh dumpxml --inactive p-m-1 | sed 's|<seedbed:pool>seedbed</seedbed:pool>|<seedbed:pool>victim</seedbed:pool>|' >"$tmp/forged.xml"
contains "$(<"$tmp/forged.xml")" '<seedbed:pool>victim<' "its metadata names another pool"
virsh -q define "$tmp/forged.xml"
ok "down" seedbed -q down p
is "$(leftovers)" '' "removes the volumes of the machine's own disks"
is "$(ls "$tmp/victim")" p-m-1.qcow2 "and no others"
done_testing
