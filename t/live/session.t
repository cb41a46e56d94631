#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The main job as a plain user, with nothing set up: qemu:///session and user networking
# shellcheck source=t/lib/session.sh
. "${srcdir:-.}/t/lib/session.sh"

at_exit 'plain seedbed -q down s'

ok "an image is imported" plain seedbed image import pocket pocket.qcow2
write_fleet s 2 'disks: [ { name: data, size: 16 MiB } ]' 'ports: [ "0:22" ]'
run plain seedbed up s.yaml
is "$status" 0 "two machines come up"
contains "$err" "fleet 's': 2 machines are ready (2 made, 0 started again)" "and both are ready"
run plain seedbed up s.yaml
is "$status" 0 "up again succeeds"
contains "$err" "nothing to do, 2 machines are ready" "and does nothing"

run plain virsh -c qemu:///session list --name
is "$(sed '/^$/d' <<<"$out" | sort | paste -sd' ')" "s-m-1 s-m-2" "they are in the user's own libvirt"
is "$(virsh -c qemu:///system -q list --all --name | sed '/^$/d')" "" "and not in the system's"
run plain seedbed list
is "$(grep -c ' running  *127\.0\.0\.1:[0-9]' <<<"$out")" 2 "list shows them with their ports"

run plain seedbed list --format json
port=$(grep -o '127.0.0.1:[1-9][0-9]*:22/tcp' <<<"$out" | head -n 1 | cut -d : -f 2)
is "$(grep -c '127.0.0.1:[1-9][0-9]*:22/tcp' <<<"$out")" 2 "each has the port that its file asks for"
contains "$(timeout 100 bash -c "head -c 4 </dev/tcp/127.0.0.1/$port")" SSH- "which leads into the guest"
run plain seedbed ssh s-m-2 -- cat /sys/block/vdb/serial
is "$out" data "and a second disk"

run plain seedbed ssh s-m-1 -- hostname
is "$status $out" "0 s-m-1" "ssh runs a command"
run plain seedbed exec s -- 'id -un; exit 3'
is "$status" 3 "exec gives the highest exit status"
is "$(sort <<<"$out")" $'s-m-1 | seedbed\ns-m-2 | seedbed' "and the output of all machines"
run plain seedbed log s-m-2
contains "$out" "s-m-2 is up" "log shows the console"

run plain seedbed build s.yaml --name golden --check hostname
is "$status" 0 "a golden image is built" || note "$err"
contains "$(plain seedbed image list)" "golden " "and is there"
ok "and goes" plain seedbed -q image rm golden

write_fleet w 2 'warm: true'
run plain seedbed up w.yaml
is "$status" 0 "two machines are thawed from memory" || note "$err"
warm=$(grep -o 'warm-[0-9a-f]\{16\}' <<<"$err" | head -n 1)
contains "$err" "'m' is thawed from warm image '$warm'" "up says so"
# shellcheck disable=SC2016  # the guest evaluates it
run plain seedbed exec w -- 'echo $(hostname) $(cat /proc/sys/kernel/random/uuid)'
is "$(cut -d ' ' -f 3 <<<"$out" | sort)" $'w-m-1\nw-m-2' "each has its own name"
is "$(cut -d ' ' -f 4 <<<"$out" | sort -u | wc -l)" 2 "and its own random numbers"
ok "they go" plain seedbed -q down w
ok "the warm image goes too" plain seedbed -q image rm "$warm"

write_fleet n 1 'network: nat'
run plain seedbed up n.yaml
is "$status" 2 "a network that needs privileges is refused"
contains "$err" "n.yaml:4:3: 'network: nat' needs a libvirtd with privileges, and 'qemu:///session' has none: \
write 'network: user'" "with the place in the file, and what to write"

ok "down removes everything" plain seedbed down s
is "$(plain virsh -q list --all --name | sed '/^$/d')" "" "no domain is left"
is "$(plain virsh -q vol-list seedbed | awk '{ print $1 }' | grep -v '^pocket\.')" "" "no volume but the image"
is "$(find "$home/.local/state/seedbed" "$home/.config/libvirt/qemu/nvram" -type f 2>/dev/null)" "" \
  "no file of the fleet"
wait_for 30 no_processes
is "$(processes)" "" "and no process but libvirt's own"
ok "libvirt's daemons end when they are told to" end_daemon libvirtd
end_daemon virtlogd
is "$(pgrep -lu $uid)" "" "and then the user has no process"
done_testing
