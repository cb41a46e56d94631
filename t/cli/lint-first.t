#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Everything that a fleet file names is linted before anything is made of it: errors stop that,
# warnings are shown. `seedbed lint` says the same of the fleet file.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
export LC_ALL=C.UTF-8
# A command that got past lint would fail with 3, because no libvirt is there.
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
  contains "$said" './warned:2:11: warning: password: the password can be read' 'vendor-data, and warnings'
  contains "$said" "./network:2:17: ethernets.a: unknown key 'dhcp', did you mean 'dhcp4'?" 'network-config'
  contains "$said" './script:1:3: warning: behind '\''#!'\''' 'each format'
  is "$(grep -c '^./bad:' <<<"$said")" 1 'a file of two groups once'
done

printf 'fleet: x\nimage: i\nmachines: { a: { user-data: warned } }\n' >fleet.yaml
run seedbed up fleet.yaml
is "$status" 3 'with warnings alone, libvirt is asked'
contains "$err" './warned:2:11: warning: password' 'and they are shown'
contains "$err" 'cannot connect to libvirt' 'before it is'
run seedbed -q up fleet.yaml
lacks "$err" 'warning' '-q: errors only'
run seedbed lint fleet.yaml
is "$status:$err" '0:1 file: 0 errors, 1 warning' 'lint: exit 0'
run seedbed lint --disable plain-password fleet.yaml
is "$status:$out" 0: 'lint --disable reaches what it names'

printf 'fleet: x\nimage: i\nmachines: { a: {} }\nbuild: [{ user-data: warned }, { user-data: bad }]\n' \
  >fleet.yaml
for command in 'build --name y' lint; do
  # shellcheck disable=SC2086
  run seedbed $command fleet.yaml
  is "$status" 2 "$command: exit 2"
  contains "$out$err" './bad:2:17: package_update: must be' 'for what a layer names'
  contains "$out$err" './warned:2:11: warning: password' 'each of them'
done

# What cloud-init takes, and seedbed cannot.
printf '#cloud-config\nssh_keys: {ed25519_private: x}\n' >key
printf 'fleet: x\nimage: i\nmachines: { a: { user-data: key } }\n' >fleet.yaml
run seedbed lint fleet.yaml
is "$status" 2 'a host key that would be in the way'
contains "$out" "./key:2:12: 'ed25519_private' is in the way" 'is an error of the fleet'
run seedbed lint key
is "$status" 0 'and none of the file'

# Only the fleet file knows the network.
printf 'fleet: x\nimage: i\nmachines:\n  a: { user-data: good }\n  b: { user-data: good, network: isolated }\n' \
  >fleet.yaml
run seedbed lint fleet.yaml good
is "$status" 0 'packages on an isolated network: a warning'
is "$out" "./good:2:1: warning: 'packages' needs a network, and this machine has no way out of its own\
 ('network: isolated') [package-offline]" 'once, because one of the groups has a way out'

# What ships has nothing to find.
for file in "$top"/domains/*.yaml "$top"/cloud-init/*.yaml; do
  [ "${file##*/}" != schema.yaml ] || continue
  run seedbed lint "$file"
  is "$status:$out" 0: "nothing is found in ${file#"$top"/}"
done

done_testing
