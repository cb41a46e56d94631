#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A golden image of real Debian with a real cloud-init; machines of it; and builds that fail
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
[ -n "${SEEDBED_TEST_IMAGE:-}" ] ||
  skip_all "takes minutes and a cloud image: SEEDBED_TEST_IMAGE=/path/to/debian-12-arm64.qcow2"
cd "$tmp" || exit 1
seedbed -q image import debian "$SEEDBED_TEST_IMAGE" || exit 1

# As in t/debian/boot.t, no disk is larger than the image.
size=$(qemu-img info --output=json "$SEEDBED_TEST_IMAGE" | sed -n 's/.*"virtual-size": \([0-9]*\).*/\1/p')

# debian NAME IMAGE [LINE...]: writes NAME.yaml, a machine of IMAGE, with more LINEs for its group
debian()
{
  printf '%s\n' "fleet: $1" "image: $2" 'machines:' '  m:' '    vcpus: 1' '    memory: 1 GiB' \
    "    disk: $size B" "${@:3}" >"$1.yaml"
}

cat >golden.user-data <<'END'
#cloud-config
users:
  - default
  - name: runner
    lock_passwd: true
    sudo: "ALL=(ALL) NOPASSWD:ALL"
write_files:
  - path: /etc/golden
    permissions: "0640"
    owner: runner:runner
    defer: true
    content: |
      hello
runcmd:
  - set -e
  - date +%s >>/var/lib/golden-runs
END
cat >module.user-data <<'END'
#cloud-config
ntp:
  enabled: true
  ntp_client: nosuchclient
END
cat >runcmd.user-data <<'END'
#cloud-config
runcmd:
  - echo before the failure
  - [sh, -c, "echo last words >&2; exit 3"]
END
debian gold debian '    user-data: golden.user-data'
debian module debian '    user-data: module.user-data'
debian runcmd golden '    user-data: runcmd.user-data'
debian two golden '    count: 2'

# ---- made ----

seedbed build module.yaml --name module >module.log 2>&1 &
builder=$!
SECONDS=0
run seedbed build gold.yaml --name golden
is "$status" 0 "an image is built"
note "it took $SECONDS s: $(tail -n 1 <<<"$err")"
wait "$builder"
is $? 3 "one whose module fails is not"
contains "$(<module.log)" "module 'ntp': ValueError('Invalid ntp configuration:" "the module is named"
contains "$(<module.log)" "    | ValueError: Invalid ntp configuration:" "with its exception in the log"
volume=$(find /var/lib/libvirt/seedbed -name 'golden.*.qcow2')
note "$(stat -c %s "$SEEDBED_TEST_IMAGE") bytes became $(stat -c %s "$volume")"
is "$(qemu-img info -U "$volume" | grep -c 'backing file')" 0 "the image stands alone"

# ---- its machines ----

seedbed build runcmd.yaml --name runcmd >runcmd.log 2>&1 &
builder=$!
SECONDS=0
run seedbed up --strict two.yaml
is "$status" 0 "two machines of it come up, and cloud-init has no complaint"
note "it took $SECONDS s"

# each COMMAND: what it prints on either, each once
each()
{
  seedbed exec two -- "$1" | sed 's/^[^|]*| //' | sort -u | sed '/^$/d'
}
is "$(each hostname)" $'two-m-1\ntwo-m-2' "each has its own name"
is "$(each 'cat /etc/machine-id' | grep -cxE '[0-9a-f]{32}')" 2 "machine-id"
is "$(each 'sudo cat /etc/ssh/ssh_host_ed25519_key.pub' | wc -l)" 2 "host key"
is "$(each 'ip -4 -o addr show scope global | sed "s/.*inet //"' | wc -l)" 2 "address"
is "$(each 'sudo cat /var/lib/systemd/random-seed | cksum' | wc -l)" 2 "and random seed"
is "$(each 'sudo -u runner sudo -n cat /etc/golden; stat -c "%U %a" /etc/golden; wc -l </var/lib/golden-runs')" \
  $'1\nhello\nrunner 640' "what was built is there, and was done once"
is "$(each 'sudo cat /home/seedbed/.ssh/authorized_keys | wc -l; ls /var/log/journal /var/lib/cloud/instances |
  grep -cxE "[0-9a-f-]+"')" $'1\n2' "the key, journal and instance of the build are not"
run seedbed status two-m-1
contains "$out" "two-m-1: cloud-init 22.4.2: done (datasource nocloud)" "status says so, too"
contains "$out" "multi-user.target" "with systemd's times"
wait "$builder"
is $? 3 "a build upon it whose runcmd fails"
contains "$(<runcmd.log)" "module 'scripts-user': RuntimeError('Runparts: 1 failures (runcmd)" "says so"
contains "$(<runcmd.log)" $'    | before the failure\n    | last words' "in the command's words"
is "$(seedbed image list | sed 1d | cut -d' ' -f1 | sort | tr '\n' ' ')" "debian golden " \
  "nothing of what failed is published"
seedbed -q down two
rm -r "$XDG_STATE_HOME/seedbed" # the evidence
is "$(leftovers)" '' "and nothing is left"
done_testing
