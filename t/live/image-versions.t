#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Versions of an image: which is current, what uses old ones, what list, info, verify, export and rm
# make of them
. "${srcdir:-.}/t/lib/live.sh"
cd "$tmp" || exit 1

# json WORDS...: what python makes of the images that the last run printed, as `i`, a list
json()
{
  python3 -c "import json, sys; i = json.load(sys.stdin)['images']; print($*)" <<<"$out"
}

# in_pool NAME: the volumes of an image, in any order
in_pool()
{
  virsh -q pool-refresh seedbed && virsh -q vol-list seedbed | awk '{ print $1 }' | grep "^$1\." | sort
}

run seedbed image list --format json
is "$status:$(json 'len(i)')" 0:0 "without a pool there are no images"
[ -r "$pocket" ] || "$top/scripts/make-pocket-image" "$pocket" >&2 || skip_all "no pocket image"
# Two versions that both boot: the second has an empty cluster more.
cp "$pocket" one.qcow2
cp "$pocket" two.qcow2
qemu-io -c 'write -z 60M 64k' two.qcow2 >qemu-io.log
one=$(sha256sum one.qcow2 | cut -d' ' -f1) two=$(sha256sum two.qcow2 | cut -d' ' -f1)

ok "an image is imported" seedbed image import --arch aarch64 --sha256 "$one" x one.qcow2
sed 's/pocket/x/' <(fleet f 2 && cat f.yaml) >old.yaml
ok "machines on the first version" seedbed -q up --no-wait old.yaml
ok "a new version under the same name" seedbed image import x two.qcow2
run seedbed image list
is "$(wc -l <<<"$out")" 2 "list has the current version only"
contains "$out" "x      aarch64  ${two:0:16}  64 MiB" "list shows the virtual size"
contains "$out" " $tmp/two.qcow2" "list shows where it comes from"
lacks "$out" " 0 B " "list shows its size on disk"
run seedbed image list --all
contains "$out" "x      aarch64  ${one:0:16} (old)  64 MiB" "list --all shows the old version, with its architecture"
contains "$out" "f-m-1, f-m-2" "list --all shows the machines that use it"
run seedbed image list --all --format json
is "$(json '[(v["sha256"], v["current"], v["machines"], v["overlays"], v["verified"]) for v in i]')" \
  "[('$two', True, [], [], None), ('$one', False, ['f-m-1', 'f-m-2'], ['f-m-1.qcow2', 'f-m-2.qcow2'], 'sha256 as given')]" \
  "the same as JSON"
is "$(json 'i[1]["bytes"]') $(json 'i[1]["virtual_bytes"]')" "$(stat -c %s one.qcow2) 67108864" "list --format json has its sizes"

run seedbed image info x
for part in "qcow2 version 3, clusters of 64 KiB" "64 MiB (67108864 bytes): the disk that a machine sees" \
  "no backing file" "the current one" "$two" "$tmp/two.qcow2" "verified       nothing"; do
  contains "$out" "$part" "info says: $part"
done
run seedbed image info --all x
contains "$out" "f-m-1.qcow2" "info --all also has the old version, with its overlays"
run seedbed image info none
is "$status" 2 "info of an image that is not there: exit status 2"

# ---- a version from the future ----

touch -d 2099-01-01T00:00:00Z "/var/lib/libvirt/seedbed/x.${one:0:16}.qcow2"
run seedbed image import x two.qcow2
contains "$status $err" "3 seedbed: cannot import 'two.qcow2' as 'x': it is in the pool, as 'x.${two:0:16}.qcow2', but \
'x.${one:0:16}.qcow2' stays the current version: its time is 2099-01-01T00:00:00Z, because the clock of the libvirt host was \
wrong; there, set it with \"touch '/var/lib/libvirt/seedbed/x.${one:0:16}.qcow2'*\", and import again" \
  "it would stay the current one: the import says so"
touch "/var/lib/libvirt/seedbed/x.${one:0:16}.qcow2"*
ok "after its time was set, the import succeeds" seedbed image import x two.qcow2
contains "$(seedbed image list)" " ${two:0:16} " "and gives the current version"

# ---- removal ----

