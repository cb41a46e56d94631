#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Suites and guests that go wrong in every way: each is named, what came until then is kept, and no
# other is disturbed
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

cat >h.yaml <<'END'
fleet: h
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { good: , sshd: , panic: , reboot: , qemu: }
test:
  - { name: pass, on: good, run: echo 1..1; echo ok 1 }
  - name: hang
    on: good
    timeout: 4 s
    run: echo 1..2; echo ok 1; (trap '' TERM; exec sleep 4321) & sleep 4321
  - { name: no-rest, on: good, run: "ps && ! ps | grep '[s]leep 4321'", results: exit }
  - name: flood
    on: good
    run: echo 1..1; echo ok 1; yes "$(printf '%0999d' 0)" | head -c 20000000
  - name: escapes
    on: good
    run: |
      printf '1..1\nnot ok 1 - \033[31mred\033[0m \342\200\256bidi\n'
      printf '# \033]0;title\007::error::no\n##[command]x\n::set-env name=A::b\n'
  - { name: sshd, on: sshd, run: echo 1..2; echo ok 1 - before; sleep 1; sudo killall -9 dropbear; sleep 60 }
  - { name: after-sshd, on: sshd, run: echo 1..0 }
  - name: panic
    on: panic
    user: root
    run: echo 1..2; echo ok 1 - before; sleep 1; echo c >/proc/sysrq-trigger; sleep 60
  - { name: after-panic, on: panic, run: echo 1..0 }
  - { name: reboot, on: reboot, user: root, run: echo 1..2; echo ok 1 - before; sleep 1; reboot; sleep 60 }
  - { name: again, on: reboot, run: echo 1..1; echo ok 1 - "$(hostname)" }
  - { name: qemu, on: qemu, run: echo 1..2; echo ok 1 - before; sleep 300; echo ok 2 }
END

# result_of STEP: "RESULT PASSED FAILED": of r.json
result_of()
{
  python3 - "$1" <<'END'
import json, sys
for s in json.load(open("r.json"))["suites"]:
    if s["name"].endswith("-1/" + sys.argv[1]):
        print(s["result"], s["counts"]["passed"], s["counts"]["failed"])
END
}

# broken STEP: what r.json says about it
broken()
{
  python3 -c 'import json, sys
for s in json.load(open("r.json"))["suites"]:
  if s["name"].endswith("-1/" + sys.argv[1]): print(s.get("broken", ""), *(p["text"] for p in s["problems"]))' "$1"
}

# QEMU dies in the middle of its step.
(wait_for 200 grep -q 'h-sshd-1/sshd: broken' run.err && pkill -KILL -f 'guest=h-qemu-1') &
run seedbed test --keep always --json r.json --junit r.xml h.yaml
is "$status" 3 "with machines that break, test exits with 3"
note "$(grep -v stage run.err | tail -n 20)"

is "$(result_of pass)" "passed 1 0" "the suite before passes"
is "$(result_of hang)" "untrusted 1 0" "one that hangs: what came is kept"
contains "$(broken hang)" "it did not end within 4 s, and was killed" "and it is named"
is "$(result_of no-rest)" "passed 1 0" "nothing of it is left in the guest, also what ignores SIGTERM"
is "$(result_of flood)" "passed 1 0" "one that prints much passes (200 MB: t/live/test-channel.t)"
[ "$(stat -c %s r.json)" -lt 300000 ]
result $? "and its report is small"
is "$(result_of escapes)" "failed 0 1" "one that prints escapes fails by its test alone"
is "$(cat run.out run.err r.json r.xml | tr -d '\n\t\040-\176\200-\377' | wc -c)" 0 "no report has control characters"
is "$(cat run.out run.err r.json r.xml | grep -cP '\xe2\x80\xae|^\s*::|##\[')" 0 "bidi marks, or commands to CI systems"

is "$(result_of sshd)" "broken 1 0" "one that kills its sshd is broken: what came is kept"
contains "$(broken sshd)" "the connection broke in the middle" "the connection is named"
contains "$(broken sshd)" "the machine does not answer any more" "and that nothing answers"
contains "$(broken after-sshd)" "not run: 'h-sshd-1' was lost before" "the step after it is not run"
is "$(result_of panic)" "broken 1 0" "one that panics the kernel"
contains "$(broken panic)" "the kernel panicked" "is named"
contains "$(broken panic)" "  | " "with the console"
contains "$(broken panic)" "Kernel panic - not syncing: sysrq triggered crash" "and what stands there"
contains "$(broken after-panic)" "not run: 'h-panic-1' was lost before: the kernel panicked" "nothing runs after it"
is "$(result_of reboot)" "broken 1 0" "one that reboots in the middle"
contains "$(broken reboot)" "the guest rebooted in the middle" "is named"
is "$(result_of again)" "passed 1 0" "and the machine is used again, when it is back"
is "$(result_of qemu)" "broken 1 0" "one whose QEMU dies"
contains "$(broken qemu)" "QEMU process died" "is named"
ok "the JUnit XML is valid" xmllint --noout --schema "$top/t/data/junit.xsd" r.xml
cp run.out all.tap
run prove --exec cat all.tap
lacks "$out" "Parse errors" "the TAP is sound"

ok "down" seedbed -q down h
is "$(leftovers)" '' "nothing is left"
done_testing
