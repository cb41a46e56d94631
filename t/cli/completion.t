#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The completion for bash is valid, and completes what the program takes.
# shellcheck source=t/lib/completion.sh
. "${srcdir:-.}/t/lib/completion.sh"

run seedbed completion bash
is "$status:$err" 0: 'the script is printed'
printf '%s\n' "$out" >"$tmp/completion"
ok 'it is valid bash' bash -n "$tmp/completion"
commands=$(seedbed --help | sed -n '/^Commands:/,/^$/s/^  \([a-z -]*[a-z]\)  .*/\1/p')
seedbed up --help >"$tmp/up-help"
# shellcheck source=/dev/null
. "$tmp/completion"

# completes EXPECTED WORD...: what the last WORD can become; words are cut as readline does it
completes()
{
  local expected=$1
  shift
  COMP_WORDS=(seedbed "$@") COMP_CWORD=$#
  _seedbed seedbed "${*: -1}" ''
  is "$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd ' ')" "$expected" "seedbed $*<TAB>"
}

contains "$(complete -p seedbed)" '-F _seedbed seedbed' 'it is registered'
while read -r command; do
  # shellcheck disable=SC2086
  completes "${command##* }" $command
done < <(grep -vxE 'ssh|re' <<<"$commands")
completes 'image' im
completes 'help' he
completes 'ssh ssh-config' ss
completes 'export fetch import info list rm update verify' image ''
completes 'up' help u
completes '--version' --v
completes '--print-xml' up --pr
while read -r option; do
  COMP_WORDS=(seedbed up "$option") COMP_CWORD=2
  _seedbed
  contains " ${COMPREPLY[*]} " " $option " "seedbed up $option<TAB>"
done < <(grep -o -- '^  \(-., \)\?--[a-z][a-z-]*' "$tmp/up-help" | grep -o -- '--.*')

# ---- arguments ----

completes 'fleet.yaml my fleet.yaml' up ''
completes 'fleet.yaml' xml f
completes 'faas-runner-1 faas-runner-2' ssh fa
completes 'db-m-1' console d
completes 'db db-m-1 faas faas-runner-1 faas-runner-2' ssh-config ''
completes 'db db-m-1 faas faas-runner-1 faas-runner-2' down db ''
completes 'faas-runner-2' -q exec faas-runner-2
completes '' ssh-config nosuch
completes 'debian pocket_1.0' image rm ''
completes 'debian pocket_1.0' run ''
completes 'debian-11 debian-12 debian-13 debian-testing' image fetch debian-
completes '' image import ''
completes 'fleet.yaml' image import name f
completes 'fish' completion f
completes 'uefi user-data' explain u
completes '' nosuch ''
completes '' console db-m-1 ''

# ---- values of options ----

completes 'json text tmt' list --format ''
completes 'html' tap -f h
completes 'always never on-failure' test --keep ''
completes 'aarch64' image import --arch a
completes 'machines.runner.vcpus=' up fleet.yaml --set machines.runner.vc
completes 'defaults.tpm=' up --set defaults.tp
completes 'lint suite' test fleet.yaml --only ''
completes 'suite' test --only s
completes 'runner' build fleet.yaml --group ''
completes 'seedbed' up --pool ''
completes 'octal-permissions' lint --disable o
completes '' up --timeout ''
completes 'auto' up --fleet ''
completes 'db faas' down --fleet ''
completes 'fleet.yaml my fleet.yaml' up --pool x ''
completes 'json' list --format = j

# ---- what bash cuts, and what is the guest's ----

completes '///system' -c qemu : ///sys
completes '' -c test:///default ssh d
completes 'db-m-1' -c test : "//$tmp/host.xml" ssh d
completes 'db-m-1' --connect = test : "//$tmp/host.xml" ssh d
completes 'db-m-1: db:' copy db
completes 'my fleet.yaml' exec db -- m
completes 'my fleet.yaml' ssh db-m-1 m
completes 'db-m-1' ssh -A -L 80:b:80 d
LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/nonexistent' completes '' ssh ''
done_testing
