#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A machine is switched off and on again: asked, not asked, and with its memory kept.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
fleet s 1
state() { virsh domstate --reason s-m-1 | head -n 1; }
guest() { seedbed ssh s-m-1 -- "$@"; }

seedbed -q up --lifetime '2 h' "$tmp/s.yaml" || exit 1
expires() { seedbed list --format json | sed -n 's/.*"expires" : "\(.*\)".*/\1/p'; }
first=$(expires)
contains "$(seedbed list)" "EXPIRES" "list shows that a machine expires"
[[ $(seedbed list) =~ ' 1 h '[0-9]+' min' ]]
result $? "and when" || note "$(seedbed list)"
ok "up renews it" seedbed -q up --lifetime '3 h' "$tmp/s.yaml"
[[ $(expires) > $first ]]
result $? "for the time from now on" || note "$first $(expires)"
id=$(virsh domuuid s-m-1)

run seedbed stop s
is "$status $err" "0 s-m-1: powered off" "a guest that is asked powers off"
is "$(state)" "shut off (shutdown)" "by itself"
run seedbed stop s-m-1
is "$status $err" "0 s-m-1: is off already" "one that is off stays so"
run seedbed start s-m-1
is "$status" 0 "it is started by its name"
contains "$err" "s-m-1: ready" "and waited for"
is "$(guest hostname)" "s-m-1" "it answers"
run seedbed start --no-wait s
is "$status" 0 "a machine that runs can be started"

guest 'echo here >/tmp/mark; sudo killall -STOP head; sudo rm -f /usr/bin/shutdown'
run seedbed stop --save s
is "$status $err" "0 s-m-1: saved" "its memory can be kept"
is "$(state)" "shut off (saved)" "and it is off"
run seedbed start s
is "$status" 0 "its next start"
is "$(guest cat /tmp/mark)" here "goes on from there"

# Nobody in the guest hears the power button or the agent any more.
run seedbed stop --timeout 3s s
contains "$status $err" "0 s-m-1: has not powered off, and is stopped" "a guest that does not react is stopped"
is "$(state)" "shut off (destroyed)" "in the end"
run seedbed restart --now s
is "$status" 0 "restart starts a machine that is off"
run seedbed restart --now s-m-1
is "$status" 0 "and one that runs"
contains "$err" "s-m-1: stopped" "which it stops"
is "$(guest cat /tmp/mark 2>&1 | grep -c here)" 0 "it has booted"
is "$(virsh domuuid s-m-1)" "$id" "and is the same machine"
virsh -q suspend s-m-1
run seedbed stop s
is "$status $err" "0 s-m-1: stopped" "a paused machine cannot be asked"

run seedbed stop s nothing
is "$status" 3 "an unknown name fails"
contains "$err" "no fleet or machine 'nothing': there are s" "and is named"
seedbed -q start --no-wait s && seedbed -q stop --save s
ok "down" seedbed -q down s
is "$(leftovers; find /var/lib/libvirt/qemu/save -type f)" '' "removes the saved memory too"
done_testing
