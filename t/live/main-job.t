#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The main job, from an image to nothing left: import, up, list, ssh, exec, log, ssh-config, down
. "${srcdir:-.}/t/lib/live.sh"

pool=/var/lib/libvirt/seedbed

# everything: what libvirt, the pool and the user have, but for times of change
everything()
{
  virsh list --all --uuid
  virsh net-list --all
  virsh pool-list --all
  find "$pool" "$XDG_STATE_HOME" -printf '%p %s %m %U:%G\n' | sort
}

# shape FILE: its XML without what is made anew each time
shape()
{
  sed -E 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/; s/52:54:00(:[0-9a-f]{2}){3}/MAC/
    s/(ssh-ed25519) [^<]*/\1/; s/(created|creator)>[^<]*/\1/' "$1"
}

# validate KIND SCHEMA: all parts of that KIND
validate()
{
  printf '%s\n' "$tmp/part.$1".* | xargs -I FILE virt-xml-validate FILE "$2"
}

need_pocket
run seedbed image import base "$pocket"
is "$status" 0 "an image is imported"
contains "$err" "image 'base' imported as 'base." "which says as what"
run seedbed image import base "$pocket"
is "$status ${err%.*.qcow2*}" "0 image 'base' is there already, as 'base" "importing it again says that it is there"
ok "an image without users is removed" seedbed image rm base
fleet f 2
base=$(find "$pool" -name 'pocket.*.qcow2')
digest=$(sha256sum <"$pocket")

before=$(everything)
ok "xml shows what would be made" seedbed xml "$tmp/f.yaml"
cp "$tmp/ok.log" "$tmp/xml"
ok "so does up --print-xml" seedbed up --print-xml "$tmp/f.yaml"
is "$(shape "$tmp/ok.log")" "$(shape "$tmp/xml")" "which is the same"
is "$(everything)" "$before" "and neither changes anything"
awk -v part="$tmp/part" '/^<!-- / { to = part "." $2 "." $3 } { print >to }' "$tmp/xml"
is "$(cd "$tmp" && echo part.*)" "part.domain.f-m-1 part.domain.f-m-2 part.network.seedbed-f \
part.volume.f-m-1.qcow2 part.volume.f-m-1.seed.iso part.volume.f-m-2.qcow2 part.volume.f-m-2.seed.iso" \
  "it has a network, and for each machine a domain, an overlay and a seed"
ok "its domains are valid" validate domain domain
ok "its network is valid" validate network network
ok "its volumes are valid" validate volume storagevol

run seedbed up "$tmp/f.yaml"
is "$status" 0 "two machines come up"
contains "$err" "fleet 'f': 2 machines are ready (2 made, 0 started again)" "and are ready"
ids=$(virsh list --all --uuid)
run seedbed up "$tmp/f.yaml"
is "$status" 0 "up again succeeds"
contains "$err" "fleet 'f': nothing to do, 2 machines are ready" "says that there is nothing to do"
is "$(virsh list --all --uuid)" "$ids" "and does nothing"
# shellcheck disable=SC2016
ok "cloud-init goes" seedbed ssh f-m-1 -- 'sudo chmod 0 "$(command -v cloud-init)"'
before=$(seedbed ssh f-m-1 -- cat /proc/sys/kernel/random/boot_id)
run seedbed up "$tmp/f.yaml"
lacks "$err" "has no cloud-init" "nor does it ask cloud-init again in the same boot"
virsh -q reset f-m-1
run seedbed up "$tmp/f.yaml"
is "$status" 0 "up notices that a machine was reset, although a connection to it is kept"
after=$(seedbed ssh f-m-1 -- cat /proc/sys/kernel/random/boot_id)
ok "and waits until it is ready again" [ "${#after} $after" != "${#before} $before" ]
is "$(seedbed list | awk '{ print $1, $2, $3, $5 }')" $'FLEET MACHINE STATE IMAGE
f f-m-1 running pocket\nf f-m-2 running pocket' "list shows them"
is "$(document seedbed list --format json | python3 -c 'import json, sys
for m in json.load(sys.stdin)["machines"]: print(m["name"], m["state"], m["network"], m["port"])')" \
  $'f-m-1 running nat 22\nf-m-2 running nat 22' "also as JSON"

run seedbed ssh f-m-2 -- uname -m
is "$status $out" "0 aarch64" "ssh runs a command"
run seedbed ssh f-m-1 -- exit 7
is "$status" 7 "and keeps its exit status"
run seedbed exec f -- 'hostname; exit 7'
is "$status $(sort <<<"$out")" $'7 f-m-1 | f-m-1\nf-m-2 | f-m-2' "exec runs one on all, and keeps it too"
run seedbed exec f -- 'ping -c 1 f-m-1 && ping -c 1 f-m-2'
is "$status" 0 "the machines reach each other by name"
contains "$(seedbed log f-m-1)" "Linux version" "log shows the kernel's lines"

seedbed ssh-config f >"$tmp/config"
run ssh -F "$tmp/config" f-m-1 hostname
is "$status $out" "0 f-m-1" "plain ssh works with the output of ssh-config"
ok "and scp, to the machine" scp -q -F "$tmp/config" "$tmp/xml" f-m-2:copy
ok "and back" scp -q -F "$tmp/config" f-m-2:copy "$tmp/copy"
ok "with nothing lost" cmp "$tmp/xml" "$tmp/copy"

contains "$(virsh dominfo f-m-1)" "running" "virsh sees a machine"
contains "$(virsh metadata f-m-1 urn:seedbed:domain:1)" "<fleet>f</fleet>" "with its metadata"
is "$(stat -c '%a %U:%G' "$base")" "444 root:root" "the image belongs to root, and is read-only"
is "$(sha256sum <"$base")" "$digest" "and unchanged"

rm -r "$tmp/f.yaml" "$XDG_STATE_HOME/seedbed"
XDG_STATE_HOME=$tmp/elsewhere
cd / || exit 1
contains "$(seedbed list f)" "f-m-1" "list works from elsewhere, without the file and the folder"
stdbuf -oL virsh event --event lifecycle --loop >"$tmp/events" &
watch=$!
is_watching() { virsh -q suspend f-m-1 && virsh -q resume f-m-1 && grep -q Resumed "$tmp/events"; }
wait_for 30 is_watching
ok "so does down" seedbed down f
stopped() { [ "$(grep -c "'f-m-.': Stopped" "$tmp/events")" = 2 ]; }
wait_for 60 stopped
kill $watch
is "$(tac "$tmp/events" | sed -nE "/Resumed/q; s/.*'f-m-.': (Suspended|Stopped) .*/\\1/p" | tac | xargs)" \
  "Suspended Suspended Stopped Stopped" "it stops the CPUs of all machines first"
is "$(leftovers)" "" "nothing is left"
run seedbed down f
is "$status $err" "0 nothing to do: no machine, fleet or network has that name" "down again is fine"
is "$(stat -c '%a %U:%G' "$base") $(sha256sum <"$base")" "444 root:root $digest" "the image is as it was"
done_testing
