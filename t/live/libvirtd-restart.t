#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A libvirtd that dies while `up` waits: the machine runs on, and the wait goes on.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket

# Its boot is not over before a file is there, however fast it is.
cat >"$tmp/waits.yaml" <<'END'
#cloud-config
runcmd:
  - until [ -e /tmp/go ]; do sleep 1; done
END
fleet r 1 'user-data: waits.yaml'

# begin_up: starts `up` in the background, its messages in $tmp/up.err
begin_up()
{
  : >"$tmp/up.err"
  seedbed up "$tmp/r.yaml" 2>"$tmp/up.err" &
  pid=$!
}

# restart SIGNAL: libvirtd gets SIGNAL, `up` notices, libvirtd is started again
restart()
{
  kill -s "$1" "$(<"$SEEDBED_LIBVIRTD_PIDFILE")"
  wait_for 60 grep -q 'connection to libvirtd broke' "$tmp/up.err"
  result $? "up notices that libvirtd got SIG$1" || note "$(<"$tmp/up.err")"
  "$SEEDBED_LIBVIRTD_START"
}

for signal in TERM KILL; do
  begin_up
  wait_for 120 grep -q ': kernel' "$tmp/up.err"
  result $? "up is at work"
  restart $signal
  wait_for 120 seedbed ssh r-m-1 -- touch /tmp/go
  wait $pid
  is $? 0 "and ends well all the same" || note "$(<"$tmp/up.err")"
  contains "$(seedbed list)" running "the machine runs"
  seedbed -q down r
  is "$(leftovers)" '' "nothing is left"
done

# What happens after the restart is seen: the machine is watched again.
begin_up
wait_for 120 grep -q ': ssh login' "$tmp/up.err"
restart TERM
wait_for 60 grep -q 'libvirtd is back' "$tmp/up.err"
result $? "up sees that libvirtd is back" || note "$(<"$tmp/up.err")"
virsh -q destroy r-m-1 >/dev/null
wait $pid
is $? 3 "a machine that is destroyed then ends the wait" || note "$(<"$tmp/up.err")"
contains "$(<"$tmp/up.err")" 'somebody destroyed it' "and up says so"
seedbed -q down r
is "$(leftovers)" '' "nothing is left"
done_testing
