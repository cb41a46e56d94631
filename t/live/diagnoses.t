#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A machine that is broken in many ways: status, list and exec name the cause, and up does within seconds
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# diagnosed CAUSE EVIDENCE NEXT WHAT: `status d-m-1` says so, and exits with 3
diagnosed()
{
  run timeout 300 seedbed status d-m-1
  is "$status" 3 "$4: status exits with 3"
  contains "$out" "$1" "$4: the cause"
  contains "${out#*$'\n'evidence:}" "$2" "$4: the evidence"
  contains "${out#*$'\n'try: }" "$3" "$4: what to try"
}

# in_guest COMMAND: starts it as root in d-m-1
in_guest()
{
  seedbed exec d -- sudo sh -c "$1" >/dev/null
}

fleet d 1
run seedbed up d.yaml
is "$status" 0 "a machine is ready"
[ -e /dev/kvm ] || contains "$err" "aarch64 machines are emulated (no KVM): a boot takes minutes" "up says that it is emulated"
run seedbed status d-m-1
is "$status" 0 "and well"

contains "$(seedbed monitor d-m-1 info status)" "VM status: running" "QEMU's monitor answers"
contains "$(echo 'info name' | seedbed monitor d-m-1)" "d-m-1" "to commands on standard input, too"
contains "$(seedbed log --qemu d-m-1)" "-name guest=d-m-1" "QEMU's log has its command line"

virsh -q suspend d-m-1
diagnosed "somebody paused it" "domain 'd-m-1': paused (on request)" "'virsh resume d-m-1'" "paused"
run seedbed exec d -- true
contains "$err" "'d-m-1' cannot be used: somebody paused it" "exec names it, too"
virsh -q resume d-m-1

in_guest 'killall dropbear'
diagnosed "nothing listens on port 22" "connection refused" "'seedbed console d-m-1'" "sshd ended"

image=$(echo /var/lib/libvirt/seedbed/pocket.*.qcow2)
printf x >>"$image"
diagnosed "its image is not as it was imported: its volume 'pocket." "its sha256 is another one" "'seedbed image verify pocket'" \
  "the image was written to"
truncate -s -1 "$image"
cdrom=$(virsh -q domblklist d-m-1 | awk '/seed\.iso/ { print $1 }')
virsh -q change-media d-m-1 "$cdrom" --eject --live >/dev/null
diagnosed "the guest cannot use its seed: there is no medium" "seed: there is no medium" "'seedbed down d'" "the seed was ejected"
virsh -q change-media d-m-1 "$cdrom" --insert --live /var/lib/libvirt/seedbed/d-m-1.seed.iso >/dev/null

# The console's shell is the way in that is left.
cat >console.py <<'END'
import os, pty, re, select, sys, time
command = sys.argv[1].encode()
pid, fd = pty.fork()
if pid == 0:
    os.execvp("virsh", ["virsh", "console", "d-m-1", "--force"])
def expect(pattern, nudge=b""):  # NUDGE: keys for as long as nothing comes
    seen, deadline = b"", time.monotonic() + 180
    while not re.search(pattern, seen, re.DOTALL) and time.monotonic() < deadline:
        if select.select([fd], [], [], 1)[0]:
            seen += os.read(fd, 4096)
        else:
            os.write(fd, nudge)
expect(b"Escape character")
expect(b"pocket# ", b"\r")
os.write(fd, command + b"\r")
expect(re.escape(command[-8:]) + b".*(pocket# |Kernel panic)")
os.write(fd, b"\x1d")
END
# It takes more than one connection, and listens before it is asked.
python3 console.py 'nc -ll -p 22 -e echo HELLO & until netstat -ltn | grep -q ":22 "; do sleep 1; done'
diagnosed "a program that is not sshd answers on its port 22: it says 'HELLO" "it said: HELLO" "ss -ltnp" "another server"
virsh -q domif-setlink d-m-1 "$(virsh -q domiflist d-m-1 | awk '{ print $1 }')" down
diagnosed "the link of its network card is down" ": down" "domif-setlink d-m-1 52:54:00:" "the link is down"
virsh -q domif-setlink d-m-1 "$(virsh -q domiflist d-m-1 | awk '{ print $1 }')" up
kill "$(</run/libvirt/network/seedbed-d.pid)"
virsh -q net-destroy seedbed-d
diagnosed "its network 'seedbed-d' is not active" "network 'seedbed-d': not active" "'seedbed down d'" "the network is off"

python3 console.py 'echo c >/proc/sysrq-trigger'
wait_for 30 grep -q 'Kernel panic' /var/lib/libvirt/seedbed/d-m-1.console.log
diagnosed "the kernel panicked" "Kernel panic - not syncing" "sysrq-trigger" "panicked"
run seedbed list
contains "$out" " crashed " "list says that it crashed"
run timeout 300 seedbed exec d -- true
is "$status" 3 "exec does not hang on it"
contains "$err" "'d-m-1' cannot be used: the kernel panicked" "and says why"
ok "down" seedbed -q down d

# ---- up ends within seconds ----

# ends_early COMMAND CAUSE WHAT: `up` of the fleet e does, when COMMAND is run in the middle of the boot
ends_early()
{
  local pid begun
  rm -f up.err
  seedbed up --timeout '300 s' e.yaml 2>up.err &
  pid=$!
  wait_for 60 grep -q '^e-m-1: firmware' up.err
  $1
  begun=$SECONDS
  wait $pid
  is $? 3 "$3: up fails"
  [ $((SECONDS - begun)) -lt 200 ]
  result $? "$3: long before its time is over" || note "$(<up.err)"
  contains "$(<up.err)" "'e-m-1' is not ready: $2" "$3: the cause"
}
fleet e 1
ends_early "virsh -q suspend e-m-1" "somebody paused it" "paused in the boot"
ends_early "virsh -q net-destroy seedbed-e" "its network 'seedbed-e' is not active" "the network destroyed in the boot"
kill_qemu() { kill -KILL "$(</run/libvirt/qemu/e-m-1.pid)"; }
ends_early kill_qemu "its QEMU process died" "QEMU killed in the boot"
contains "$(<up.err)" "QEMU's log: " "with the end of QEMU's log"
ok "down" seedbed -q down e
is "$(leftovers)" '' "nothing is left"
done_testing
