#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ctrl-C and SIGTERM end a test in order: artifacts and all reports are there, and nothing is left,
# also in the guest
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1
cat >i.yaml <<'END'
fleet: i
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { m: { count: 2 } }
test:
  - { name: long, run: echo 1..2; echo ok 1; echo kept >log; sleep 4321, artifacts: log }
  - { name: next, run: echo 1..1; echo ok 1 }
  - { name: clean, phase: cleanup, run: 'true', results: exit }
END

# boots: the machines have begun to boot
boots() { grep -q 'i-m-1: started' run.err; }

# at_work: the first step runs in both machines
at_work() { seedbed exec i -- "ps | grep '[s]leep 4321'"; }

# interrupt SIGNAL STATUS WHEN OPTION...: a test gets SIGNAL when the command WHEN succeeds
interrupt()
{
  local signal=$1 expected=$2 when=$3 from
  shift 3
  rm -rf out r.json r.xml
  : >run.err
  seedbed test --artifacts out --json r.json --junit r.xml "$@" i.yaml >run.out 2>run.err &
  wait_for 200 "$when"
  result $? "$when"
  from=$SECONDS
  kill -s "$signal" $!
  wait $!
  is $? "$expected" "SIG$signal: exit $expected"
  # Not a measurement: it must not wait for the guests.
  [ $((SECONDS - from)) -le 300 ]
  result $? "it ends soon ($((SECONDS - from)) s)"
}

# reported RESULTS: the suites have these RESULTS, and each report has all suites
reported()
{
  is "$(python3 -c 'import json; print(*(s["result"] for s in json.load(open("r.json"))["suites"]))')" "$1" "the JSON has all suites"
  is "$(grep -c '^not ok' run.out) $(grep -c '<testsuite ' r.xml)" "6 6" "the TAP and the JUnit XML have all suites"
}

all_broken='broken broken broken broken broken broken'
interrupt INT 130 at_work --keep on-failure
reported "$all_broken"
is "$(cat out/i-m-{1,2}/long/log | paste -sd ' ')" "kept kept" "the artifacts are fetched"
contains "$(<run.out)" "stopped by a signal" "the signal is named"
is "$(leftovers)" '' "nothing is left"

interrupt TERM 143 boots
reported "$all_broken"
is "$(leftovers)" '' "while the machines boot: nothing is left"

interrupt TERM 143 at_work --keep always
reported "$all_broken"
is "$(virsh -q list --name | sed '/^$/d' | sort | paste -sd ' ')" "i-m-1 i-m-2" "--keep always keeps the machines"
is "$(seedbed exec i -- "ps | grep -c '[s]leep 4321'; true" 2>&1 | sort)" $'i-m-1 | 0\ni-m-2 | 0' "nothing runs on in them"
ok "down" seedbed -q down i

seedbed -q up i.yaml
seedbed -q test i.yaml >run.out 2>run.err &
wait_for 60 at_work
result $? "another test is at work"
{ kill -KILL $! && wait $!; } 2>/dev/null
# ssh keeps its connection for a minute, but the command over it ends.
wait_for 60 bash -c "seedbed exec i -- \"! ps | grep '[s]leep 4321'\""
result $? "if seedbed itself is killed, nothing runs on in the guests"
seedbed -q down i
is "$(leftovers)" '' "nothing is left"
done_testing
