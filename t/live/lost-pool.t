#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Without its storage pool, a fleet goes as far as it can, and what stays is said
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet p 1
ok "a machine" seedbed -q up --no-wait "$tmp/p.yaml"
virsh -q pool-destroy seedbed
ok "a pool that was stopped is started again" seedbed log p-m-1
virsh -q pool-destroy seedbed
virsh -q pool-undefine seedbed
run seedbed down p
is "$status" 3 "down without the pool: exit status 3"
contains "$err" "the machines are removed, but not their volumes (such as 'p-m-1.qcow2'): there is no storage pool \
'seedbed' any more" "it says what stays"
is "$(virsh -q list --all --name; virsh -q net-list --all --name; find "$XDG_STATE_HOME/seedbed" -type f)" '' \
  "the rest is gone"
run seedbed down p
is "$status" 0 "then there is nothing to do"

need_pocket
run seedbed up "$tmp/p.yaml"
contains "$err" "the volume 'p-m-1.qcow2' is there, but no domain 'p-m-1'" "with the pool, they are found"
for volume in qcow2 seed.iso console.log; do
  virsh -q vol-delete --pool seedbed "p-m-1.$volume"
done
is "$(leftovers)" '' "nothing is left"
done_testing
