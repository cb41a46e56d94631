#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Images: what is not a plain qcow2 does not get into the pool; what is in use does not get out of it
. "${srcdir:-.}/t/lib/live.sh"
need_pocket

images()
{
  virsh -q pool-refresh seedbed && virsh -q vol-list seedbed | awk '{ print $1 }' | sed '/^$/d'
}
before=$(images)
cd "$tmp" || exit 1
head -c 300000 /dev/urandom >garbage.qcow2
: >empty.qcow2
qemu-img create -q -f qcow2 base.qcow2 1M
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 backing.qcow2
qemu-img create -q -f qcow2 -o data_file="$tmp/data.raw" data.qcow2 1M
for format in vmdk vdi vhdx; do
  qemu-img create -q -f "$format" "disk.$format" 1M
done
tar cf image.ova base.qcow2
truncate -s 100 short.qcow2 && dd if=base.qcow2 of=short.qcow2 bs=50 count=1 conv=notrunc status=none
while read -r file why; do
  run seedbed image import new "$file"
  is "$status" 2 "import of $file: exit status 2"
  contains "$err" "$why" "import of $file: says what is wrong"
done <<'END'
backing.qcow2 the image is refused: it has a backing file: flatten it first
data.qcow2 the image is refused: its data is in another file
garbage.qcow2 this is not an image that is known here
empty.qcow2 this is not an image that is known here
short.qcow2 the qcow2 header is corrupt: the file ends within it
disk.vmdk this is a vmdk image: convert it first, with: qemu-img convert -f vmdk -O qcow2 'disk.vmdk' 'disk.qcow2'
disk.vdi this is a vdi image: convert it first, with: qemu-img convert -f vdi -O qcow2 'disk.vdi' 'disk.qcow2'
disk.vhdx this is a vhdx image: convert it first, with: qemu-img convert -f vhdx -O qcow2 'disk.vhdx' 'disk.qcow2'
image.ova this is a file of the kind tar (or OVA): unpack it, and import the image in it
none.qcow2 cannot open 'none.qcow2': No such file or directory
END
is "$(images)" "$before" "nothing of the refused files is in the pool"
ok "somebody makes a volume with an odd name" virsh -q vol-create-as seedbed $'No \xe2\x80\xae name.0123456789abcdef.raw' 1M
is "$(seedbed image list --all | sed 1d | awk '{ print $1 }')" pocket "a volume that no import can have made is not an image"
virsh -q vol-delete --pool seedbed $'No \xe2\x80\xae name.0123456789abcdef.raw'

# ---- in use ----

fleet f 1
ok "an image whose name has a dot" seedbed -q image import pocket_1.0 "$pocket"
ok "a machine that uses it" seedbed -q up --no-wait --set image=pocket_1.0 f.yaml
contains "$(seedbed list)" " pocket_1.0 " "which list shows"
ok "another image" seedbed -q image import base base.qcow2
for names in 'base pocket_1.0' 'base none'; do
  # shellcheck disable=SC2086
  run seedbed image rm $names
  contains "$(images)" base. "of '$names', none is removed"
done
is "$status" 2 "an unknown image: exit status 2"
ok "an image alone is removed" seedbed image rm base
ok "and so does one of the same content" seedbed image rm pocket
run seedbed image rm pocket_1.0
is "$status" 3 "an image in use is not removed: exit status 3"
contains "$err" "is in use by f-m-1, volume f-m-1.qcow2: remove them first ('seedbed down')" "the users of the image are named"
ok "the machine lives on" virsh -q domid f-m-1
ok "down" seedbed -q down f
ok "an image without users is removed" seedbed image rm pocket_1.0
is "$(images)" "" "nothing of the image is left"
done_testing
