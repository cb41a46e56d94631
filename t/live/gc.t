#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# gc removes what nobody wants any more: what has expired, and what killed processes have left. It
# touches nothing else.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
# shellcheck source=t/lib/faults.sh
. "$top/t/lib/faults.sh"

need_pocket
names() { virsh -q list --all --name | sed '/^$/d' | sort | paste -sd' '; }
gc() { run seedbed gc --older-than "${1:-2 h}" "${@:2}"; }
on_disk() { virsh -q pool-refresh seedbed >/dev/null && virsh -q vol-list seedbed | grep -c "$1"; }

gc
is "$status $err" "0 0 things were removed" "where nothing is left, gc does nothing"

# ---- what stays ----

fleet keep 1
seedbed -q up --no-wait "$tmp/keep.yaml" || exit 1
virsh -q vol-create-as seedbed foreign-m-1.qcow2 1M --format qcow2
virsh -q net-define /dev/stdin <<<'<network><name>seedbed-foreign</name><bridge/><ip address="10.99.0.1" netmask="255.255.255.0"/></network>'
virsh -q define /dev/stdin <<<'<domain type="qemu"><name>other-m-1</name><memory>65536</memory><os><type arch="aarch64" machine="virt">hvm</type></os></domain>'

# ---- what goes ----

fleet old 1
seedbed -q up --no-wait --lifetime '1 min' "$tmp/old.yaml" || exit 1
expire old-m-1
fleet dead 1
printf 'test:\n  - { name: long, run: sleep 600, results: exit }\n' >>"$tmp/dead.yaml"
{ faulty "virDomainResume=kill!" seedbed test "$tmp/dead.yaml"; } 2>/dev/null
fleet net 1
{ faulty "virNetworkCreateXML=kill!" seedbed up "$tmp/net.yaml"; } 2>/dev/null
fleet lost 1
seedbed -q up --no-wait "$tmp/lost.yaml" || exit 1
virsh -q destroy lost-m-1
virsh -q undefine lost-m-1
fleet live 1
printf 'test:\n  - { name: long, run: sleep 600, results: exit }\n' >>"$tmp/live.yaml"
seedbed test "$tmp/live.yaml" >"$tmp/live.log" 2>&1 &
live=$!
there() { virsh -q list --all --name | grep -q "$1"; }
wait_for 60 there live-m-1
qemu-img create -q -f qcow2 "$tmp/x.qcow2" 1M
for name in check-0123abcd layer-0123456789ab layer-cake; do
  seedbed -q image import $name "$tmp/x.qcow2"
done

gc '2 h' --dry-run
is "$status" 0 "a dry run succeeds"
contains "$err" "old-m-1: would be removed: it has expired" "it names what has expired"
contains "$err" "dead-m-1: would be removed: the run that made it has ended" "what a killed test left"
contains "$err" "lost-m-1: its volumes would be removed; its domain is gone" "and volumes without a domain"
lacks "$err" "live" "but not what a test at work has"
lacks "$err" "layer-" "nor what is young"
before=$(names)
gc
is "$status" 0 "gc succeeds"
[ "$before" != "$(names)" ]
result $? "which the dry run had not done"
is "$(names)" "keep-m-1 live-m-1 other-m-1" "the machines that are wanted stay"
is "$(on_disk 'lost-m-1\|old-m-1\|dead-m-1\|net-m-1')" 0 "no volume of the others does"
is "$(on_disk foreign-m-1)" 1 "volumes of somebody else do"
is "$(virsh -q net-list --all --name | sed '/^$/d; /default/d' | sort | paste -sd' ')" \
  "seedbed-foreign seedbed-keep seedbed-live" "so do networks"
is "$(seedbed image list | grep -c '^layer\|^check')" 3 "and images that are young"
sleep 1
evidence=$XDG_STATE_HOME/seedbed/qemu-system/.evidence
mkdir -m 0700 "$evidence" "$evidence/new" "$evidence/old"
touch -d '31 days ago' "$evidence/old"
gc 1ms
is "$(ls "$evidence")" new "evidence goes when it is a month old"
rm -r "$evidence"
contains "$err" "check-0123abcd: a build made it for itself, and nothing uses it" "older images of builds go"
is "$(seedbed image list | grep '^layer\|^check' | cut -d' ' -f1)" layer-cake "but no others"
is "$(cd "$XDG_STATE_HOME/seedbed/qemu-system" && echo *)" "keep live" "and folders of fleets that do not exist"
gc 1ms
is "$status $err" "0 0 things were removed" "then nothing is left to do"

kill -INT $live
wait $live
seedbed -q down keep
virsh -q undefine other-m-1
virsh -q net-undefine seedbed-foreign
virsh -q vol-delete --pool seedbed foreign-m-1.qcow2
is "$(leftovers)" '' "nothing is left"
done_testing
