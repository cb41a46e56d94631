#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The console's log, whatever becomes of it: long, over a reboot, taken away, or with nobody to read it
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet g 2
ok "two machines" seedbed -q up "$tmp/g.yaml"

# chatter MACHINE LINES: the guest writes as many to its console
chatter()
{
  seedbed ssh "$1" -- "sudo sh -c 'seq $2 | sed \"s/.*/line & $filler/\" >/dev/console'"
}
printf -v filler '%064d' 0
log=/var/lib/libvirt/seedbed/g-m-1.console.log

# ---- nobody reads ----

ok "log --follow ends when its reader has enough" \
  timeout 300 bash -c 'set -o pipefail; seedbed log --follow g-m-1 | head -n 1'

# ---- longer than one file ----

seedbed log --follow g-m-1 >"$tmp/follow" &
follower=$!
wait_for 60 grep -q 'g-m-1 is up' "$tmp/follow"
ok "the guest writes 3.6 MB" chatter g-m-1 45000
ok "virtlogd has begun another file" test -s $log.0
# What follows is written in pieces: the last line may be there by half.
both_are_whole() { seedbed log g-m-1 >"$tmp/whole" && grep -q 'line 45000 ' "$tmp/whole" && cmp "$tmp/whole" "$tmp/follow"; }
ok "log and log --follow have the last line, and the same before it" wait_for 60 both_are_whole
is "$(grep -c 'line [0-9]' "$tmp/follow")" 45000 "and all before, though the file changed"
is "$(grep -c 'line [0-9]' "$tmp/whole")" 45000 "log alone has all, from both files"

# ---- a guest that reboots ----

seedbed ssh g-m-1 -- sudo reboot
boots() { [ "$(grep -c 'Linux version' "$tmp/follow")" = 2 ]; }
ok "log --follow goes on when the guest reboots" wait_for 120 boots
kill -INT $follower
wait $follower
is $? 130 "until a signal comes"

run seedbed log --boot 1 g-m-1
is "$status $(grep -c 'Linux version' <<<"$out")" "0 1" "the first boot alone"
contains "$out" 'line 45000 ' "has what was written in it"
run seedbed log --boot 0 g-m-1
is "$(grep -cE 'UEFI firmware|Linux version' <<<"$out") $(grep -c 'line [0-9]' <<<"$out")" "2 0" "the last boot alone has nothing of it"
is "$(seedbed log -b -1 g-m-1 | md5sum)" "$(seedbed log -b 1 g-m-1 | md5sum)" "the boot before the last is the first"
run seedbed log --boot 3 g-m-1
is "$status" 3 "a boot that there was not: exit status 3"
contains "$err" "no boot 3: the console of 'g-m-1' shows 2 since the start" "which says how many there are"

# ---- a machine that is taken away, and one that is started again ----

seedbed log --follow g-m-2 >"$tmp/follow" 2>"$tmp/follow.err" &
follower=$!
wait_for 60 grep -q 'g-m-2 is up' "$tmp/follow"
ok "down" seedbed -q down g-m-2
wait $follower
is "$? $(<"$tmp/follow.err")" '0 ' "is an end like any other to who follows the log"
virsh -q destroy g-m-1
virsh -q start g-m-1
ok "a new start" wait_for 120 bash -c 'seedbed log g-m-1 | grep -q "Linux version"'
is "$(seedbed log g-m-1 | grep -c 'line [0-9]')" 0 "begins a new log"
virsh -q destroy g-m-1

fleet n 1
ok "a machine that is made" seedbed -q up --no-wait "$tmp/n.yaml"
virsh -q destroy n-m-1
rm /var/lib/libvirt/seedbed/n-m-1.console.log
run seedbed log --follow n-m-1
is "$status" 3 "a machine without a log: exit status 3"
contains "$err" "no volume 'n-m-1.console.log'" "which says so"
ok "down" seedbed -q down g n
is "$(leftovers)" '' "nothing is left"
done_testing
