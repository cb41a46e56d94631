#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# One fleet, several times: two commands at once, and a fleet file that grows, shrinks, changes
. "${srcdir:-.}/t/lib/live.sh"

# both COMMAND...: runs it twice at the same time; sets $statuses
both()
{
  local first second
  "$@" >"$tmp/first" 2>&1 &
  first=$!
  "$@" >"$tmp/second" 2>&1 &
  second=$!
  wait $first
  statuses=$?
  wait $second
  statuses+=" $?"
  [ "$statuses" = "0 0" ] || note "$(cat "$tmp/first" "$tmp/second")"
}

names() { virsh -q list --name | sed '/^$/d' | sort | paste -sd' '; }

# reserved MACHINE [FLAG]: whether its address is kept in its network, as that runs or as it is kept
reserved()
{
  virsh net-dumpxml seedbed-t ${2:+"$2"} | grep -q "<host mac=.* name='$1'"
}

defined() { [ -n "$(virsh -q list --all --name)" ]; }

need_pocket

fleet race 3
for round in 1 2 3 4 5; do
  both seedbed up --no-wait "$tmp/race.yaml"
  is "$statuses" "0 0" "round $round: both of two ups succeed"
  is "$(names)" "race-m-1 race-m-2 race-m-3" "and each machine runs once"
  both seedbed down race
  is "$statuses" "0 0" "both of two downs succeed"
  is "$(leftovers)" "" "and leave nothing"
done

for delay in 0 0.1 0.2 0.4; do
  seedbed up "$tmp/race.yaml" >"$tmp/up" 2>&1 &
  wait_for 60 defined
  sleep $delay
  ok "down succeeds while up is at work" seedbed down race
  wait $!
  is "$?" 3 "up fails"
  is "$(leftovers | grep -v '^state ')" "" "nothing of both is left"
done
seedbed -q down race

fleet t 1
both seedbed up "$tmp/t.yaml"
is "$statuses" "0 0" "two ups that wait succeed"
contains "$(cat "$tmp/first" "$tmp/second")" "shares it with this one" "one says that they share the machine"
is "$(names)" "t-m-1" "there is one machine"
run seedbed ssh t-m-1 -- hostname
is "$status $out" "0 t-m-1" "that can be reached"
id=$(virsh domuuid t-m-1)

fleet t 2
run seedbed xml "$tmp/t.yaml"
contains "$out" "<!-- network-update seedbed-t ip-dhcp-host -->
<host mac=" "xml shows what its network would get for one more"
shown=$(sed -n 's,.*<seedbed:address>\(.*\)</.*,\1,p' <<<"$out")
run seedbed up "$tmp/t.yaml"
is "$status" 0 "a fleet grows"
contains "$err" "fleet 't': 2 machines are ready (1 made, 0 started again)" "by the machine that was missing"
is "$(virsh domuuid t-m-1)" "$id" "the one before stays"
ok "the new one's address is reserved" reserved t-m-2
ok "also for the next start of the network" reserved t-m-2 --inactive
address=$(document seedbed list --format json | python3 -c 'import json, sys
print(json.load(sys.stdin)["machines"][1]["address"])')
contains "$(seedbed ssh t-m-2 -- ip -4 -o addr)" " $address/24 " "which it has"
is "$shown" "$address" "as xml has shown it"
run seedbed xml "$tmp/t.yaml"
is "$status $out $err" "0  fleet 't': all of its machines exist, 'up' would make none" "xml has no more to show"
ok "its name is known to the one before" seedbed ssh t-m-1 -- ping -c 1 t-m-2

fleet t 1
run seedbed up "$tmp/t.yaml"
is "$status" 0 "up succeeds with a file that has become smaller"
contains "$err" "t-m-2: is not in the fleet file any more; 'seedbed down t-m-2' removes it" "and says what is too many"
is "$(names)" "t-m-1 t-m-2" "but leaves it"
ok "which down removes" seedbed down t-m-2
is "$(names)" "t-m-1" "alone"

sed -i 's/256 MiB/300 MiB/' "$tmp/t.yaml"
run seedbed up "$tmp/t.yaml"
is "$status" 0 "up succeeds with a file that has changed"
contains "$err" "t-m-1: the fleet file (or a file that it names, or the image) has changed since it was made" \
  "and says so"
is "$(virsh domuuid t-m-1)" "$id" "but leaves the machine"
seedbed -q down t
is "$(leftovers)" "" "nothing is left"
done_testing
