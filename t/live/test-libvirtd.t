#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirtd dies in the middle of `seedbed test`: the steps run on, and no result is invented or lost
# without a word
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
# shellcheck source=t/lib/faults.sh
. "$top/t/lib/faults.sh"
cd "$tmp" || exit 1

# await NAME: tells that the step has begun, and waits for the file /tmp/NAME
cat >await <<'END'
#!/bin/sh
touch /tmp/begun
until [ -e "/tmp/$1" ]; do sleep 1; done
END
chmod +x await
cat >l.yaml <<'END'
fleet: l
defaults: { image: pocket, vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { ssh: , quiet: , lost: , missed: }
test:
  - { name: ssh, on: ssh, copy: await, run: echo 1..2; echo ok 1; ./await away; echo ok 2 - while it is away }
  - { name: late, on: ssh, channel: true, user: root, run: printf '1..1\nok 1\n' >"$SEEDBED_RESULTS" }
  - { name: quiet, on: quiet, channel: true, user: root, copy: await, artifacts: /tmp/begun,
      run: exec >"$SEEDBED_RESULTS"; printf '1..3\nok 1\nok 2 - in '; ./await away; echo two pieces; ./await back; echo ok 3 }
  - { name: lost, on: lost, channel: true, user: root, copy: await,
      run: exec >"$SEEDBED_RESULTS"; printf '1..2\nok 1\n'; ./await frozen; printf 'not '; touch /tmp/written; ./await back; echo ok 2 }
  - { name: missed, on: missed, channel: true, user: root, copy: await,
      run: exec >"$SEEDBED_RESULTS"; printf '1..3\nok 1\n'; ./await frozen; echo not ok 2; touch /tmp/written; ./await back; echo ok 3 - longer than what was lost }
END

# guest NAME COMMAND...: runs COMMAND in a guest; works without libvirtd
guest() { ssh -F ssh_config "l-$1-1" "${@:2}"; }

# tell NAME FILE: the step in that guest goes on. Without it, it would wait for ever
tell()
{
  wait_for 60 guest "$1" touch "/tmp/$2"
  result $? "$1 is told to go on"
}

# says N TEXT: TEXT was printed N times
says() { [ "$(grep -c "$2" run.err)" = "$1" ]; }

# result_of STEP: "RESULT PASSED FAILED BROKEN NOTES"
result_of()
{
  python3 -c 'import json, sys
for s in json.load(open("r.json"))["suites"]:
  if s["name"].endswith("-1/" + sys.argv[1]):
    print(s["result"], s["counts"]["passed"], s["counts"]["failed"], s.get("broken", ""), *s["notes"])' "$1"
}

ok "up" seedbed up l.yaml
seedbed ssh-config l >ssh_config
seedbed test --keep always --json r.json --artifacts out l.yaml >run.out 2>run.err &
pid=$!
for name in ssh quiet lost missed; do
  wait_for 120 guest $name test -e /tmp/begun || note "$name: did not begin"
done

# A libvirtd that ends closes its connections long before its process is gone.
daemon=$(<"$SEEDBED_LIBVIRTD_PIDFILE")
is_gone() { ! kill -0 "$daemon"; }
kill -TERM "$daemon"
wait_for 60 says 1 'connection to libvirtd broke'
wait_for 60 is_gone
tell ssh away
tell quiet away
wait_for 60 grep -q 'l-ssh-1/ssh: passed' run.err
result $? "a step ends while libvirtd is away"
"$SEEDBED_LIBVIRTD_START"
wait_for 60 says 1 'libvirtd is back'
result $? "the test sees that libvirtd is back"

wait_for 60 grep -q 'l-ssh-1/late: passed' run.err
result $? "channels are read again"

# A frozen libvirtd reads nothing. If it is killed then, these bytes are lost.
kill -STOP "$(<"$SEEDBED_LIBVIRTD_PIDFILE")"
for name in lost missed; do
  tell $name frozen
  wait_for 60 guest $name test -e /tmp/written
done
kill -KILL "$(<"$SEEDBED_LIBVIRTD_PIDFILE")"
wait_for 60 says 2 'connection to libvirtd broke'
"$SEEDBED_LIBVIRTD_START"
wait_for 60 says 2 'libvirtd is back'
result $? "the test sees the same when libvirtd is killed" || note "$(<run.err)"
for name in quiet lost missed; do
  tell $name back
done
wait $pid
is $? 3 "the exit status is 3, because some results are not known" || note "$(<run.err)"

contains "$(result_of ssh)" "passed 2 0 " "a step over ssh does not notice"
contains "$(result_of late)" "passed 1 0 " "a step that begins without libvirtd waits for it"
contains "$(result_of quiet)" "passed 3 0  the connection to libvirtd broke while the results came; none are lost" \
  "results that come in pieces, some while libvirtd is away, are counted once"
contains "$(<run.out)" "ok 2 - in two pieces" "they are whole"
is "$(find out -name begun)" out/l-quiet-1/quiet/tmp/begun "the artifacts are fetched"
contains "$(result_of lost)" "broken " "a 'not ok 2' whose beginning was lost does not become an 'ok 2'"
contains "$(result_of lost)" "while the results came; some are lost: of 1" "the loss is named"
contains "$(result_of missed)" "broken 2 0 the connection to libvirtd broke while the results came; some are lost" \
  "the step does not wait for lost results"
ok "down" seedbed -q down l

# ---- libvirt does not let a callback go ----

fleet c 1
printf 'test: [{ name: works, run: "true", results: exit }]\n' >>c.yaml
run faulty virConnectDomainEventDeregisterAny seedbed test c.yaml
is "$status" 0 "its connection is not used again, so the events of the steps can be watched" || note "$out $err"
run faulty 'virConnectRegisterCloseCallback!' seedbed test c.yaml
is "$status" 0 "it took a callback and says that it did not: the callback is not freed twice" || note "$out $err"
run faulty 'virConnectDomainEventRegisterAny!' seedbed test c.yaml
is "$status" 3 "the same of the events: it fails, and does not crash" || note "$out $err"
is "$(leftovers)" '' "nothing is left"
done_testing
