#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The command line by itself: help, version, and mistakes, none of which reach libvirt.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

nowhere="qemu+unix:///system?socket=$tmp/nonexistent"
export LIBVIRT_DEFAULT_URI=$nowhere
cd "$tmp" || exit 1

# helped TEXT ARGUMENT...: exit 0, with TEXT on stdout and nothing on stderr
helped()
{
  local text=$1
  shift
  run seedbed "$@"
  is "$status:$err" 0: "seedbed $*: succeeds, and says nothing on stderr"
  contains "$out" "$text" "seedbed $*: says '$text' on stdout"
}

# refused TEXT ARGUMENT...: exit 2, with TEXT and where to read more on stderr, and no data
refused()
{
  local text=$1
  shift
  run seedbed "$@"
  is "$status:$out" 2: "seedbed $*: exit 2, nothing on stdout"
  contains "$err" "seedbed: $text" "seedbed $*: says '$text'"
  contains "$err" "--help'" "seedbed $*: and where to read more"
}

helped 'Usage: seedbed ' --help
helped 'Usage: seedbed ' -h
helped 'Usage: seedbed ' help
helped 'seedbed up [OPTION…] [FLEET.yaml]' up --help
helped 'seedbed up [OPTION…] [FLEET.yaml]' help up
helped --timeout -c "$nowhere" up -h
helped 'seedbed image import [OPTION…] NAME FILE' image import --help
helped 'image import ' image --help
helped 'Usage: seedbed up ' up --help --nosuch
helped 'uefi: how a machine starts' explain
helped 'user-data: the first line' explain user-data
refused "no topic 'uef': 'seedbed explain --list' shows the topics" explain uef
refused "no topic ''" explain ''
refused "--boot: 'last' is not a number" log --boot last m
refused '--boot, --follow and --qemu exclude each other' log --boot 0 --qemu m

# too_wide ARGUMENT...: the lines of more than 80 columns that `seedbed ARGUMENT...` prints
too_wide()
{
  seedbed "$@" | grep -E '^.{81}'
}

commands=$(seedbed --help | sed -n '/^Commands:/,/^$/s/^  \([a-z -]*[a-z]\)  .*/\1/p')
[ "$(wc -l <<<"$commands")" -gt 20 ]
result $? 'the help shows all commands'
while read -r command; do
  # shellcheck disable=SC2086  # words
  is "$(too_wide $command --help)" '' "seedbed $command --help: at most 80 columns"
  # shellcheck disable=SC2086
  is "$(LC_ALL=C seedbed $command --help | LC_ALL=C grep -c '[^ -~]')" 0 \
    "seedbed $command --help: only ASCII in a locale without UTF-8"
done <<<"$commands"$'\n\nimage'
# The same letter means the same thing everywhere; 'log -f' follows, as 'tail -f' does.
letters=$(while read -r command; do
  # shellcheck disable=SC2086
  seedbed $command --help | sed -nE 's/^  -(.), --([a-z-]+).*/\1 \2/p'
done <<<"$commands" | sort -u)
is "$(cut -d' ' -f1 <<<"$letters" | uniq -d)" f 'each letter stands for one option, but for -f'
is "$(grep '^f' <<<"$letters")" $'f follow\nf format' 'which is the format, or follows'
is "$(grep -cE '^.{81}' <<<"$(printf '%081d\n%080d' 0 0)")" 1 'a line of 81 columns would be found'

run seedbed --version
[[ $status = 0 && $out =~ ^seedbed\ [0-9]+\.[0-9]+\.[0-9]+(\+[0-9]+\.g[0-9a-f]+(\.dirty)?)?$ ]]
result $? "--version is a name and a version: $out"
is "$(seedbed -V)" "$out" '-V is the same'

run seedbed
is "$status:$out" 2: 'no command at all: exit 2, nothing on stdout'
contains "$err" 'Usage: seedbed' 'and the help on stderr'

nested='    ok 1 - inner
    1..1
