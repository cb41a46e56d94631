#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The compressed qcow2 files of golden images, checked with QEMU's own tool
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
command -v qemu-img >/dev/null || skip_all "no qemu-img to compare with (package qemu-utils)"
make=$(realpath "${builddir:-$top/build}")/t/lib/make-qcow2
cd "$tmp" || exit 1

# same NAME: a qcow2 made of NAME.raw has no error, and the same content
same()
{
  ok "$1: it is written" "$make" "$1.raw" "$1.qcow2"
  ok "$1: qemu-img finds no error in it" qemu-img check -q -f qcow2 "$1.qcow2"
  ok "$1: and the same content" qemu-img compare -q -f raw -F qcow2 "$1.raw" "$1.qcow2"
}

# Data that cannot be compressed, data that can, and empty data; over several tables; the end in a cluster
truncate -s 530M mixed.raw
head -c 3000000 /dev/urandom | dd of=mixed.raw bs=1M conv=notrunc status=none
seq 1 2000000 | dd of=mixed.raw bs=1M seek=100 conv=notrunc status=none
head -c 700 /dev/urandom | dd of=mixed.raw bs=512 seek=1000000 conv=notrunc status=none
seq 1 100000 | dd of=mixed.raw bs=512 seek=1085440 conv=notrunc status=none
truncate -s 556793344 mixed.raw
same mixed
before=$(stat -c %s mixed.qcow2)
ok "it is smaller than what it holds" test "$before" -lt 12000000
ok "it is written again" "$make" mixed.raw again.qcow2
ok "as the same file" cmp mixed.qcow2 again.qcow2

truncate -s 10M empty.raw
same empty
printf '%0512d' 1 >tiny.raw
same tiny
head -c 20M /dev/urandom >noise.raw
same noise
run "$make" tiny.raw /dev/full
is "$status" 1 "a full disk is an error"
contains "$err" "No space left on device" "the message says so"
done_testing
