#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image import that is killed at any moment, or has no room: no pool ever has a base that is not what
# its name says, and the next import completes
. "${srcdir:-.}/t/lib/live.sh"
cd "$tmp" || exit 1
rounds=${IMPORT_ROUNDS:-50}

pool=/var/lib/libvirt/seedbed
head -c 40000000 /dev/urandom >disk.raw
qemu-img convert -f raw -O qcow2 disk.raw x.qcow2
digest=$(sha256sum x.qcow2 | cut -d' ' -f1)
volume=x.${digest:0:16}.qcow2

# wrong: counts volumes that QEMU would take for an image, and that are not what they should be
wrong()
{
  local file bad=0
  for file in "$pool"/*.qcow2; do
    [ "$(head -c 3 "$file" 2>/dev/null | tr -d '\0')" != QFI ] || cmp -s "$file" x.qcow2 || bad=$((bad + 1))
  done
  echo "$bad"
}

# How long an import takes here, when the pool is there, so that kills are spread over all of it.
ok "the first import succeeds" seedbed -q image import y x.qcow2
seedbed -q image rm y
started=$EPOCHREALTIME
seedbed -q image import x x.qcow2
took_us=$(awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { printf "%d", (b - a) * 1000000 }')
seedbed -q image rm x

killed=0 bad=0 incomplete=0 unfinished=0
: >errors.log
for ((round = 0; round < rounds; round++)); do
  seedbed -q image import x x.qcow2 2>/dev/null &
  importing=$!
  sleep "$(awk -v t="$took_us" -v r=$RANDOM 'BEGIN { printf "%.4f", t * r / 32768 / 1000000 }')"
  ! kill -9 "$importing" 2>/dev/null || killed=$((killed + 1))
  wait "$importing" 2>/dev/null
  bad=$((bad + $(wrong)))
  [ "$(seedbed image list --all | grep -c unfinished)" = 0 ] || unfinished=$((unfinished + 1))
  if [ $((round % 2)) = 1 ]; then
    # Two at once, one of which has to clean up.
    seedbed -q image import x x.qcow2 2>>errors.log &
    seedbed -q image import x x.qcow2 2>>errors.log && wait $! && cmp -s "$pool/$volume" x.qcow2 || incomplete=$((incomplete + 1))
    bad=$((bad + $(wrong)))
    seedbed -q image rm x 2>>errors.log || incomplete=$((incomplete + 1))
  fi
done
note "$killed of $rounds were killed before they ended, $unfinished left an unfinished volume"
[ "$killed" -gt 0 ] && [ "$unfinished" -gt 0 ]
result $? "imports were killed, also in the middle"
is "$bad" 0 "never a wrong base under a final name"
is "$incomplete:$(<errors.log)" 0: "the next imports always complete, two at the same time"
is "$(leftovers)$(seedbed image list --all | tail -n +2)" '' "nothing is left"

# ---- somebody else's record ----

# As by libvirtd for an import that was killed, or by one that has not seen yet that it is not alone.
head -c 4000000 disk.raw >small.raw
qemu-img convert -f raw -O qcow2 small.raw small.qcow2
record=x.$(sha256sum small.qcow2 | head -c 16).qcow2.json
yes "vol-create-as seedbed $record 10
vol-delete $record seedbed" | virsh >meddling.log 2>&1 &
meddling=$!
complete=0 rounds=0
# As long as others are not at work, a round proves nothing.
until [ $rounds -ge 10 ] && [ "$(grep -c created meddling.log)" -gt 20 ] || [ $rounds = 100 ]; do
  rounds=$((rounds + 1))
  seedbed -q image import x small.qcow2 2>>others.log && seedbed -q image verify x 2>>others.log &&
    complete=$((complete + 1))
  seedbed -q image rm x 2>>others.log
done
kill "$meddling"
wait "$meddling" 2>/dev/null
virsh -q vol-delete "$record" seedbed >/dev/null 2>&1
is "$complete:$(<others.log)" "$rounds:" "an import completes while others make and delete its record"
[ "$(grep -c created meddling.log)" -gt 20 ]
result $? "others did make and delete its record"

# ---- stopped for long ----

# begin_import: begins to import x.qcow2, and stops the process in the middle: $importing
begin_import()
{
  local tries
  for ((tries = 0; tries < 20; tries++)); do
    seedbed -q image import x x.qcow2 2>/dev/null &
    importing=$!
    until [ -s "$pool/$volume" ] || ! kill -0 "$importing"; do :; done
    kill -STOP "$importing"
    # Its first bytes are sent last.
    [ "$(head -c 3 "$pool/$volume" | tr -d '\0')" != '' ] || return 0
    # This shell was late.
    kill -CONT "$importing"
    wait "$importing"
    seedbed -q image rm x
  done
}
begin_import
seedbed image import x x.qcow2 2>second.log &
second=$!
wait_for 30 grep -q waiting second.log
result $? "an import waits for one that is stopped"
kill -CONT "$importing"
wait "$importing" && wait "$second"
is "$?:$(wrong)" 0:0 "both complete when the stopped import goes on"
is "$(seedbed image list --all | grep -c "^x ")" 1 "there is one image after both"
ok "the image is right" seedbed image verify x

# ---- a signal that can be caught ----

seedbed -q image rm x
begin_import
kill -INT "$importing"
kill -CONT "$importing"
wait "$importing"
is "$?:$(ls "$pool")" 130: "SIGINT: exit status 130, and nothing is left"

# ---- no room ----

mkdir small && mount -t tmpfs -o size=8m tmpfs small && at_exit "umount '$tmp/small'"
virsh -q pool-create-as small dir --target "$tmp/small"
run seedbed image import -p small x x.qcow2
is "$status" 3 "a pool without room: exit status 3"
contains "$err" "No space left on device" "the message names the reason"
is "$(ls small)" '' "nothing is left"
done_testing
