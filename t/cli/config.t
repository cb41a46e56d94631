#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A user's defaults: what counts before them, what they change, and what 'config' says
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
export XDG_CONFIG_HOME=$tmp/config
unset LIBVIRT_DEFAULT_URI NO_COLOR
file=$XDG_CONFIG_HOME/seedbed/config.yaml
mkdir -p "$XDG_CONFIG_HOME/seedbed"
nowhere="qemu+unix:///system?socket=$tmp/nonexistent"

# shows KEY VALUE FROM [ARGUMENT...]: a line of 'config'
shows()
{
  local line="$1 $2 $3"
  shift 3
  contains "$(seedbed config "$@" | tr -s ' ' | sed 's/ $//')" "$line" "config $*: $line"
}

run seedbed config
is "$status $err" "0 " "without a file, config shows what is built in"
shows pool seedbed built-in
shows defaults.memory '1 GiB' built-in

cat >"$file" <<END
connect: '$nowhere'
pool: fast
colours: never
defaults: { memory: 4 GiB, vcpus: 4 }
END
shows connect "$nowhere" "$file:1:10"
shows pool fast "$file:2:7"
shows colours never "$file:3:10"
shows defaults.memory '4 GiB' "$file:4:21"
shows defaults.disk '10 GiB' built-in
shows pool slow 'command line' --pool slow
shows connect test:///default 'command line' -c test:///default
LIBVIRT_DEFAULT_URI=test:///default shows connect test:///default 'environment: LIBVIRT_DEFAULT_URI'
NO_COLOR=1 shows colours never 'environment: NO_COLOR'

run seedbed list
contains "$status $err" "'$nowhere'" "the connection of the file is used"
run seedbed list -c test:///default
is "$status" 0 "the command line counts before it"
run env LIBVIRT_DEFAULT_URI=test:///default seedbed list
is "$status" 0 "and so does the environment"
run seedbed image list -c test:///default
contains "$status $err" "3 seedbed: cannot use the storage pool 'fast'" "the pool of the file is used"

# ---- machines ----

cd "$tmp" || exit 1
printf 'fleet: f\nimage: i\nmachines: { m: }\n' >fleet.yaml
printf 'defaults: { memory: 5 GiB, network: nat }\n' >"$file"
run seedbed xml -c test:///default fleet.yaml
lacks "$err" "memory" "a fleet file can be used with defaults"
printf 'defaults: { memory: 5 G, netwrk: nat }\npol: x\n' >"$file"
run seedbed xml -c test:///default fleet.yaml
is "$status" 2 "a file with errors is bad usage"
contains "$err" "$file:1:21: memory: " "each has its place"
contains "$err" "$file:1:26: unknown key 'netwrk', did you mean 'network'?" "the next one too"
contains "$err" "$file:2:1: unknown key 'pol', did you mean 'pool'?" "and all are told"
run seedbed list
is "$status" 2 "no command goes on with such a file"
run seedbed list --help
is "$status" 0 "but help does"
done_testing
