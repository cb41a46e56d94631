#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Commands that write a fleet's ssh_config at the same time: what one has left out comes back
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet c 1
config=$XDG_STATE_HOME/seedbed/qemu-system/c/ssh_config

# As by a command that had asked libvirt before the machine ran, and writes what it knows after that.
seedbed up "$tmp/c.yaml" 2>"$tmp/up.err" &
up=$!
wait_for 120 grep -q '^Host c-m-1$' "$config"
result $? "up writes where the machine is"
echo '# nothing' >"$config"
wait "$up"
is $? 0 "up logs in all the same, when that was overwritten" || note "$(<"$tmp/up.err")"
ok "it is there again" grep -q '^Host c-m-1$' "$config"

rm "$config"
is "$(seedbed ssh c-m-1 -- hostname)" c-m-1 "ssh writes it when it is missing"
seedbed -q down c
is "$(leftovers)" '' "nothing is left"
done_testing
