#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Freezing and thawing that is cut off: by kill -9, a full pool, a libvirtd that restarts, a call that fails
#
# SEEDBED_KILL_ROUNDS is how often 'up' is killed while it freezes, and while it thaws.
. "${srcdir:-.}/t/lib/live.sh"
# shellcheck source=t/lib/faults.sh
. "$top/t/lib/faults.sh"

need_pocket
fleet w 2 'warm: true'

# begin TEXT: starts 'up' in the background, and waits until it says TEXT
begin()
{
  # Here, for the shell in the background may be late.
  : >"$tmp/up.log"
  seedbed up "$tmp/w.yaml" >"$tmp/up.log" 2>&1 &
  up=$!
  until grep -q "$1" "$tmp/up.log"; do
    kill -0 "$up" 2>/dev/null || break
    sleep 0.05
  done
  grep -q "$1" "$tmp/up.log" || note "up ended before it said '$1': $(<"$tmp/up.log")"
}

# end: waits for 'up'
end()
{
  { wait "$up"; } 2>/dev/null
}

# kill_up TEXT MS: kills 'up' at a random moment of the MS after it says TEXT; sets $delay and $warm
kill_up()
{
  local ms=$((RANDOM % $2))
  delay=$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))
  begin "$1"
  warm=$(grep -o 'warm-[0-9a-f]\{16\}' "$tmp/up.log" | head -n 1)
  sleep "$delay"
  kill -KILL "$up" 2>/dev/null
  end
}

# take_down WORD...: also if libvirtd 9.0 crashes, which it sometimes does if a machine is destroyed while
# it is restored
take_down()
{
  seedbed down "$@" && return
  virsh -q uri >/dev/null 2>&1 && return 1
  echo "# libvirtd has crashed, and is started again"
  "$SEEDBED_LIBVIRTD_START" && seedbed down "$@"
}

# ---- freezing ----

for ((round = 1; round <= ${SEEDBED_KILL_ROUNDS:-1}; round++)); do
  kill_up freezing 5000
  ok "up is killed $delay s after it begins to freeze, and down succeeds" take_down w "$warm"
  # A second is the resolution of its time.
  sleep 1
  ok "gc succeeds" seedbed gc --older-than 1ms
  is "$(leftovers)" "" "nothing is left, not even of a warm image"
done

mkdir /var/lib/libvirt/small
mount -t tmpfs -o size=48M small /var/lib/libvirt/small
virsh -q pool-define-as small dir --target /var/lib/libvirt/small
virsh -q pool-start small
seedbed -q image import --pool small pocket "$pocket"
run seedbed up --pool small "$tmp/w.yaml"
is "$status" 3 "a pool that is full ends the freeze"
contains "$err" "No space left on device" "the error says why"
is "$(cd /var/lib/libvirt/small && printf '%s\n' * | grep -v '^pocket')" "" "nothing is left in the pool"
is "$(virsh -q list --all --name)" "" "nor a machine"

# ---- thawing ----

mount -o remount,size=400M /var/lib/libvirt/small
ok "with more room, they come up" seedbed up --pool small "$tmp/w.yaml"
seedbed -q down w
used=$(du -sm /var/lib/libvirt/small | cut -f 1)
mount -o remount,size="$((used + 20))M" /var/lib/libvirt/small
run seedbed up --pool small "$tmp/w.yaml"
is "$status" 3 "a pool that is full ends the thaw"
contains "$err" "No space left on device" "the error says why"
lacks "$err" "could not be thawed" "the warm image is not blamed"
is "$(cd /var/lib/libvirt/small && printf '%s\n' * | grep -v '^pocket\|^warm-')" "" "nothing of the machines is left"
virsh -q pool-destroy small
virsh -q pool-undefine small
umount /var/lib/libvirt/small

ok "a warm image is made" seedbed -q up "$tmp/w.yaml"
seedbed -q down w
run faulty virStorageVolDelete:1 seedbed up "$tmp/w.yaml"
is "$status" 3 "a copy of the memory that cannot be removed after the start: up fails"
contains "$err" "the test lets virStorageVolDelete() fail" "and says why"
is "$(grep -l '"problem"' /var/lib/libvirt/seedbed/warm-*.json)" '' "the warm image is not blamed"
seedbed -q down w
for ((round = 1; round <= ${SEEDBED_KILL_ROUNDS:-5}; round++)); do
  kill_up "is thawed from" 1500
  ok "up is killed $delay s after it begins to thaw, and down succeeds" take_down w
  is "$(leftovers | grep -v warm-)" "" "nothing of the machines is left"
done

begin "is thawed from"
sleep 0.5
kill "$(<"$SEEDBED_LIBVIRTD_PIDFILE")"
"$SEEDBED_LIBVIRTD_START"
end
run seedbed up "$tmp/w.yaml"
is "$status" 0 "after a restart of libvirtd, up succeeds"
is "$(seedbed exec w -- hostname | sort)" $'w-m-1 | w-m-1\nw-m-2 | w-m-2' "each machine is itself"
seedbed -q down w
is "$(leftovers | grep -v warm-)" "" "nothing is left"

run seedbed gc
contains "$(seedbed image list)" "$warm" "gc keeps a warm image that is young"
sed -i 's/\("frozen" : "\)20../\12001/' "/var/lib/libvirt/seedbed/$warm.json"
run seedbed gc
contains "$err" "$warm: no machine uses this warm image" "but not an old one that no machine uses"
is "$(leftovers)" "" "it goes with all of its parts"
done_testing
