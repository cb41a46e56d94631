#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual, README and messages speak of the program as it is: its commands, options and keys.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

manual=$top/src/man/seedbed.1
fleet_manual=$top/src/man/seedbed-fleet.5
json_manual=$top/src/man/seedbed-json.5
print_keys=${builddir:-$top/build}/t/lib/print-fleet-keys
commands=$(seedbed --help | sed -n '/^Commands:/,/^$/s/^  \([a-z -]*[a-z]\)  .*/\1/p')

# same ONE OTHER WHAT: two lists, one item a line in any order, are the same
same()
{
  local difference
  difference=$(diff <(sort <<<"$1") <(sort <<<"$2") | grep '^[<>]')
  [ -n "$1" ] && [ -z "$difference" ]
  result $? "$3" || note "< only in the first, > only in the second:
$difference"
}

# options_in_help [COMMAND]: as "-p --pool POOL", without those that all commands share
options_in_help()
{
  # shellcheck disable=SC2086
  seedbed ${1-} --help |
    sed -nE 's|^  ((-.), )?(--[a-z-]+)([= ]([A-Z/=]+))?( .*)?$|\2 \3 \5|p' |
    sed 's/^ //; s/ $//' | if [ -n "${1-}" ]; then grep -vE -- '--(help|connect|quiet)'; else cat; fi
}

# options_in_manual: the same for the lines of the manual on stdin
options_in_manual()
{
  sed -nE 's|^\.It (Fl (.) , )?Fl -([a-z-]+)( Ar ([A-Z/=]+))?$|-\2 --\3 \5|p' | sed 's/^- //; s/ $//'
}

same "$(sed -nE 's/^\.It Ic ([a-z -]*[a-z])( .*)?$/\1/p' "$manual")" "$commands" \
  'seedbed.1 describes the commands that there are'
while read -r command; do
  section=$(awk -v command="$command" '/^\.(It Ic|Ss|Sh) / { inside = index($0 " ", ".It Ic " command " ") == 1 }
    inside' "$manual")
  same "-
$(options_in_manual <<<"$section")" "-
$(options_in_help "$command")" "and the options of '$command'"
done <<<"$commands"
same "$(sed '/^\.Sh COMMANDS/,$d' "$manual" | options_in_manual)" "$(options_in_help)" \
  'and those that all commands have'
same "$(sed -nE 's/^\.It Sy (.*)/\1/p' "$manual")" \
  "$(sed -nE 's/.*\{"([a-z -]+)", [1-9][0-9]*[,}].*/\1/p' "$top/src/model/stage.c")" \
  'and the stages of a machine'

if [ -x "$print_keys" ]; then
  same "$(sed -nE 's/^\.It Ic ([^ ]+) : .*/\1/p' "$fleet_manual")" "$("$print_keys")" \
    'seedbed-fleet.5 describes the keys that there are'
else
  result 1 "$print_keys is built (make check does)"
fi

# The traps lead to all topics of `explain`, and to no others.
same "$(sed -nE '/^\.Sh TRAPS/,/^\.Sh SEE/s/^\.Ql seedbed explain ([a-z0-9-]+).*/\1/p' "$manual")" \
  "$(seedbed explain --list | sed 's/:.*//')" 'each trap has a topic, and each topic a trap'

# named FILE...: "FILE:LINE COMMAND", with one word more, for each `seedbed COMMAND` that these have on
# an indented line or behind a quote
named()
{
  local before='seedbed( -[cq]( [^- ][^ ]*)?)*'
  grep -rnoE "(^( {4}|# +)|['\`])$before [a-z][a-z-]*( [a-z]+)?" "$@" |
    sed -E "s/^([^:]*:[0-9]+):.*$before /\1 /"
}

# unknown: the lines on stdin that do not name a command
unknown()
{
  local file words
  while read -r file words; do
    grep -qxF -e "${words%% *}" -e "$words" <<<"$commands"$'\nhelp' || echo "$file: $words"
  done
}

named "$top/README.md" "$top/domains" "$top/cloud-init" >"$tmp/named"
grep -q README "$tmp/named" && grep -q domains "$tmp/named"
result $? 'README and the examples name commands'
is "$(unknown <"$tmp/named")" '' 'all these commands exist'
is "$(named "$top/src" | unknown)" '' 'the commands in messages exist'
is "$(unknown <<<'file:1 frobnicate now')" 'file:1: frobnicate now' 'a command that does not exist would be found'

if command -v mandoc >/dev/null; then
  # References to other manuals do not matter: they may not be installed here.
  is "$(mandoc -T lint "$manual" "$fleet_manual" "$json_manual" 2>/dev/null | grep -v 'referenced manual not found')" '' \
    'the manuals are clean for mandoc'
else
  echo "ok $((++count)) - the manuals are clean for mandoc # SKIP mandoc not found"
fi

done_testing