not ok 1 - outer
1..1'
contains "$(seedbed tap <<<"$nested")" 'not ok 1 - outer' 'a report for people'
is "$(LC_ALL=C seedbed tap <<<"    not ${nested#    }" | LC_ALL=C grep -c '[^ -~]')" 0 'is ASCII in a locale without UTF-8'
contains "$(seedbed tap <<<"    not ${nested#    }")" 'outer › inner' 'and has › in others'
refused "no command 'upp': did you mean 'up'?" upp
refused "no command 'lst': did you mean 'list'?" lst
refused "no command 'frobnicate'"$'\n' frobnicate
refused "no command 'image lst': did you mean 'image list'?" image lst
while read -r tried; do
  # Each is answered with a command that there is, and the second word counts only for 'image'.
  # shellcheck disable=SC2086
  refused "no command '$tried': here it is 'seedbed " $tried
  meant=${err#*here it is \'seedbed }
  # shellcheck disable=SC2086
  contains "$(seedbed ${meant%%\'*} --help 2>&1)" seedbed "seedbed $tried: there is a command ${meant%%\'*}"
done < <(sed -nE 's/^    \{"([a-z -]+)", ".*/\1/p' "$top/src/cli/tried-words.c")
refused "no command 'ls': here it is 'seedbed list'" ls -a
refused "no command 'image pull': here it is 'seedbed image fetch'" image pull debian
verbs="'image fetch', 'image update', 'image import', 'image list', 'image info', 'image verify', 'image export', 'image rm'"
refused "'image' is one of $verbs" image
refused "'image' is one of $verbs" image frobnicate
refused "no command '\\033[2J'" $'\033[2J'

refused 'Unknown option --nosuch' --nosuch list
refused 'Unknown option --nosuch' list --nosuch
refused 'Unknown option --keep' down --keep x
refused 'Missing argument for -c' -c
refused "no 'seedbed.yaml' or 'fleet.yaml' is in this folder or in one above it" up
refused 'usage: seedbed up [FLEET.yaml]' up one.yaml two.yaml
refused 'usage: seedbed ssh MACHINE' ssh
refused 'usage: seedbed log MACHINE' log one two
refused 'usage: seedbed image import NAME FILE' image import name
refused 'exec needs machines and a command' exec name
refused 'exec needs machines and a command' exec name --
refused 'the new image needs a name: --name NAME' build fleet.yaml
refused "--name: image name 'No'" build fleet.yaml --name No
refused 'usage: seedbed status MACHINE' status
refused "--format: 'xml' is not a format: use 'text' or 'json'" list --format xml
refused "--format: 'xml' is not a format" status --format xml m
refused "--timeout: '5' is not a duration" up --timeout 5 fleet.yaml
refused "there is a completion for 'bash', 'zsh' and 'fish', not for 'tcsh'" completion tcsh
refused "there is a completion" completion words
contains "$err" "see 'seedbed completion --help'" 'the help that it points to is the command'"'s"

# -c before and after the command; the later one counts, and all win over the environment
for arguments in "-c $nowhere list" "list -c $nowhere" "list --connect=$nowhere" \
  "-c test:///default list -c $nowhere" list; do
  # shellcheck disable=SC2086
  run seedbed $arguments
  is "$status:$out" 3: "${arguments//"$tmp"/…}: exit 3, nothing on stdout"
  contains "$err" "cannot connect to libvirt at '$nowhere'" 'and where it tried to connect'
done
run seedbed -c test:///default list
is "$status:$err" 0: '-c before the command wins over the environment'
contains "$out" 'FLEET  MACHINE' 'and a table without machines still has its heading'
is "$(seedbed list -c test:///default --columns state,machine)" 'STATE  MACHINE' '--columns chooses them'
refused "--columns: 'size' is not a column: use fleet, machine, state, address, image, age, expires, run, snapshots" \
  list -c test:///default --columns size
is "$(seedbed image fetch --list --columns image,verified-by | sed -n 1p | tr -s ' ')" 'IMAGE VERIFIED BY' 'so it does for the catalogue'
if command -v script >/dev/null; then
  # at_terminal COLUMNS COMMAND: what it prints on a terminal
  at_terminal() { script -qec "stty cols $1; $2" /dev/null </dev/null | tr -d '\r'; }
  is "$(at_terminal 60 'seedbed image fetch --list' | grep -cE '^.{61}')" 0 'a table fits the terminal'
  contains "$(at_terminal 60 'seedbed image fetch --list')" '…' 'what is cut ends with …'
  [ "$(at_terminal 60 'seedbed image fetch --list --wide' | grep -cE '^.{61}')" -gt 10 ]
  result $? '--wide cuts nothing'
  shown=$(at_terminal 60 'LC_ALL=C seedbed image fetch --list')
  contains "$shown" '...' 'without UTF-8, ... is for …'
  is "$(LC_ALL=C grep -c '[^ -~]' <<<"$shown")" 0 'and all is ASCII'
  is "$(at_terminal 70 "seedbed doctor -c '$nowhere'" | grep -E '^.{71}' | grep '[^ ] [^ ]')" '' "doctor's lines are broken between words"
fi
lacks "$(seedbed image fetch --list)" '…' 'nothing is cut in a pipe'
run seedbed -q list -c test:///default --format json
contains "$out" '"machines" : []' 'the same as JSON'


# told STATUS DOMAIN CODE ARGUMENT...: with --format json, the error is the only document
told()
{
  local expected="$1: $2 $3 $1"
  shift 3
  run seedbed "$@"
  is "$status: $(python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["error"]["domain"], d["error"]["code"], d["exit_status"])' <<<"$out")" "$expected" "seedbed $*: the error as JSON"
}
told 2 sb_cli_error 0 up --format json --nosuch
told 2 sb_cli_error 0 down --format json --fleet
told 2 sb_cli_error 1 up --format json "$tmp/nosuch"
told 2 sb_cli_error 1 tap --format json "$tmp/nosuch"
told 3 sb_libvirt_error 2 list --format json -c "$nowhere"
told 3 sb_libvirt_error 2 exec --format json x -c "$nowhere" -- true
run seedbed -c test:///default down --format json x
is "$status:$out" '0:{"seedbed":{"format":1,"kind":"result"},"command":"down","removed":0,"exit_status":0}' 'a result as JSON'
XDG_STATE_HOME=$tmp/$'\xff' run seedbed doctor --format json -c test:///default
contains "$out" "$tmp/"$'\ufffd' 'a path that is not UTF-8 does not spoil a document'
run seedbed up --format json --help
contains "$out" 'Usage: seedbed up ' 'help is for people'
lacks "$out" '{"seedbed"' 'and no result'

run bash -c 'seedbed help >/dev/full'
is "$status" 3 'data that cannot be written is a failure'
contains "$err" 'No space left on device' 'that is said'
run bash -c 'exec seedbed list -c test:///default >&-'
is "$status" 3 'and so is output that is closed: no file gets it that is opened later'
mkfifo "$tmp/fifo"
run bash -c 'exec 4<>"$0" 3>"$0" 4>&-; exec seedbed help >&3' "$tmp/fifo"
is "$status:$err" 0: 'a reader that has gone away is none'
done_testing
