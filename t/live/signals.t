#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ctrl-C and SIGTERM take back all that `up` made, at any stage; and nothing else.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
# They never get ready by themselves: a signal cannot come too late.
printf '#cloud-config\nruncmd: [ sleep 6000 ]\n' >"$tmp/slow.ud"
fleet s 2 'user-data: slow.ud'
fleet other 1
seedbed -q up --no-wait "$tmp/other.yaml"

# interrupt SIGNAL STAGE STATUS
interrupt()
{
  : >"$tmp/up.err"
  seedbed up "$tmp/s.yaml" 2>"$tmp/up.err" &
  local pid=$! from=$SECONDS
  wait_for 120 grep -q ": $2" "$tmp/up.err"
  result $? "up reaches the stage '$2'"
  from=$SECONDS
  kill -s "$1" "$pid"
  wait "$pid"
  is $? "$3" "SIG$1 at the stage '$2' ends with $3" || note "$(<"$tmp/up.err")"
  # Not a measurement: it must not wait for the guests.
  [ $((SECONDS - from)) -le 300 ]
  result $? "soon"
  is "$(leftovers | grep -v other)" '' "and nothing of the fleet is left"
}

interrupt INT defined 130
interrupt TERM started 143
interrupt INT kernel 130
interrupt TERM 'ssh port' 143
is "$(virsh -q list --name | sed '/^$/d')" other-m-1 "another fleet is not touched"

# What cannot be taken back is said, and how to get rid of it.
: >"$tmp/up.err" # here, for the shell in the background may be late
seedbed up "$tmp/s.yaml" 2>"$tmp/up.err" &
pid=$!
wait_for 120 grep -q ': kernel' "$tmp/up.err"
result $? "up is at work"
stop_libvirtd
kill -s INT $pid
wait $pid
is $? 130 "a run is interrupted while libvirtd is away"
contains "$(<"$tmp/up.err")" "seedbed: stopped; but not all that was made could be taken back: " "it says what it could not do"
contains "$(<"$tmp/up.err")" "'seedbed down s' removes the whole fleet" "and what does"
"$SEEDBED_LIBVIRTD_START"
ok "down, when libvirtd is back" seedbed -q down s
is "$(leftovers | grep -v other)" '' "leaves nothing"

# Machines of an earlier run are not this run's to take back.
seedbed -q up --no-wait "$tmp/s.yaml"
fleet s 3 'user-data: slow.ud'
interrupt_from=$(virsh -q list --name | grep -c '^s-')
: >"$tmp/up.err" # here, for the shell in the background may be late
seedbed up "$tmp/s.yaml" 2>"$tmp/up.err" &
pid=$!
wait_for 120 grep -q 's-m-3: started' "$tmp/up.err"
result $? "up has made one more machine"
kill -s INT $pid
wait $pid
is $? 130 "a run that added a machine is interrupted"
is "$(virsh -q list --name | grep -c '^s-')" "$interrupt_from" "only what it added goes"

# What runs in a guest ends with exec.
wait_for 120 seedbed exec s-m-1 -- true
: >"$tmp/exec.out"
seedbed exec s-m-1 -- 'echo begun; sleep 300' >"$tmp/exec.out" 2>"$tmp/exec.err" &
pid=$!
wait_for 120 grep -q begun "$tmp/exec.out"
result $? "a command runs in a guest"
kill -s INT $pid
wait_for 60 test ! -d /proc/$pid
result $? "exec ends on SIGINT"
wait $pid
is $? 130 "with 130"
ok "so does the command in the guest" wait_for 60 seedbed exec s-m-1 -- "! ps | grep '[s]leep 300'"
seedbed -q down s other
is "$(leftovers)" '' "nothing is left"
done_testing
