#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# snapshot and restore: a machine is broken and taken back, running or off, as the same machine
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
fleet s 1 'disks: [ { name: data, size: 64 MiB }, { name: more, image: pocket, bus: scsi } ]'
run seedbed up "$tmp/s.yaml"
is "$status" 0 "a machine with three disks comes up"
before=$(seedbed ssh s-m-1 -- 'cat /etc/machine-id; echo kept >kept; echo $$ >/tmp/here')
cat >"$tmp/look" <<'END'
echo "$(cat /sys/block/vdb/serial) $(cat /sys/block/vdb/size)"
echo "$(sudo dd if=/sys/block/sda/device/vpd_pg80 bs=4 skip=1 2>/dev/null) $(cat /sys/block/sda/size)"
END
is "$(seedbed ssh s-m-1 -- sh <"$tmp/look")" $'data 131072\nmore 131072' "the guest finds the other two by their serials"
# on_data [TEXT]: writes it to the second disk, then reads the disk
on_data()
{
  seedbed ssh s-m-1 -- "${1:+echo $1 | sudo dd of=/dev/vdb conv=fsync 2>/dev/null && }
    sudo sysctl -qw vm.drop_caches=3; sudo head -c 4 /dev/vdb"
}
is "$(on_data good)" good "and writes to them"
run seedbed snapshot s-m-1 clean
is "$status $err" "0 s-m-1: snapshot 'clean' taken" "a snapshot of it is taken"
is "$(seedbed ssh s-m-1 -- cat kept)" kept "it goes on"
run seedbed snapshot s-m-1 clean
is "$status" 2 "a second one of that name is refused"
contains "$err" "'s-m-1' has a snapshot 'clean' already" "because there is one"

for ((i = 1; i <= 5; i++)); do
  on_data evil >/dev/null
  seedbed ssh s-m-1 -- 'echo broken >kept; sudo rm -rf /home /var/lib /usr/bin' >/dev/null 2>&1
  ok "the broken machine is taken back ($i)" seedbed restore s-m-1
  is "$(seedbed ssh s-m-1 -- 'cat /etc/machine-id kept; ls /tmp/here')" "$before"$'\nkept\n/tmp/here' \
    "it is as before, with its memory"
  is "$(on_data)" good "and its other disks"
done
right_clocks s "its clock is right"

seedbed -q snapshot s-m-1
is "$(readable_by_others | sed -E 's/[0-9a-f]{16}/DIGEST/' | paste -sd' ')" \
  "pocket.DIGEST.qcow2 pocket.DIGEST.qcow2.json s-m-1.1.snapshot.json s-m-1.clean.snapshot.json" \
  "other users of the host read only the image and records: no disk, seed, memory or key of a machine"
contains "$(seedbed list | tail -n 1)" "clean, 1" "list shows the snapshots"
contains "$(seedbed status s-m-1)" "s-m-1: snapshots: clean, 1" "so does status"
virsh -q destroy s-m-1
ok "a snapshot of a machine that is off" seedbed snapshot s-m-1 off
run seedbed restore s-m-1
contains "$err" "s-m-1: is as in snapshot 'off' of" "the newest one is the default"
is "$(virsh domstate s-m-1 | head -n 1)" "shut off" "and the machine is off"
run seedbed restore s-m-1 nosuch
is "$status" 2 "an unknown snapshot is refused"
contains "$err" "'s-m-1' has no snapshot 'nosuch' (there is clean, 1, off)" "the others are named"
ok "a running one is taken back from off" seedbed restore s-m-1 clean
is "$(seedbed ssh s-m-1 -- cat kept)" kept "and runs"

ok "one is removed" seedbed snapshot --remove s-m-1 1
virsh -q pool-refresh seedbed
is "$(virsh -q vol-list seedbed | grep -c 's-m-1\.1\.')" 0 "with all of its parts"
ok "down removes the machine" seedbed down s
is "$(leftovers)" "" "and its snapshots"
done_testing
