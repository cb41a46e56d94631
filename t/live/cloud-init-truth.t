#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What cloud-init says about itself, in each of its moods: done, failed, degraded, disabled, absent
. "${srcdir:-.}/t/lib/live.sh"
need_pocket

# user_data NAME: standard input as a cloud-config for the machines of NAME.yaml, which is written too
user_data()
{
  { echo '#cloud-config' && cat; } >"$tmp/$1.user-data"
  fleet "$1" 1 "user-data: $1.user-data"
}

# json MACHINE EXPRESSION: what Python makes of `status --format json`, called s
json()
{
  document seedbed status --format json "$1" | python3 -c "import json, sys; s = json.load(sys.stdin); print($2)"
}

user_data good <<'END'
runcmd:
  - sleep 1
END
user_data runs <<'END'
runcmd:
  - echo before the failure
  - (for i in 1 2 3 4 5; do sleep 0.5; echo late; done; echo at last) &
  - [sh, -c, 'printf "last words\033[2J\n" >&2; exit 3']
END
user_data module <<'END'
write_files:
  - path: /etc/x
    owner: nobody-of-that-name
    content: x
END
user_data odd <<'END'
# seedbed-lint: disable=unknown-key
no_such_key: 1
END
user_data reboots <<'END'
# seedbed-lint: disable=poweroff-in-runcmd
runcmd:
  - reboot
  - sleep 60
  - touch /var/lib/never
END
pids=() statuses=''
for name in good runs module odd reboots; do
  seedbed up --keep "$tmp/$name.yaml" >"$tmp/$name.log" 2>&1 &
  pids+=($!)
done
for pid in "${pids[@]}"; do
  wait "$pid"
  statuses+=" $?"
done
is "$statuses" " 0 3 3 0 3" "of five fleets, the three whose cloud-init failed fail"

failure=$(<"$tmp/runs.log")
contains "$failure" "cloud-init failed:" "a failing runcmd fails"
contains "$failure" "module 'scripts-user': RuntimeError('Runparts: 1 failures (runcmd) in 1 attempted commands')" \
  "the module that ran it is named"
contains "$failure" $'    | before the failure\n  ' "what its commands printed is shown"
contains "$failure" "    | Exit code: 3" "and how it ended"
contains "$failure" "    | last words" "its last words are"
contains "$(cat "$XDG_STATE_HOME"/seedbed/*/runs/runs-m-1.cloud-init-output.log)" "at last" \
  "the log that is kept has what came late, too"
is "${failure//[!$'\033']/}" '' "harmless"
failure=$(<"$tmp/module.log")
contains "$failure" "module 'write-files': OSError('Unknown user or group: nobody-of-that-name')" "so is a failing module"
contains "$failure" "    | OSError: Unknown user or group" "and its exception in the log"
failure=$(<"$tmp/reboots.log")
contains "$failure" "reboots-m-1: the guest rebooted before it was ready" "a reboot in the middle of runcmd is told"
contains "$failure" "module 'scripts-user': the guest rebooted before it had ended; cloud-init does not run the rest" \
  "what it interrupted is a failure, though cloud-init says 'done'"
is "$(seedbed exec reboots-m-1 -- 'test -e /var/lib/never; echo $?; cloud-init status')" \
  $'reboots-m-1 | 1\nreboots-m-1 | status: done' "and it is true"
contains "$(<"$tmp/odd.log")" "odd-m-1: cloud-init is done, but degraded:
  - WARNING: b-user-" "warnings are shown, and are no failure"
run seedbed up --strict --keep "$tmp/odd.yaml"
is "$status" 3 "unless they are meant to be"
contains "$err" "cloud-init is done, but degraded:" "then they are its reason"

run seedbed status good-m-1
is "$status" 0 "status: 0 for a machine that is done"
contains "$out" "good-m-1: cloud-init 22.4.2: done (datasource nocloud)" "it says so"
contains "$out" "cloud-init modules-final" "and when each stage was"
[[ $out =~ ([0-9.]+)\ s\ +scripts-user ]]
ok "a module that slept took at least a second" test "${BASH_REMATCH[1]%.*}" -ge 1
run seedbed status runs-m-1
is "$status" 3 "status: 3 for one that failed"
contains "$out" "    | before the failure" "with the same evidence"
is "$(json runs-m-1 's["cloud_init"], [f["module"] + " " + f["stage"] for f in s["failures"]]')" \
  "error ['scripts-user modules-final']" "also as JSON"
