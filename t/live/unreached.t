#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A machine is not reached, or is lost in the middle: 'exec', 'copy' and 'status' say why
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
# A boot that computes for 40 s, on a fast host too
cat >"$tmp/slow" <<'END'
#cloud-config
bootcmd:
  - while [ "$(cut -d . -f 1 /proc/uptime)" -lt 40 ]; do :; done
END
fleet u 2 'user-data: slow'

# A machine in the middle of its boot has not failed.
run seedbed up --no-wait "$tmp/u.yaml"
is "$status" 0 "a fleet that nobody waits for"
lacks "$err" "ready" "it is not called ready"
contains "$err" "fleet 'u': 2 machines are started" "but started"
run seedbed exec u-m-1 -- true
is "$status" 3 "exec, while it boots: exit status 3"
contains "$err" "'u-m-1' was not reached: it still boots" "it is told that it boots"
contains "$err" "  | ssh to 'u-m-1' failed: ssh: connect to host" "and what ssh said"
contains "$err" "try: 'seedbed start u-m-1' waits until it is ready" "and what to do"
run seedbed status u-m-2
is "$status" 3 "status: exit status 3"
contains "$out" "u-m-2: running: it still boots" "it says the same"
ok "what was told to do works" seedbed -q start u

run timeout 300 seedbed exec u-m-1 -- 'sudo killall dropbear; sleep 60'
contains "$err" "the connection broke in the middle of a command on 'u-m-1'" "a connection that breaks has a name"
run timeout 300 seedbed exec u -- hostname
is "$status $out" "3 u-m-2 | u-m-2" "without an ssh server one is not reached"
contains "$err" "'u-m-1' was not reached: the guest has booted, but nothing listens on port 22" "and why"
run timeout 300 seedbed copy "$tmp/u.yaml" u:
is "$status" 3 "copy: exit status 3"
contains "$err" "'u-m-1' was not reached: the guest has booted, but nothing listens on port 22" "copy says the same"
is "$(seedbed exec u-m-2 -- ls u.yaml)" "u-m-2 | u.yaml" "and copies to the other machine"

address=$(seedbed list --format json | python3 -c 'import json, sys
print(next(m["address"] for m in json.load(sys.stdin)["machines"] if m["name"] == "u-m-2"))')
iptables -I OUTPUT -d "$address" -p tcp --dport 22 -j DROP
seedbed ssh -o ControlPath=none u-m-2 true 2>"$tmp/ssh.err" &
logging_in=$!
run timeout 300 seedbed exec u-m-2 -- true
is "$status" 3 "a port that drops what comes: exit status 3"
contains "$err" "the firewall of this host stops ssh to its address $address" "the firewall is named" || note "$err"
contains "$err" "connect to host $address port 22: no answer" "with what was seen"
lacks "$err" "did not complete a login" "before all of ssh's patience is over" || note "$err"
wait $logging_in
is $? 255 "ssh to it ends, too"
contains "$(<"$tmp/ssh.err")" "the firewall of this host stops ssh to its address $address" "and says the same" || note "$(<"$tmp/ssh.err")"
iptables -D OUTPUT -d "$address" -p tcp --dport 22 -j DROP

run timeout 300 seedbed exec u-m-2 -- 'echo c | sudo tee /proc/sysrq-trigger'
is "$status" 3 "a kernel that panics in the middle: exit status 3"
contains "$err" "'u-m-2' was lost: the kernel panicked, because somebody asked for it" "the panic is named"
contains "$err" "  | the connection broke in the middle" "and what was seen"

run seedbed stop --now u-m-1
run seedbed exec u-m-1 -- true
contains "$err" "try: 'seedbed start u-m-1' starts it again" "one that was stopped can be started"
ok "down" seedbed -q down u
is "$(leftovers)" '' "nothing is left"
done_testing
