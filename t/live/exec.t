#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A command on many machines at once: whose output is whose, and what the exit status says
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet a 2
fleet longer 1
ok "a fleet of two" seedbed -q up "$tmp/a.yaml"
ok "and one more" seedbed -q up "$tmp/longer.yaml"

run seedbed exec a longer -- 'hostname; echo error >&2; cat; printf "no newline"'
is "$status" 0 "a command on two fleets, with nothing to read"
is "$(sort <<<"$out")" 'a-m-1      | a-m-1
a-m-1      | no newline
a-m-2      | a-m-2
a-m-2      | no newline
longer-m-1 | longer-m-1
longer-m-1 | no newline' "each line has its machine's name, names are aligned, and the last line is whole"
is "$(sort <<<"$err")" 'a-m-1      | error
a-m-2      | error
longer-m-1 | error' "so have those of stderr, on stderr"
run seedbed exec a-m-2 longer -- echo '"two  blanks"' '*'
is "$(sort <<<"$out")" 'a-m-2      | two  blanks *
longer-m-1 | two  blanks *' "single machines; the guest's shell reads the words, as with ssh"

run seedbed exec a -- "name=\$(hostname); exit \${name##*-}"
is "$status" 2 "the exit status is the highest"
contains "$err" "a-m-1 | exit status 1" "and each is said"
run seedbed exec a-m-1 -- exit 255
is "$status" 3 "255 can be ssh's own"
contains "$err" "ssh to 'a-m-1' failed: it gave no reason (or the command itself exited with 255)" "which is said"

virsh -q suspend a-m-1
for command in 'ssh a-m-1 -- true' 'exec a -- true' 'status a-m-1'; do
  # shellcheck disable=SC2086
  run timeout 60 seedbed $command
  is "$status" 3 "'$command', and it is paused: exit status 3"
  contains "$err" "'a-m-1' is paused: 'virsh domstate --reason a-m-1' says why, 'virsh resume a-m-1' lets it go on" \
    "with what to do"
done
virsh -q resume a-m-1

virsh -q destroy a-m-1
run seedbed exec a -- hostname
is "$status $out" "3 a-m-2 | a-m-2" "a machine that is off: exit status 3, the other does it"
contains "$err" "'a-m-1' is not running or has no address" "and it is named"
run seedbed ssh a-m-1 -- true
is "$status" 3 "ssh to it: exit status 3"
contains "$err" "'a-m-1' is not running: 'seedbed up' or 'virsh start a-m-1' starts it" "with what to do"
run seedbed up "$tmp/a.yaml"
is "$status" 0 "up starts it"
contains "$err" "fleet 'a': 2 machines are ready (0 made, 1 started again)" "and says so"
run seedbed exec a -- hostname
is "$status" 0 "then both are there again"

seedbed exec a-m-1 -- 'echo begun; sleep 300' >"$tmp/begun" 2>"$tmp/stopped" &
wait_for 60 grep -q begun "$tmp/begun"
kill -INT $!
wait $!
is "$? $(<"$tmp/stopped")" "130 a-m-1 | stopped; what runs there may go on" "Ctrl-C: says what it ends"
key=$XDG_STATE_HOME/seedbed/qemu-system/a/id_ed25519
mv "$key" "$tmp/key"
run seedbed ssh a-m-1 -- true
contains "$status $err" "3 seedbed: the key of the fleet 'a' is not in" "without the key, ssh does not try"
mv "$tmp/key" "$key"
run env XDG_STATE_HOME="$tmp/other" seedbed up "$tmp/a.yaml"
contains "$status $err" "3 seedbed: 'a-m-1' exists and was made with another key" "nor does another user's up"
is "$(find "$tmp/other" -type f)" '' "which leaves no key that nothing knows"

run seedbed exec nosuch -- true
is "$status" 3 "an unknown name: exit status 3"
contains "$err" "no fleet or machine 'nosuch': there are a-m-1, a-m-2, longer-m-1" "with those that there are"
run seedbed ssh-config nosuch
is "$status $err" "3 seedbed: no fleet 'nosuch': there are a, longer" "ssh-config names the fleets that there are"
run seedbed exec a
is "$status" 2 "without a command: exit status 2"
contains "$err" "seedbed exec NAME… -- COMMAND…" "with the usage"
ok "down" seedbed -q down a longer
is "$(leftovers)" '' "nothing is left"
done_testing
