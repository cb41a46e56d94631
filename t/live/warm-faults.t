#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Freezing and thawing that is cut off: by kill -9, a full pool, a libvirtd that restarts
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
fleet w 2 'warm: true'

# begin TEXT: starts 'up' in the background, and waits until it says TEXT
begin()
{
  seedbed up "$tmp/w.yaml" >"$tmp/up.log" 2>&1 &
  up=$!
  until grep -q "$1" "$tmp/up.log"; do
    kill -0 "$up" 2>/dev/null || break
    sleep 0.05
  done
}

# end: waits for 'up'
end()
{
  { wait "$up"; } 2>/dev/null
}

# ---- freezing ----

begin freezing
warm=$(grep -o 'warm-[0-9a-f]\{16\}' "$tmp/up.log" | head -n 1)
sleep 1
kill -KILL "$up"
end
is "$(seedbed image list | grep '^warm-' | grep -v 'cannot be used')" "" \
  "a killed freeze leaves no warm image that looks whole"
run seedbed down w "$warm"
is "$status" 0 "down removes the machine that was frozen"
ok "image rm --old removes the rest" seedbed image rm --old
is "$(leftovers)" "" "nothing is left"

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
for wait in 0 0.2 0.4 0.6 0.8 1.2; do
  begin "is thawed from"
  sleep "$wait"
  kill -KILL "$up"
  end
  run seedbed down w
  is "$status $(leftovers | grep -v warm-)" "0 " "up is killed $wait s after it begins to thaw, and down leaves nothing"
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
done_testing
