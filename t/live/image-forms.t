#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image import: raw disks, compressed files, digests, and what becomes the current version
. "${srcdir:-.}/t/lib/live.sh"
cd "$tmp" || exit 1

# content NAME: what the image's current volume holds, as a digest
content()
{
  local volume
  volume=$(volume_of "$1")
  virsh -q vol-download --pool seedbed "$volume" back && sha256sum back | cut -d' ' -f1
}

# volume_of NAME: the newest volume of an image
volume_of()
{
  virsh -q pool-refresh seedbed >/dev/null
  virsh -q vol-list seedbed | awk -v name="$1." 'index($1, name) == 1 && !/json$/ { print $1 }'
}

# sum FILE
sum()
{
  sha256sum "$1" | cut -d' ' -f1
}

# imports NAME FILE CONTENT FORMAT [OPTION...]: FILE becomes an image with the content of the file
# CONTENT
imports()
{
  local name=$1 file=$2 content=$3 format=$4
  shift 4
  run seedbed image import "$name" "$file" "$@"
  is "$status" 0 "import of $file" || note "$err"
  is "$(volume_of "$name")" "$name.$(sum "$content" | head -c 16).$format" \
    "import of $file: the volume is called by its content"
  is "$(content "$name")" "$(sum "$content")" "import of $file: and has it"
}

# refuses TEXT FILE [OPTION...]: FILE is refused, with TEXT, and nothing is made
refuses()
{
  local text=$1 file=$2 before
  shift 2
  before=$(virsh -q vol-list seedbed)
  run seedbed image import no "$file" "$@"
  is "$status" 2 "$file is refused: exit status 2"
  contains "$err" "$text" "$file is refused: says why"
  is "$(virsh -q vol-list seedbed)" "$before" "$file is refused: nothing is made"
}

head -c 100000 /dev/urandom >garbage
run seedbed image import no garbage
is "$status:$(virsh -q pool-list --all --name)" 2: "what is refused does not even make the pool"

# Data at the start, in the middle and at the end, and holes between: they are not sent.
truncate -s 40M disk.raw
sgdisk -n 1:2048:0 disk.raw >sgdisk.log
head -c 3000000 /dev/urandom | dd of=disk.raw bs=1M seek=20 conv=notrunc status=none
head -c 1000 /dev/urandom | dd of=disk.raw bs=1 seek=9999000 conv=notrunc status=none
qemu-img convert -f raw -O qcow2 disk.raw disk.qcow2
imports raw disk.raw disk.raw raw
path=/var/lib/libvirt/seedbed/$(volume_of raw)
is "$(stat -c %a:%U:%G "$path")" 444:root:root "the volume is root's, and read-only"
[ "$(stat -c %b "$path")" -lt 20000 ]
result $? "holes stay holes: $(stat -c %b "$path") blocks of 81920"
imports qcow2 disk.qcow2 disk.qcow2 qcow2 --sha256 "$(sum disk.qcow2)"
gzip -k disk.raw
xz -k -0 disk.qcow2
zstd -q disk.qcow2
imports gz disk.raw.gz disk.raw raw
imports xz disk.qcow2.xz disk.qcow2 qcow2 --sha256 "$(sum disk.qcow2.xz)"
imports zst disk.qcow2.zst disk.qcow2 qcow2
contains "$(virsh -q vol-download --pool seedbed "$(volume_of xz).json" back && cat back)" \
  "\"file-sha256\" : \"$(sum disk.qcow2.xz)\"" "the record also has the digest of the file as it was"
truncate -s 1M plain.raw
echo data | dd of=plain.raw conv=notrunc status=none
imports plain plain.raw plain.raw raw --format raw

# ---- what is refused ----

refuses "expected $(sum disk.raw)" disk.qcow2 --sha256 "$(sum disk.raw)"
contains "$err" "found    $(sum disk.qcow2)" "both digests are shown"
refuses "expected $(sum disk.qcow2)" disk.qcow2.xz --sha256 "$(sum disk.qcow2)"
refuses "if it is a raw disk, say so with '--format raw'" plain.raw
refuses "it begins as a qcow2 image does" disk.qcow2 --format raw
refuses "'vdi' is not a format" disk.qcow2 --format vdi
truncate -s 2M zero.raw
refuses "its first 64 KiB are empty" zero.raw --format raw
head -c 1000001 disk.raw >odd.raw
refuses "it was cut off" odd.raw
head -c 100000 disk.qcow2.xz >half.qcow2.xz
refuses "cannot unpack it" half.qcow2.xz
gzip -c plain.raw >plain.raw.gz
refuses "say so with '--format raw'" plain.raw.gz
qemu-img create -q -f qcow2 huge.qcow2 2T
gzip huge.qcow2
refuses "its virtual size is 2 TiB, and the limit is 1 TiB" huge.qcow2.gz
done_testing
