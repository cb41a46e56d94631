#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several runs of one fleet file: each has machines for itself alone, and knows whose the others are.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
fleet t 2
printf 'test:\n  - { name: long, run: sleep 600, results: exit }\n' >>"$tmp/t.yaml"
quick='test=[{ name: quick, run: "echo 1..1; echo ok 1" }]'

# begin NAME COMMAND...: starts it; its process is $NAME
begin()
{
  "${@:2}" >"$tmp/$1.out" 2>"$tmp/$1.err" &
  printf -v "$1" %s $!
}

# ends NAME STATUS WHAT
ends()
{
  wait "${!1}"
  is $? "$2" "$3" || note "$(cat "$tmp/$1.out" "$tmp/$1.err")"
}

belongs_to() { seedbed list t | grep -q "test $1"; }
says() { grep -q "$2" "$tmp/$1.err"; }

begin long seedbed test "$tmp/t.yaml"
wait_for 60 virsh domid t-m-2
run seedbed test "$tmp/t.yaml"
is "$status" 3 "a test does not use the machines of another test"
# shellcheck disable=SC2154
owner="'t-m-1' belongs to a 'test' that is at work (process $long on '$(uname -n)')"
contains "$err" "$owner" "and says whose they are"
contains "$err" "'--wait' waits until that run is over, '--fleet auto' makes a fleet of your own" "and what to do"
contains "$out" "not ok 1 - t-m-1/long" "its report says that nothing was run"
run seedbed up "$tmp/t.yaml"
contains "$status $err" "3 seedbed: the fleet 't' cannot be made, and nothing was touched:" "nor does an up"
run seedbed up --set 'machines={ other: }' --set defaults.memory='256 MiB' "$tmp/t.yaml"
contains "$status $err" "$owner" "nor one that makes other machines of that fleet"
contains "$(seedbed list t)" "test $long" "list shows the run"

begin waiting seedbed test --wait --set "$quick" "$tmp/t.yaml"
ok "a test can wait for the other's end" wait_for 30 says waiting 'waiting until that is over'
{ kill -KILL "$long" && wait "$long"; } 2>/dev/null
ok "the other is killed: its machines are known to be left" wait_for 30 says waiting \
  "t-m-1: a 'test' that has ended (process $long) left it: it is removed, and made again"
# shellcheck disable=SC2154  # by start
ok "they are made again" wait_for 30 belongs_to "$waiting"

begin last seedbed test --wait --set "$quick" "$tmp/t.yaml"
wait_for 30 says last 'waiting until that is over'
ends waiting 0 "the one that has waited passes"
ends last 0 "so does one that has waited for its proper end"
is "$(leftovers)" '' "nothing is left"

begin one seedbed test --fleet auto --set "$quick" "$tmp/t.yaml"
begin other seedbed test --fleet auto --set "$quick" "$tmp/t.yaml"
ends one 0 "of two tests with --fleet auto, one passes"
ends other 0 "and so does the other"
lacks "$(<"$tmp/one.err")$(<"$tmp/other.err")" 'waiting' "they do not meet"
[ "$(sed -n 's/^the fleet is called //p' "$tmp/one.err")" != "$(sed -n 's/^the fleet is called //p' "$tmp/other.err")" ]
result $? "they have different names"
is "$(leftovers)" '' "nothing is left"

run seedbed test --keep always --set "$quick" --set machines.m.count=1 "$tmp/t.yaml"
is "$status" 0 "a test keeps its machine"
contains "$(document seedbed list --format json)" '"run" : null' "which then is for everybody"
run seedbed test --set "$quick" --set machines.m.count=1 "$tmp/t.yaml"
is "$status" 0 "another test uses it"
contains "$(virsh -q list --name)" t-m-1 "and leaves it"
ok "down takes the name of a fleet" seedbed -q down --fleet t
is "$(leftovers)" '' "nothing is left"
done_testing
