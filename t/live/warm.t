#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Warm machines: a machine boots once and is frozen; others are thawed from its memory, each itself
. "${srcdir:-.}/t/lib/live.sh"

pool=/var/lib/libvirt/seedbed

# identities FLEET: what no two machines may share: "MACHINE | KIND VALUE" in lines
# shellcheck disable=SC2016  # the guest evaluates them
identities()
{
  seedbed exec "$1" -- 'echo name $(hostname); echo id $(cat /etc/machine-id)
    for nic in eth0 eth1; do
      for i in $(seq 60); do ip -4 -o addr show $nic | grep -q inet && break; sleep 1; done
      echo mac $(cat /sys/class/net/$nic/address); echo ip $(ip -4 -o addr show $nic | awk "{ print \$4 }")
    done
    echo uuid $(cat /proc/sys/kernel/random/uuid); echo random $(head -c 32 /dev/urandom | sha256sum)
    echo instance $(cat /var/lib/cloud/data/instance-id)
    echo key $(sudo sha256sum /etc/dropbear/dropbear_ed25519_host_key)'
}

# frozen: the warm images' volumes, what they have, and whose they are
frozen()
{
  (cd "$pool" && sha256sum warm-* && stat -c '%n %a %U:%G' warm-*.layer.qcow2)
}

need_pocket
cards='networks: [ nat, isolated ]'
fleet w 2 'warm: true' "$cards"
fleet too 1 'warm: true' "$cards"
seedbed up "$tmp/too.yaml" >"$tmp/too.log" 2>&1 &
too=$!
run seedbed up "$tmp/w.yaml"
is "$status" 0 "machines come up from a warm image that is made for them"
warm=$(grep -o "warm-[0-9a-f]\{16\}" <<<"$err" | head -n 1)
contains "$err" "group 'm' has no warm image yet: one machine boots and becomes '$warm'" "up says that one boots"
contains "$err" "'m' is thawed from warm image '$warm' (boot saved:" "and that the others do not"
contains "$err" "fleet 'w': 2 machines are ready (2 made, 0 started again)" "it counts only the fleet's machines"
wait "$too"
is $? 0 "another fleet that wants the same comes up at the same time"
is "$(cat "$tmp/too.log" "$tmp/run.err" | grep -c '^freezing')" 1 "one of both makes the warm image"
contains "$(<"$tmp/too.log")" "'m' is thawed from warm image '$warm'" "and both use it"
seedbed -q down too
before=$(frozen)
contains "$before" "$warm.layer.qcow2 444 root:root" "the frozen layer belongs to root, and is read-only"
is "$(virsh save-image-dumpxml "$pool/$warm.memory" | grep -c "<link state='down'/>")" 2 \
  "the machine was frozen with its links down"
ok "the machines are removed" seedbed down w
is "$(leftovers | grep -v warm-)" "" "and nothing but the warm image is left"

fleet w 8 'warm: true' "$cards"
run seedbed up "$tmp/w.yaml"
is "$status" 0 "eight machines come up from memory"
lacks "$err" "has no warm image" "and none boots"
lacks "$err" "kernel" "not one"
identities w >"$tmp/identities"
is "$(cut -d ' ' -f 3 "$tmp/identities" | sort | uniq -c | awk '{ print $2, $1 }' | xargs)" \
  "id 8 instance 8 ip 16 key 8 mac 16 name 8 random 8 uuid 8" "each tells who it is"
is "$(cut -d ' ' -f 3- "$tmp/identities" | sort | uniq -d)" "" "no two share anything"
is "$(awk '$3 == "name" && $1 != $4' "$tmp/identities")" "" "each has its own name"
right_clocks w "their clocks are right"
is "$(comm -23 <(bridge fdb show | awk '!/permanent/ { print $1 }' | sort -u) \
  <(awk '$3 == "mac" { print $4 }' "$tmp/identities" | sort))" "" \
  "no packet had another address than theirs, not even that of the frozen machine"
run seedbed exec w -- 'ping -c 1 -W 60 w-m-1 && ping -c 1 -W 60 w-m-8'
is "$status" 0 "they reach each other by name" || note "$out $err"
is "$(frozen)" "$before" "the frozen parts are as before"
contains "$(seedbed image list)" "$warm  aarch64  1      256 MiB" "image list shows the warm image"
run seedbed image rm "$warm"
is "$status" 3 "a warm image in use is not removed"
contains "$err" "in use by w-m-1, w-m-2" "its users are named"

virsh -q destroy w-m-1
ok "a thawed machine boots again" seedbed up "$tmp/w.yaml"
is "$(seedbed exec w-m-1 -- cat /etc/machine-id | awk '{ print $3 }')" \
  "$(awk '$1 == "w-m-1" && $3 == "id" { print $4 }' "$tmp/identities")" "as the same machine"
ok "all are removed" seedbed down w
is "$(leftovers | grep -v warm-)" "" "nothing is left of them"

fleet w 1 'warm: true' "$cards"
run seedbed up --cold "$tmp/w.yaml"
contains "$err" "kernel" "--cold boots"
run seedbed image rm pocket
is "$status" 3 "an image in use is not removed"
contains "$(seedbed image list)" "$warm" "and its warm image stays with it"
seedbed -q down w
fleet other 1 'networks: [ isolated, nat ]'
run seedbed up "$tmp/other.yaml"
contains "$err" "'m' is thawed from warm image '$warm'" "a fleet that did not ask for it uses a warm image that fits"
seedbed -q down other

sed -i 's/vcpus: 1/vcpus: 2/; s/warm: true/start: auto/' "$tmp/w.yaml"
run seedbed up --no-wait "$tmp/w.yaml"
contains "$err" "'m' boots: warm image '$warm' does not fit: its machines have vcpus '1', and these need '2'" "one that does not fit is not used"
seedbed -q down w

fleet w 1 'warm: true' "$cards"
cp "$pool/$warm.json" "$tmp/record"
sed -i 's/"QEMU version" : "[^"]*"/"QEMU version" : "1.0.0"/' "$pool/$warm.json"
run seedbed up --no-wait "$tmp/w.yaml"
contains "$err" "'m' boots: warm image '$warm' cannot be used: its record is that of another warm image" "a faked record is seen"
seedbed -q down w
cp "$tmp/record" "$pool/$warm.json"
run seedbed image verify
contains "$status $out" "$warm: right, as it was frozen" "image verify reads a warm image back"
printf x | dd of="$pool/$warm.memory" bs=1 seek=20000001 conv=notrunc 2>/dev/null
run seedbed image verify "$warm"
is "$status" 3 "and sees a byte of the memory that is damaged"
contains "$err" "the content of the volume '$warm.memory' is not what was frozen" "it names the volume"
dd if=/dev/zero of="$pool/$warm.memory" bs=64k count=1 seek=4 conv=notrunc 2>/dev/null
run seedbed up "$tmp/w.yaml"
is "$status" 0 "a machine comes up although the memory is damaged"
contains "$err" "it could not be thawed from warm image '$warm', and boots:" "it boots instead"
contains "$(seedbed image list)" "$warm (cannot be used)" "the warm image is marked"
seedbed -q down w
ok "image rm removes the warm image with its base image" seedbed image rm pocket
is "$(find "$pool" -type f)" "" "with all of its parts"
done_testing