run seedbed image rm --old
is "$status" 0 "rm --old succeeds while an old version is in use"
contains "$err" "is in use by f-m-1, f-m-2, volume f-m-1.qcow2" "rm --old names its users"
contains "$(in_pool x)" "x.${one:0:16}.qcow2.json" "rm --old keeps it"
ok "down" seedbed -q down f
run seedbed image rm --old x
contains "$err" "image 'x': 1 old versions removed" "rm --old removes a version that nobody uses"
is "$(in_pool x)" "x.${two:0:16}.qcow2
x.${two:0:16}.qcow2.json" "with its record, and nothing else"
ok "somebody else makes an overlay" virsh -q vol-create-as seedbed mine.qcow2 64M --format qcow2 \
  --backing-vol "x.${two:0:16}.qcow2" --backing-vol-format qcow2
run seedbed image rm x
contains "$status $err" "3 seedbed: the image 'x' (volume 'x.${two:0:16}.qcow2') is in use by volume mine.qcow2" \
  "an image under somebody else's overlay is not removed"
virsh -q vol-delete --pool seedbed mine.qcow2
ok "the first version is imported again" seedbed image import x one.qcow2
ok "the second version, which is there, is imported again" seedbed image import x two.qcow2
run seedbed image list
contains "$out" "${two:0:16}  64 MiB" "the last import is the current version, also if it was there"

# ---- reading back ----

ok "an image is exported" seedbed image export x out.qcow2
is "$(sha256sum out.qcow2)" "$two  out.qcow2" "the file is the image"
run seedbed image export x out.qcow2
contains "$status $err" "2 seedbed: cannot write 'out.qcow2': it exists already" "export overwrites nothing"
run seedbed image verify
is "$status:$(grep -c 'right, sha256' <<<"$out")" 0:2 "verify reads all versions"
printf x | dd of="/var/lib/libvirt/seedbed/x.${two:0:16}.qcow2" bs=1 seek=9000000 conv=notrunc status=none
run seedbed image verify x
is "$status" 3 "verify finds a byte that changed"
contains "$err" "expected $two" "verify shows both digests"
run seedbed image export x bad.qcow2
is "$status:$(ls bad.qcow2* 2>&1)" "3:ls: cannot access 'bad.qcow2*': No such file or directory" \
  "a damaged image is not exported"
sed 's/pocket/x/' <(fleet d 1 && cat d.yaml) >damaged.yaml
for damage in /dev/zero /dev/urandom; do
  dd if=$damage of="/var/lib/libvirt/seedbed/x.${two:0:16}.qcow2" bs=4096 count=1 conv=notrunc status=none
  run seedbed image verify x
  is "$status" 3 "a first block from $damage: verify fails"
  contains "$err" "the image 'x' (volume 'x.${two:0:16}.qcow2') is damaged: " "verify calls the image damaged"
  contains "$(seedbed image list)" "${two:0:16} (damaged)" "list calls it damaged"
  contains "$(seedbed image info x)" "x.${two:0:16}.qcow2') is damaged: its first bytes are" "info calls it damaged"
  run seedbed up damaged.yaml
  contains "$status $err" "3 seedbed: damaged.yaml:2:8: the image 'x' (volume 'x.${two:0:16}.qcow2') is damaged: " "up calls it damaged"
  contains "$err" "'seedbed image rm x' removes it, then import it again" "up says what to do"
done
ok "the image is removed" seedbed image rm x
is "$(in_pool x)" '' "nothing of the image is left"

# ---- removals and imports that were killed ----

record=x.${two:0:16}.qcow2.json
for command in 'rm x' 'rm --old' 'rm --old x'; do
  virsh -q vol-create-as seedbed "$record" 10 2>/dev/null
  # shellcheck disable=SC2086  # words
  run seedbed image $command
  is "$status:$(in_pool x)" 0: "image $command removes the record that has no image"
done
virsh -q vol-create-as seedbed "${record%.json}" 64M
run seedbed image verify x
contains "$status $err" "3 x ${two:0:16}: its upload is not finished" "verify is not content with an unfinished upload"
run seedbed up damaged.yaml
contains "$status $err" "cannot be used: its upload is not finished" "up names the unfinished upload"
ok "the image is removed" seedbed image rm x
done_testing
