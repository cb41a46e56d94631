#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --set and --fleet: every command that reads a fleet file takes them, and checks them as the file.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

# A command that accepted the file fails with 3, because there is no libvirtd.
export LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/nonexistent'
cd "$tmp" || exit 1
printf 'fleet: f\nimage: i\nmachines: { m: }\ntest: [{ name: a, run: b }]\n' >fleet.yaml

for command in up xml test 'build --name x'; do
  # shellcheck disable=SC2086
  run seedbed $command --set machines.m.count=x --fleet A fleet.yaml
  is "$status" 2 "$command: bad settings are bad usage"
  contains "$err" "setting 'machines.m.count=x': count must be a whole number" "--set is checked as the file is"
  contains "$err" "setting 'fleet=A': fleet name 'A' is not allowed" "so is --fleet"
  # shellcheck disable=SC2086
  run seedbed $command --set machines.m.count=3 --fleet g fleet.yaml
  is "$status" 3 "$command: good ones are taken"
done

run seedbed xml --fleet auto fleet.yaml
[[ $err =~ ^"the fleet is called 'f-"[0-9a-f]{8}"'" ]]
result $? "--fleet auto says the name" || note "$err"
first=$err
run seedbed -q xml --fleet auto fleet.yaml
lacks "$err" 'is called' "not with --quiet"
run seedbed xml --fleet auto fleet.yaml
[ "${first%%$'\n'*}" != "${err%%$'\n'*}" ]
result $? "each time it is another name"
run seedbed xml --set machines.m.user-data=none.yaml fleet.yaml
contains "$err" "setting 'machines.m.user-data=none.yaml': " "a file that a setting names is looked for"
done_testing
