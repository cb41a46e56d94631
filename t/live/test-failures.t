#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Suites and guests fail in many ways: each failure is named, its results until then are kept, and
# other suites are not disturbed
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
  - { name: sshd, on: sshd, run: echo 1..2; echo ok 1 - before; sleep 3; sudo killall -9 dropbear; sleep 60 }
  - { name: after-sshd, on: sshd, run: echo 1..0 }
  - name: panic
    on: panic
    user: root
    run: echo 1..2; echo ok 1 - before; sleep 3; echo c >/proc/sysrq-trigger; sleep 60
  - { name: after-panic, on: panic, run: echo 1..0 }
  - { name: reboot, on: reboot, user: root, run: echo 1..2; echo ok 1 - before; sleep 3; reboot; sleep 60 }
  - { name: again, on: reboot, run: echo 1..1; echo ok 1 - "$(hostname)" }
  - { name: qemu, on: qemu, run: echo 1..2; echo ok 1 - before; sleep 800; echo ok 2 }
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

# broken STEP: why the step is broken, and its problems, by r.json
broken()
{
  python3 -c 'import json, sys
for s in json.load(open("r.json"))["suites"]:
  if s["name"].endswith("-1/" + sys.argv[1]): print(s.get("broken", ""), *(p["text"] for p in s["problems"]))' "$1"
}

# QEMU dies in the middle of its step, when the others are broken.
in_the_middle() { grep -q 'h-sshd-1/sshd: broken' run.err && seedbed exec h-qemu-1 -- "ps | grep '[s]leep 800'"; }
(wait_for 200 in_the_middle && pkill -KILL -f 'guest=h-qemu-1') &
run seedbed test --keep always --json r.json --junit r.xml h.yaml
is "$status" 3 "with machines that break, test exits with 3"
note "$(grep -v stage run.err | tail -n 20)"

is "$(result_of pass)" "passed 1 0" "the suite before passes"
is "$(result_of hang)" "untrusted 1 0" "a suite that hangs: its results until then are kept"
contains "$(broken hang)" "it did not end within 4 s, and was killed" "the timeout is named"
is "$(result_of no-rest)" "passed 1 0" "none of its processes is left in the guest, not even one that ignores SIGTERM"
is "$(result_of flood)" "passed 1 0" "a suite that prints 20 MB passes (200 MB: t/live/test-channel.t)"
[ "$(stat -c %s r.json)" -lt 300000 ]
result $? "its report is small"
is "$(result_of escapes)" "failed 0 1" "a suite that prints escapes fails only because of its test"
is "$(cat run.out run.err r.json r.xml | tr -d '\n\t\040-\176\200-\377' | wc -c)" 0 "no report has control characters"
is "$(cat run.out run.err r.json r.xml | grep -cP '\xe2\x80\xae|^\s*::|##\[')" 0 "no report has bidi marks, or commands to CI systems"

is "$(result_of sshd)" "broken 1 0" "a suite that kills its sshd is broken: its results until then are kept"
contains "$(broken sshd)" "the connection broke in the middle" "the broken connection is named"
contains "$(broken sshd)" "the machine does not answer any more" "the machine that does not answer is named"
contains "$(broken after-sshd)" "not run: 'h-sshd-1' was lost before" "the step after it is not run"
is "$(result_of panic)" "broken 1 0" "a suite that panics the kernel is broken"
contains "$(broken panic)" "the kernel panicked" "the panic is named"
contains "$(broken panic)" "  | " "the console is shown"
contains "$(broken panic)" "Kernel panic - not syncing: sysrq triggered crash" "the console has the reason"
contains "$(broken after-panic)" "not run: 'h-panic-1' was lost before: the kernel panicked" "the step after the panic is not run"
is "$(result_of reboot)" "broken 1 0" "a suite that reboots its guest is broken"
contains "$(broken reboot)" "the guest rebooted in the middle" "the reboot is named"
is "$(result_of again)" "passed 1 0" "the machine is used again when it is back"
is "$(result_of qemu)" "broken 1 0" "a suite whose QEMU dies is broken"
contains "$(broken qemu)" "QEMU process died" "the death of QEMU is named"
ok "the JUnit XML is valid" xmllint --noout --schema "$top/t/data/junit.xsd" r.xml
cp run.out all.tap
run prove --exec cat all.tap
lacks "$out" "Parse errors" "the TAP is sound"

ok "down" seedbed -q down h
is "$(leftovers)" '' "nothing is left"
done_testing
