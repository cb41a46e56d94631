#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A command on many machines: each output line has its machine, and the exit status tells the result
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet a 2
fleet longer 1
ok "a fleet of two" seedbed -q up "$tmp/a.yaml"
run seedbed -q up "$tmp/longer.yaml"
is "$status $err" "0 " "another fleet of one; --quiet prints no notes"
files() { stat -c '%n %i' "$XDG_STATE_HOME"/seedbed/*/a/{ssh_config,known_hosts}; }
before=$(files)
ok "the fleet of two again" seedbed -q up "$tmp/a.yaml"
is "$(files)" "$before" "an 'up' of machines that are ready leaves the files alone that others use"

run seedbed exec a longer -- 'hostname; echo error >&2; cat; printf "no newline"'
is "$status" 0 "a command runs on two fleets; its standard input is empty"
is "$(sort <<<"$out")" 'a-m-1      | a-m-1
a-m-1      | no newline
a-m-2      | a-m-2
a-m-2      | no newline
longer-m-1 | longer-m-1
longer-m-1 | no newline' "each line has its machine's name, names are aligned, and the last line is whole"
is "$(sort <<<"$err")" 'a-m-1      | error
a-m-2      | error
longer-m-1 | error' "lines of stderr come on stderr, with their machine's name"
run seedbed exec a-m-2 longer -- echo '"two  blanks"' '*'
is "$(sort <<<"$out")" 'a-m-2      | "two  blanks" *
longer-m-1 | "two  blanks" *' "it runs on single machines; several words are a program and its arguments"
run seedbed exec a-m-1 -- sh -c 'exit 3'
is "$status" 3 "they arrive as they are"
run seedbed exec a-m-1 -- 'echo "two  blanks"; exit 4'
is "$status $out" "4 a-m-1 | two  blanks" "one word is a line of shell"

run seedbed exec a -- "name=\$(hostname); exit \${name##*-}"
is "$status" 2 "the exit status is the highest"
contains "$err" "a-m-1 | exit status 1" "each exit status is shown"
run seedbed exec a-m-1 -- exit 255
is "$status $err" "255 a-m-1 | exit status 255" "255 is the command's own: ssh did not fail"
run timeout 300 seedbed exec a-m-1 -- 'sleep 4323 & echo done'
is "$status $out" "0 a-m-1 | done" "a process that it leaves behind is not waited for"

virsh -q suspend a-m-1
for command in 'ssh a-m-1 -- true' 'exec a -- true' 'status a-m-1'; do
  # shellcheck disable=SC2086
  run timeout 300 seedbed $command
  is "$status" 3 "'$command', and it is paused: exit status 3"
  contains "$out$err" "somebody paused it" \
    "the message says what to do"
done
virsh -q resume a-m-1

virsh -q destroy a-m-1
run seedbed exec a -- hostname
is "$status $out" "3 a-m-2 | a-m-2" "a machine is off: exit status 3, and the other machine runs the command"
contains "$err" "'a-m-1' cannot be used: somebody destroyed it" "the machine that is off is named"
run seedbed ssh a-m-1 -- true
is "$status" 3 "ssh to it: exit status 3"
contains "$err" "try: 'seedbed start a-m-1' starts it again" "the message says what to do"
run seedbed up "$tmp/a.yaml"
is "$status" 0 "up starts it"
contains "$err" "fleet 'a': 2 machines are ready (0 made, 1 started again)" "up tells that it started one again"
run seedbed exec a -- hostname
is "$status" 0 "then both machines run it"

# ---- files ----

mkdir -p "$tmp/in/my folder/empty"
echo one >"$tmp/in/my folder/a file"
echo two >"$tmp/in/two:x"
cd "$tmp/in" || exit 1
run seedbed copy 'my folder' ./two:x a:
is "$status $out$err" "0 " "copy sends folders and files to a fleet"
is "$(seedbed exec a -- 'cat "my folder/a file" two:x; ls -d "my folder/empty"' | sort)" 'a-m-1 | my folder/empty
a-m-1 | one
a-m-1 | two
a-m-2 | my folder/empty
a-m-2 | one
a-m-2 | two' "each machine has them in its home"
run seedbed cp ./two:x 'a-m-2:new/name'
is "$(seedbed ssh a-m-2 -- cat new/name)" two "cp is the same command, and makes folders"
run seedbed copy 'a-m-2:my folder' a-m-1:two:x "$tmp/out/"
is "$status $err" "0 " "it fetches from several machines"
is "$(cat "$tmp/out/my folder/a file" "$tmp/out/two:x")" $'one\ntwo' "what they have"
run seedbed copy a-m-1:two:x "$tmp/out/my folder"
is "$(cat "$tmp/out/my folder/two:x")" two "also into a folder that is there"
run seedbed copy a-m-1:none a-m-1:two:x "$tmp/out/"
is "$status" 3 "what is not there fails"
contains "$err" "seedbed: a-m-1: " "and names the machine"
run seedbed copy 'a-m-1:my folder' "$tmp/out/"
contains "$status $err" "something else is there: remove it, or give another name" "a folder here is not replaced"
is "$(find "$tmp/out" -name '.seedbed*')" '' "nothing is left beside"
head -c 8000000 /dev/zero >"$tmp/big"
run seedbed copy --format json "$tmp/big" a:
is "$status" 0 "a large file is copied"
contains "$out" '"text":"copying","done_bytes":' "and copy tells how far it is"
contains "$out" '"done_bytes":16000000,"total_bytes":16000000' "up to the bytes for both machines"
for sides in 'x y' 'a-m-1:x a-m-2:y' 'a:x y'; do
  # shellcheck disable=SC2086
  run seedbed copy $sides
  is "$status" 2 "copy $sides: bad usage"
done
run seedbed copy none a:
contains "$status $err" "'$tmp/in/none' is not a file or folder" "a source that is not here is named"
head -c 60000000 /dev/zero >"$tmp/huge"
run seedbed copy "$tmp/huge" a-m-1:
contains "$status $err" "3 seedbed: a-m-1: cannot copy '$tmp/huge' to '~': the guest's tar failed" "a file that is too large fails"
[[ $err == *'its file system / has '*' KiB free of '*' KiB'*"larger 'disk'"* ]]
result $? "and the file system is named, and what to do" || note "$err"
is "$(seedbed ssh a-m-1 -- 'ls -A | grep -c -e huge -e copy')" 0 "and nothing of it is left"
cd "$OLDPWD" || exit 1

seedbed exec a-m-1 -- 'echo begun; sleep 300' >"$tmp/begun" 2>"$tmp/stopped" &
wait_for 60 grep -q begun "$tmp/begun"
kill -INT $!
wait $!
is "$? $(<"$tmp/stopped")" "130 a-m-1 | stopped" "Ctrl-C stops it"
ok "the command is ended in the machine, too" wait_for 60 seedbed exec a-m-1 -- "! ps | grep '[s]leep 300'"
key=$XDG_STATE_HOME/seedbed/qemu-system/a/id_ed25519
mv "$key" "$tmp/key"
run seedbed ssh a-m-1 -- true
contains "$status $err" "3 seedbed: the key of the fleet 'a' is not in" "without the key, ssh does not try"
mv "$tmp/key" "$key"
run env XDG_STATE_HOME="$tmp/other" seedbed up "$tmp/a.yaml"
is "$status" 3 "another user's up fails"
contains "$err" "seedbed: 'a-m-1' exists and was made with another key" "and does not try to log in either"
is "$(find "$tmp/other" -type f)" '' "it does not leave a key without a fleet"

run seedbed exec nosuch -- true
is "$status" 3 "an unknown name: exit status 3"
contains "$err" "no fleet or machine 'nosuch': there are a-m-1, a-m-2, longer-m-1" "the message lists the machines"
run seedbed ssh-config nosuch
contains "$status $err" "3 seedbed: no fleet or machine 'nosuch': there are a-m-1" "so does ssh-config"
is "$(seedbed ssh-config a-m-2 longer | grep '^Host .*-')" $'Host a-m-2\nHost a-m-2\nHost longer-m-1\nHost longer-m-1' \
  "which takes machines and fleets"
is "$(seedbed ssh-config | grep -c '^Host .*-')" 5 "or all"
run seedbed exec a
is "$status" 2 "without a command: exit status 2"
contains "$err" "seedbed exec NAME… -- COMMAND…" "the message shows the usage"
ok "down" seedbed -q down a longer
is "$(leftovers)" '' "nothing is left"
done_testing
