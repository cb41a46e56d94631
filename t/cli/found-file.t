#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The fleet file that a command finds by itself, and standard input in the place of a file
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

# A command that accepted the file fails with 3, because there is no libvirtd.
export LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/nonexistent'
mkdir -p "$tmp/project/src/deep" && cd "$tmp/project/src/deep" || exit 1
printf 'fleet: f\nimage: i\nmachines: { m: }\ntest: [{ name: a, run: b }]\n' >../../fleet.yaml

for command in up xml test 'build --name x' down start stop restart; do
  # shellcheck disable=SC2086
  run seedbed $command
  is "$status ${err%%$'\n'*}" "3 fleet file: ../../fleet.yaml" "$command finds the file, and says which"
done
run seedbed lint
is "$status ${err%%$'\n'*}" "0 fleet file: ../../fleet.yaml" "so does lint"
run seedbed -q lint
is "$status $err" "0 " "and not with --quiet"
echo 'fleet: F' >seedbed.yaml
for command in up down; do
  run seedbed $command
  is "$status" 2 "$command: a bad file nearer by is used"
  contains "$err" "seedbed.yaml:1:8: fleet name 'F' is not allowed" "$command: and refused"
done
for command in up xml test 'build --name x' down stop lint; do
  # shellcheck disable=SC2086
  (cd / && seedbed $command) 2>"$tmp/err"
  is "$? $(grep -c "give the name of a fleet file" "$tmp/err")" "2 1" "$command: without a file, bad usage"
done

# ---- standard input ----

run seedbed xml - <../../fleet.yaml
is "$status" 3 "a fleet file comes over standard input"
run seedbed up - <seedbed.yaml
is "$status" 2 "a bad one is refused"
contains "$err" "-:1:8: fleet name 'F' is not allowed" "findings call it '-'"
printf 'fleet: f\nimage: i\nmachines: { m: { user-data: "-" } }\n' >dash.yaml
run seedbed xml dash.yaml </dev/null
contains "$err" "cannot read './-'" "in a fleet file, '-' is a file"
run seedbed lint - <dash.yaml
contains "$err$out" "cannot read './-'" "lint knows a fleet file by its content"
run seedbed lint - - <<<$'#cloud-config\nhostname: a'
is "$status" 2 "it cannot be read twice"
contains "$out" "standard input ('-') can be read only once" "and that is said"
run seedbed seed -u - -o seed.iso <<<$'#cloud-config\nhostname: a'
is "$status $(seedbed seed --show seed.iso | grep -c user-data)" "0 1" "seed takes user-data from it" || note "$err"
head -c 1100000 /dev/zero | tr '\0' '#' >large
run seedbed up - <large
contains "$status $err" "2 -: standard input is larger than 1 MiB" "it has the limits of a file"
done_testing
