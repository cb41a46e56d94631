#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two machines on one image write to their disks, and the base stays as it is: root's, read-only, opened
# only for reading, with the digest that it is called by
. "${srcdir:-.}/t/lib/live.sh"
need_pocket

base=$(echo /var/lib/libvirt/seedbed/pocket.*.qcow2)
digest=$(sha256sum "$pocket" | cut -d' ' -f1)

# intact WHEN
intact()
{
  is "$(stat -c '%a %U %G' "$base")" "444 root root" "$1: the base is root's, and read-only"
  is "$(sha256sum "$base" | cut -d' ' -f1)" "$digest" "$1: it has the digest of the image"
}

# open_modes: how the QEMU processes have the base open: one octal digit of access mode each
open_modes()
{
  local fd
  for fd in /proc/[0-9]*/fd/*; do
    [ "$(readlink "$fd")" = "$base" ] || continue
    awk '/^flags:/ { print substr($2, length($2)) }' "${fd/\/fd\///fdinfo/}"
  done | sort | uniq -c | awk '{ print $1 "x" $2 }'
}

intact "after the import"
fleet f 2
ok "two machines" seedbed -q up "$tmp/f.yaml"
intact "while they run"
is "$(open_modes)" 2x0 "both have it open, for reading only"
ok "they write to their disks" seedbed exec f -- 'head -c 8000000 /dev/urandom >big && sync'
[ "$(stat -c %s /var/lib/libvirt/seedbed/f-m-1.qcow2)" -gt 8000000 ]
result $? "which are overlays"
intact "after they wrote"
ok "the base is still right, to seedbed" seedbed image verify pocket
ok "down" seedbed -q down f
intact "after down"
done_testing
