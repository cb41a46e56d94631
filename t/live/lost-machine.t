#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A machine that was ready and is not reached any more: status names what is between, on the host and in the guest
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# diagnosed CAUSE EVIDENCE NEXT WHAT: `status l-m-1` says so, and exits with 3
diagnosed()
{
  run timeout 300 seedbed status l-m-1
  is "$status" 3 "$4: status exits with 3"
  contains "$out" "$1" "$4: the cause"
  contains "${out#*$'\n'evidence:}" "$2" "$4: the evidence"
  contains "${out#*$'\n'try: }" "$3" "$4: what to try"
}

# A libvirtd that hangs: the kernel takes connections for it, and it does not answer.
python3 -c 'import os, socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("new")
s.listen()
os.rename("new", "hangs")
time.sleep(900)' &
hangs=$!
wait_for 10 [ -S hangs ]
seedbed -c "qemu+unix:///system?socket=$tmp/hangs" list >hangs.out 2>&1 &
asks=$!

fleet l 1
ok "a machine is ready" seedbed -q up l.yaml
bridge=$(virsh net-info seedbed-l | awk '/^Bridge/ { print $2 }')
tap=$(virsh -q domiflist l-m-1 | awk '{ print $1 }')
address=$(virsh -q net-dhcp-leases seedbed-l | awk '{ sub("/.*", "", $5); print $5 }')

# ---- on the host ----

lost="this host does not reach its address $address: "
ip link set "$bridge" down
diagnosed "${lost}its bridge '$bridge' is down" "network 'seedbed-l': active" "'ip link set $bridge up'" "the bridge is down"
ip link set "$bridge" up
ip link set "$tap" nomaster
diagnosed "${lost}its tap device '$tap' is not in the bridge" "DHCP lease: $address" "'ip link set $tap master $bridge'" \
  "the tap device was taken out of the bridge"
ip link set "$tap" master "$bridge"
ip route add unreachable "$address/32"
diagnosed "${lost}the kernel sends nothing to that address (No route to host)" "network 'seedbed-l': active" "'ip route'" "a route stops it"
ip route del unreachable "$address/32"
ip address add "$address/32" dev lo
diagnosed "${lost}this host itself has that address" "network 'seedbed-l': active" "'ip -4 address'" "the host took its address"
ip address del "$address/32" dev lo
if iptables -I OUTPUT -o "$bridge" -p tcp --dport 22 -j REJECT --reject-with tcp-reset; then
  diagnosed "the firewall of this host stops ssh to its address $address: '-A OUTPUT -o $bridge" "connection refused" "iptables -S" \
    "the host's firewall rejects it"
  ssh -F "$(echo "$XDG_STATE_HOME"/seedbed/*/l/ssh_config)" -O exit l-m-1 2>/dev/null
  echo x >file
  for command in 'exec l -- true' 'copy file l:'; do
    # shellcheck disable=SC2086  # words
    run timeout 300 seedbed $command
    is "$status" 3 "'$command' does not reach it"
    contains "$err" "'l-m-1' was not reached: the firewall of this host stops ssh to its address $address" "and says why, as 'status' does"
    contains "$err" "try: 'iptables -S'" "and what to do"
  done
  run timeout 300 seedbed ssh l-m-1 -- true
  is "$status" 255 "ssh has its own exit status"
  contains "$err" "'l-m-1' was not reached: the firewall of this host stops ssh to its address $address" "and the cause is named after its words"
  iptables -D OUTPUT 1
fi
mkdir "$tmp/traced"
printf '#!/bin/sh\n>%s/asked\n' "$tmp" >"$tmp/traced/iptables"
chmod +x "$tmp/traced/iptables"
PATH=$tmp/traced:$PATH seedbed list | grep -q 'l-m-1.*running'
result $? "the machine runs"
[ ! -e "$tmp/asked" ]
result $? "list does not ask for the firewall, which costs a process for each machine"
qemu=$(</run/libvirt/qemu/l-m-1.pid)
kill -STOP "$qemu"
wait_for 10 grep -q ') T ' "/proc/$qemu/stat"
diagnosed "somebody stopped its QEMU process by a signal" "domain 'l-m-1': running" "kill -CONT" "QEMU was stopped"
for command in 'monitor l-m-1 info status' 'snapshot l-m-1' 'stop --save l-m-1'; do
  # shellcheck disable=SC2086  # words
  run timeout 300 seedbed $command
  is "$status" 3 "'$command' does not wait for it"
  contains "$err" "'l-m-1' cannot be used: somebody stopped its QEMU process" "and says why"
done
kill -CONT "$qemu"
run seedbed status l-m-1
is "$status" 0 "all of it mended, it is well again"

# ---- in the guest ----

seedbed exec l -- sudo sed -i /^seedbed/d /etc/passwd >/dev/null
# An ssh connection that is open would still be used.
ssh -F "$XDG_STATE_HOME/seedbed/qemu-system/l/ssh_config" -O exit l-m-1 2>/dev/null
diagnosed "of the account 'seedbed': the guest says that it does not exist" "Permission denied" "'- default'" "the account is gone"

# The guest agent is the way in that is left.
virsh -q qemu-agent-command l-m-1 '{"execute": "guest-exec", "arguments": {"path": "/bin/sh", "arg": ["-c",
  "dd if=/dev/zero of=/dev/vda bs=1M count=4; sync; echo b >/proc/sysrq-trigger"]}}' >/dev/null
wait_for 90 grep -qE 'BdsDxe: No bootable option|EFI Internal Shell|>>Start ' /var/lib/libvirt/seedbed/l-m-1.console.log
diagnosed "the firmware found nothing to boot, but the image 'pocket' has a boot loader" "BdsDxe: failed to load" \
  "'seedbed down l-m-1'" "the guest overwrote its boot loader"

# ---- libvirtd ----

wait $asks
is $? 3 "a libvirtd that hangs is given up"
contains "$(<hangs.out)" "libvirtd takes connections at 'qemu+unix:///system?socket=$tmp/hangs', but does not answer" "and named"
kill $hangs

kill -STOP "$(</run/libvirt/qemu/l-m-1.pid)"
run timeout 300 seedbed stop l-m-1
is "$status" 0 "a machine whose QEMU is stopped is stopped"
contains "$err" "l-m-1: cannot be asked, because a signal has stopped its QEMU process" "without being asked"
ok "down" seedbed -q down l

fleet g 1
ok "a machine is started, and not waited for" seedbed -q up --no-wait g.yaml
kill -KILL "$(</run/libvirt/qemu/g-m-1.pid)"
wait_for 20 sh -c 'virsh -q domstate g-m-1 | grep -q "shut off"'
contains "$(seedbed list g)" " crashed " "list tells a QEMU that was killed from a machine that is off"
rm /var/lib/libvirt/seedbed/g-m-1.qcow2
run seedbed status g-m-1
contains "$out$err" "the file of its disk in the storage pool 'seedbed' is gone" "a disk that was removed is named"
ok "down" seedbed -q down g
is "$(leftovers)" '' "nothing is left"
done_testing
