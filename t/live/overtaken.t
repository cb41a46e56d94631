#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process that stands still while another one removes what it has begun, and makes it anew: what it
# does after that is not done to what is that one's
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
command -v python3 >/dev/null || skip_all "python3 not found: it holds connections up"
need_pocket
fleet o 1
python3 "$top/t/lib/libvirt-proxy.py" "$tmp" &
at_exit "kill $!"
wait_for 30 test -S "$tmp/socket"

# Numbers of procedures: libvirt's remote_protocol.x
readonly define=350 destroy=234 make_network=40 make_volume=93 delete_volume=94

# hold PROCEDURE COMMAND...: starts seedbed, and returns when libvirtd has done PROCEDURE for it, of
# which it does not hear before `release`. Its process is $held.
hold()
{
  rm -f "$tmp/held" "$tmp/go"
  echo "$1" >"$tmp/hold"
  seedbed -c "qemu+unix:///system?socket=$tmp/socket" "${@:2}" >"$tmp/held.log" 2>&1 &
  held=$!
  wait_for 60 test -e "$tmp/held"
  result $? "${*:2} is held up" || note "$(<"$tmp/held.log")"
}

# release STATUS WHAT
release()
{
  touch "$tmp/go"
  wait "$held"
  is $? "$1" "$2" || note "$(<"$tmp/held.log")"
}

# whole WHAT: the machine runs, with its volumes
whole()
{
  virsh -q pool-refresh seedbed >/dev/null
  is "$(virsh -q list --name | sed '/^$/d') $(virsh -q vol-list seedbed | awk '/o-m-1/ { print $1 }' |
    sort | paste -sd' ')" "o-m-1 o-m-1.console.log o-m-1.qcow2 o-m-1.seed.iso" "$1"
}

# ---- two that take a machine away that was never finished ----

hold $define up --no-wait "$tmp/o.yaml"
{ kill -KILL "$held" && wait "$held"; } 2>/dev/null
hold $destroy up --no-wait "$tmp/o.yaml"
ok "another up makes the machine" seedbed -q up --no-wait "$tmp/o.yaml"
id=$(virsh domuuid o-m-1)
release 0 "the one that was held up succeeds"
whole "and has taken nothing of the machine away"
is "$(virsh domuuid o-m-1)" "$id" "which is the same one"
ok "down" seedbed -q down o

# ---- one that makes a machine, which is removed under its hands and made again ----

hold $make_volume up --no-wait "$tmp/o.yaml"
ok "down removes what is half made" seedbed -q down o
ok "another up makes the machine" seedbed -q up --no-wait "$tmp/o.yaml"
id=$(virsh domuuid o-m-1)
release 0 "the one that was held up finds it"
whole "and has taken nothing of it away"
is "$(virsh domuuid o-m-1)" "$id" "which is the same one"
ok "down" seedbed -q down o
# ---- one whose network is removed under its hands ----

hold $make_network up --no-wait "$tmp/o.yaml"
ok "down removes the network" seedbed -q down o
ok "another up makes all of it" seedbed -q up --no-wait "$tmp/o.yaml"
release 0 "the one that was held up finds it"
whole "which is as it was"
ok "down" seedbed -q down o

# ---- a test whose machine another one has made ----

printf 'test:\n  - { name: quick, run: "true", results: exit }\n' >>"$tmp/o.yaml"
hold $make_network test "$tmp/o.yaml"
ok "an up makes the machine" seedbed -q -c "qemu+unix:///system?socket=$tmp/socket" up --no-wait "$tmp/o.yaml"
id=$(virsh domuuid o-m-1)
release 0 "the test that was held up passes there"
is "$(virsh domuuid o-m-1)" "$id" "and leaves the machine, which it has not made"
ok "down" seedbed -q down o

# ---- one that removes an image, which is imported again ----

qemu-img create -q -f qcow2 "$tmp/x.qcow2" 1M
ok "an image" seedbed -q image import x "$tmp/x.qcow2"
# without its record, the image is the first volume that is deleted
virsh -q vol-delete --pool seedbed "$(basename /var/lib/libvirt/seedbed/x.*.json)"
hold $delete_volume image rm x
ok "which is imported once more" seedbed -q image import x "$tmp/x.qcow2"
release 0 "the one that was held up succeeds"
contains "$(seedbed image info x)" "$(sha256sum <"$tmp/x.qcow2" | cut -d' ' -f1)" "and has left its record"
ok "which can be removed" seedbed -q image rm x

# ---- one that has made an image's volume, but has not said so yet: another one takes it over ----

hold $make_volume image import y "$tmp/x.qcow2"
ok "another import does it" seedbed -q image import y "$tmp/x.qcow2"
release 0 "the one that was held up finds it done"
contains "$(<"$tmp/held.log")" "image 'y' is there already" "and has not written into it"
ok "which is right" seedbed -q image verify y
ok "and can be removed" seedbed -q image rm y

# The keys of who goes another way to libvirtd are his own.
is "$(leftovers | grep -v '^state .*socket')" '' "nothing is left"
done_testing
