#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What 'up' shows: a view that is drawn again and again where a terminal can do that, else plain lines
. "${srcdir:-.}/t/lib/live.sh"
command -v script >/dev/null || skip_all "script not found (util-linux): it makes the terminals"
need_pocket
fleet v 2
up=$'\033[2A' green=$'\033[32m'

# at_terminal ROWS COLUMNS [NAME=VALUE...]: 'up' there; its output is in $seen
at_terminal()
{
  local size="rows $1 cols $2"
  shift 2
  script -qec "stty $size; env $* seedbed up $tmp/v.yaml" "$tmp/typescript" >/dev/null </dev/null
  seen=$(sed '1d; $d' "$tmp/typescript" | tr -d '\r')
}

at_terminal 24 80
contains "$seen" "$up" "the lines of both machines are drawn again"
contains "$seen" "v-m-1  waits " "first they wait"
for stage in firmware kernel 'ssh login'; do
  contains "$seen" "v-m-2  $stage " "then they reach the stage '$stage'"
done
contains "$seen" "${green}✓"$'\033[0m v-m-1  ready ' "one that is ready is green"
contains "$seen" " s  kernel in at most " "with what comes next, and until when"
[[ $seen =~ \ s\ \ address\ in\ at\ most\ [0-9a-z\ ]+:\ \[ ]]
result $? "and with the last line of the console"
lacks "$seen" "v-m-1: " "and no plain lines are between"
is "$(awk '{ gsub(/\033\[[0-9;]*[A-Za-z]/, "") } length($0) > 80' <<<"$seen")" '' "no line is too long"
contains "$seen" "fleet 'v': 2 machines are ready (2 made, 0 started again)" "the end is said"

at_terminal 24 80 NO_COLOR=1 LC_ALL=C
contains "$seen" "$up" "with NO_COLOR it is drawn again"
contains "$seen" "+ v-m-1  ready " "without colours, and in ASCII without UTF-8"
lacks "$seen" $'\033[3' "none at all"
lacks "$seen" $'\033[0m' "and nothing to end them"
contains "$seen" "fleet 'v': nothing to do, 2 machines are ready" "nothing was to do"

# plain WHAT: the last terminal got plain lines
plain()
{
  contains "$seen" "v-m-1: ready" "$1: plain lines"
  lacks "$seen" $'\033' "$1: and nothing that it could not show"
}

at_terminal 24 28
plain "a terminal that is too narrow for a line"
at_terminal 4 80
plain "one that is too low for all machines"
at_terminal 24 80 TERM=dumb
plain "a dumb one"
run seedbed up "$tmp/v.yaml"
seen=$err
plain "no terminal"

# What is said meanwhile stands above the view, and is not drawn over.
sed -i 's/count: 2/count: 1/; s/memory: .*/memory: 512 MiB/' "$tmp/v.yaml"
at_terminal 24 120
contains "$seen" $'\033[1A\033[Jv-m-1: the fleet file (or a file' "a change is said, above the view"
contains "$seen" "fleet 'v': nothing to do, 1 machine is ready" "one machine is one machine"
contains "$seen" "v-m-2: is not in the fleet file any more; 'seedbed down v-m-2' removes it" "so is a machine too many"
run seedbed -q up "$tmp/v.yaml"
is "$status" 0 "quiet"

# ---- test: its steps have a view of their own, over which that of 'up' is not drawn ----

cat >>"$tmp/v.yaml" <<'END'
test:
  - { name: slow, run: "echo 1..1; sleep 2; echo ok 1" }
END
script -qec "stty rows 24 cols 80; seedbed test --keep always $tmp/v.yaml" "$tmp/typescript" \
  >/dev/null </dev/null
seen=$(tr -d '\r' <"$tmp/typescript")
[[ $seen =~ "… v-m-1: slow: 0 tests, 0 failed, "[0-9]+" s" ]]
result $? "the step that runs is shown"
contains "$seen" "v-m-1/slow: passed, 1 test" "its end is told"
is "$(grep -c 'v-m-1/slow' <<<"$seen")" 1 "once"
contains "$seen" "1 suite: 1 passed; 1 test, 1 passed" "the last line has the totals"
lacks "${seen#*… v-m-1: slow}" "v-m-1  ready" "and nothing else is drawn meanwhile"
ok "down" seedbed -q down v
is "$(leftovers)" '' "nothing is left"
done_testing