is "$(json good-m-1 '[e["name"] for e in s["timeline"] if e["depth"] == 0]')" \
  "['cloud-init init-local', 'cloud-init init', 'cloud-init modules-config', 'cloud-init modules-final']" \
  "the timeline has the stages in order"
is "$(json good-m-1 'all(0 < e["start_ms"] <= e["end_ms"] < 600000 for e in s["timeline"])')" True \
  "and makes sense"
is "$(json odd-m-1 's["cloud_init"], len(s["warnings"])')" "degraded 1" "degraded"

boot_of() { seedbed ssh "$1" -- cat /proc/sys/kernel/random/boot_id; }
before=$(boot_of good-m-1)
has_rebooted() { now=$(boot_of good-m-1) && [ "$now" != "$before" ]; }
seedbed ssh good-m-1 -- sudo sh -c "'mkdir -p /etc/cloud && touch /etc/cloud/cloud-init.disabled && reboot'" || true
seedbed ssh odd-m-1 -- sudo rm /usr/bin/cloud-init
is "$(json odd-m-1 's["cloud_init"]')" absent "a machine without cloud-init: status says so"
run seedbed up "$tmp/odd.yaml"
is "$status" 0 "up succeeds there"
contains "$err" "odd-m-1: has no cloud-init" "and says so"
wait_for 120 has_rebooted
run seedbed up "$tmp/good.yaml"
contains "$err" "good-m-1: cloud-init is disabled there" "a machine where it is disabled: up says so"
is "$(json good-m-1 's["cloud_init"]')" disabled "and status too"

seedbed ssh runs-m-1 -- "echo 'echo nonsense' >c; sudo cp c /usr/bin/cloud-init"
run timeout 300 seedbed up "$tmp/runs.yaml"
is "$status" 3 "a cloud-init that talks nonsense: up fails"
contains "$err" "'cloud-init status' did not print an object of JSON" "and says so"

# ---- guests that do not answer ----

# as_cloud_init MACHINE COMMAND: its cloud-init does this from now on
as_cloud_init()
{
  seedbed ssh "$1" -- "printf '#!/bin/sh\nexec $2\n' >c; chmod +x c; sudo cp c /usr/bin/cloud-init"
}
as_cloud_init odd-m-1 'sleep 10000'
as_cloud_init runs-m-1 yes
# Its ssh server accepts connections, and says nothing.
# shellcheck disable=SC2016
seedbed ssh reboots-m-1 -- 'sudo kill -STOP "$(ps | sed -n "s/^ *\([0-9]*\) .*[d]ropbear -F.*/\1/p" | head -n 1)"'
ssh -F "$XDG_STATE_HOME"/seedbed/*/reboots/ssh_config -O exit reboots-m-1 2>/dev/null
pids=() statuses=''
for command in 'status odd-m-1' 'status runs-m-1' 'status reboots-m-1' 'exec reboots-m-1 -- true'; do
  # shellcheck disable=SC2086
  timeout 300 seedbed $command >"$tmp/${command// /_}" 2>&1 &
  pids+=($!)
done
for pid in "${pids[@]}"; do
  wait "$pid"
  statuses+=" $?"
done
is "$statuses" " 3 3 3 3" "status and exec do not wait for ever"
contains "$(<"$tmp/status_odd-m-1")" "'cloud-init status' did not answer within 1 min" \
  "a cloud-init that does not answer is named"
contains "$(<"$tmp/status_runs-m-1")" "'cloud-init status' did not print an object of JSON" "one that prints without end too"
contains "$(<"$tmp/status_reboots-m-1")" "a program takes connections on its port 22, but says nothing of ssh" \
  "status: an ssh server that does not answer is named"
contains "$(<"$tmp/exec_reboots-m-1_--_true")" "ssh to 'reboots-m-1' failed: its ssh server did not complete a login within 45 s" \
  "exec: it is named too"

virsh -q destroy good-m-1
run seedbed status good-m-1
is "$status" 3 "a machine that is off: status fails"
contains "$out" "good-m-1: shut off (destroyed): somebody destroyed it" "and says why"
run seedbed status nosuch
contains "$err" "no machine 'nosuch'" "one that is not there as well"
seedbed -q down good runs module odd reboots
is "$(leftovers)" '' "nothing is left"
done_testing
