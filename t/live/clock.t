#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A clock that jumps, on the host while commands work and in the guest: no deadline depends on it, and nothing
# is lost (An image of the future: t/live/image-versions.t. Records of the future: t/live/starved.t)
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
preload=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null) || skip_all "no libfaketime"
need_pocket
cd "$tmp" || exit 1

# set_clock OFFSET: what commands of with_clock take for the time, within a second
set_clock()
{
  echo "$1" >clock.new && mv clock.new clock
}

# with_clock COMMAND...: as where the clock is set: timers and the times of files stay right
with_clock()
{
  env LD_PRELOAD="$preload" FAKETIME_TIMESTAMP_FILE="$tmp/clock" FAKETIME_CACHE_DURATION=1 \
    FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 "$@"
}

# says FILE TEXT: waits until TEXT is in FILE
says()
{
  wait_for 200 grep -qs -- "$2" "$1"
}

fleet c 1
cat >>c.yaml <<'END'
test:
  - { name: copies, results: exit, copy: { from: c.yaml, to: there }, run: 'touch there/made; sleep 2', artifacts: there }
  - { name: tests, run: 'echo 1..2; echo ok 1; sleep 4; echo ok 2' }
END
set_clock -3650d
is "$(with_clock date +%Y)" "$(date -d '3650 days ago' +%Y)" "the clock can be set"
set_clock +0

# ---- the host's ----

# The machine needs longer for the kernel than a second, after which the new time counts.
with_clock seedbed up --lifetime 1h c.yaml >up.out 2>up.err &
up=$!
says up.err started
set_clock -3650d
wait $up
is "$?" 0 "the clock goes ten years back during up: it waits until the machine is ready" || note "$(<up.err)"
contains "$(<up.err)" "fleet 'c': 1 machine is ready" "it says so"
set_clock +3650d
run with_clock seedbed gc --dry-run
contains "$err" "c-m-1: would be removed: it has expired" "ten years ahead, its lifetime is over"
set_clock -3650d
run with_clock seedbed gc --older-than 1ms
is "$status $err" "0 0 things were removed" "ten years back, nothing is old"
contains "$(with_clock seedbed list)" "c-m-1    running" "list shows the machine"

set_clock +0
sleep 1.1
with_clock seedbed test --keep always --json r.json --junit r.xml --artifacts out c.yaml >test.out 2>test.err &
test=$!
says test.err 'c-m-1/copies: runs'
set_clock -3650d
says test.err 'c-m-1/tests: runs'
set_clock +3650d
wait $test
is "$?" 0 "the clock jumps during a test: it passes" || note "$(<test.err)"
is "$(grep -o 'time="[^"]*"' r.xml | grep -c '"[0-9]\{3,\}\.')" 0 "no step took minutes" || note "$(<r.xml)"
ok "the artifacts are there" test -e out/c-m-1/copies/there/made
ok "where the time is another one again, down removes all" with_clock seedbed -q down c
is "$(leftovers)" '' "nothing is left"
done_testing
