#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All files that a fleet file names are linted before anything is made. Errors stop the command;
# warnings are shown. `seedbed lint` finds the same in the fleet file.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
# A command that passes lint fails with 3, because there is no libvirt.
export LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/nonexistent'
cd "$tmp" || exit 1

printf '#cloud-config\npackages: [git]\n' >good
printf '#cloud-config\npassword: x\n' >warned
printf '#cloud-config\npackage_update: maybe\n' >bad
printf '#!bash\n' >script
printf 'version: 2\nethernets: {a: {dhcp: true}}\n' >network
cat >fleet.yaml <<'END'
fleet: x
image: i
machines:
  a: { user-data: bad, vendor-data: warned, network-config: network }
  b: { user-data: bad }
  c: { user-data: script }
END

for command in up xml 'up --print-xml' lint; do
  # shellcheck disable=SC2086
  run seedbed $command fleet.yaml
  is "$status" 2 "$command: exit 2"
  said=$out$'\n'$err
  contains "$said" "./bad:2:17: package_update: must be true or false, but 'maybe' is text" 'user-data'
  contains "$said" './warned:2:11: warning: password: the password can be read' 'vendor-data is linted, and warnings are shown'
  contains "$said" "./network:2:17: ethernets.a: unknown key 'dhcp', did you mean 'dhcp4'?" 'network-config'
  contains "$said" './script:1:3: warning: behind '\''#!'\''' 'every format is linted'
  is "$(grep -c '^./bad:' <<<"$said")" 1 'a file of two groups is reported once'
done

printf 'fleet: x\nimage: i\nmachines: { a: { user-data: warned } }\n' >fleet.yaml
run seedbed up fleet.yaml
is "$status" 3 'with warnings alone, libvirt is asked'
contains "$err" './warned:2:11: warning: password' 'the warnings are shown'
contains "$err" 'cannot connect to libvirt' 'before the connection fails'
run seedbed -q up fleet.yaml
lacks "$err" 'warning' '-q: errors only'
run seedbed lint fleet.yaml
is "$status:$err" '0:1 file: 0 errors, 1 warning' 'lint: exit 0'
run seedbed lint --disable plain-password fleet.yaml
is "$status:$out" 0: 'lint --disable also works for the named files'

printf 'fleet: x\nimage: i\nmachines: { a: {} }\nbuild: [{ user-data: warned }, { user-data: bad }]\n' \
  >fleet.yaml
for command in 'build --name y' lint; do
  # shellcheck disable=SC2086
  run seedbed $command fleet.yaml
  is "$status" 2 "$command: exit 2"
  contains "$out$err" './bad:2:17: package_update: must be' 'the files of a layer are linted'
  contains "$out$err" './warned:2:11: warning: password' 'all of them are'
done

# User-data that cloud-init accepts, but seedbed cannot use.
printf '#cloud-config\nssh_keys: {ed25519_private: x}\n' >key
printf 'fleet: x\nimage: i\nmachines: { a: { user-data: key } }\n' >fleet.yaml
run seedbed lint fleet.yaml
is "$status" 2 'a host key that conflicts with that of seedbed: exit 2'
contains "$out" "./key:2:12: 'ed25519_private' is in the way" 'it is an error of the fleet'
run seedbed lint key
is "$status" 0 'it is not an error of the file alone'

# Only the fleet file knows the network.
printf 'fleet: x\nimage: i\nmachines:\n  a: { user-data: good }\n  b: { user-data: good, network: isolated }\n' \
  >fleet.yaml
run seedbed lint fleet.yaml good
is "$status" 0 'packages on an isolated network: a warning'
is "$out" "./good:2:1: warning: 'packages' needs a network, and this machine has no way out of its own\
 ('network: isolated') [package-offline]" 'once, because one of the groups has a way out'

# The files that ship have no findings.
for file in "$top"/domains/*.yaml "$top"/cloud-init/*.yaml; do
  [ "${file##*/}" != schema.yaml ] || continue
  run seedbed lint "$file"
  is "$status:$out" 0: "nothing is found in ${file#"$top"/}"
done

done_testing
