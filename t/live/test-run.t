#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `test` on real guests: files go in, steps run, and results come out, with the right exit status
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# steps FILE: the fleet t of two machines with the steps on stdin, in FILE
steps()
{
  fleet t 2
  cat t.yaml - >"$1"
}

mkdir -p src/sub
printf '#!/bin/sh\necho "ok 1 - from a copied file"\necho 1..1\n' >src/sub/suite.sh
chmod +x src/sub/suite.sh
printf 'b\n' >"src/with space ä"
steps pass.yaml <<'END'
test:
  - name: suite
    copy: { from: src, to: in/here }
    run: cd in/here && [ -f "with space ä" ] && ./sub/suite.sh
    results: tap
  - name: exit
    run: test "$SEEDBED_MACHINE" = "$(hostname)"
    results: exit
  - { name: items, run: echo $PPID >>shells, results: exit, matrix: [1, 2, 3, 4, 5], on: m }
  - { name: shells, run: 'test "$(sort -u shells | wc -l)" -lt 5', results: exit }
END
run seedbed test --keep always --junit r.xml --json r.json pass.yaml
is "$status" 0 "a suite that passes: exit 0" || note "$err"
cp run.out pass.tap
is "$(grep -c '^ok' pass.tap)" 16 "eight steps on two machines, items included, are sixteen suites"
contains "$out" "    ok 1 - from a copied file" "the suites have their tests"
ok "prove takes it" prove --exec cat pass.tap
ok "the JUnit XML is valid" xmllint --noout --schema "$top/t/data/junit.xsd" r.xml
is "$(python3 -c 'import json; r = json.load(open("r.json"))
print(r["result"], *sorted(s["name"] for s in r["suites"] if s["name"][-1] in "et"))')" \
  "passed t-m-1/exit t-m-1/suite t-m-2/exit t-m-2/suite" "the JSON has the suites"
is "$(virsh -q list --name | sed '/^$/d' | sort | paste -sd ' ')" "t-m-1 t-m-2" "--keep always keeps the machines"

steps fail.yaml <<'END'
test:
  - name: some
    on: m
    run: echo 1..2; echo ok 1; echo not ok 2 - broken; echo "# why it broke" >&2
  - name: no-plan
    run: echo ok 1 - a
  - name: killed
    run: echo 1..1; echo ok 1; kill -KILL $$
  - name: writer
    run: (sleep 1; echo too late) &
    results: exit
  - name: status
    run: sleep 2; echo said; exit 255
    results: exit
END
run seedbed test fail.yaml
is "$status" 1 "suites that fail: exit 1"
contains "$out" "not ok 1 - t-m-1/some" "a test that fails is shown"
contains "$out" "# why it broke" "its words on standard error are shown"
contains "$out" "there is no plan" "a missing plan is named"
contains "$out" "exited with 137: killed by signal 9" "a command that was killed is named"
contains "$out" $'exit status 255\n        said' "exit status 255 is the command's, not ssh's; its output is shown"
lacks "$out" "too late" "what a step leaves behind does not write into the next one"
lacks "$out" "result: broken" "the infrastructure is not blamed"
is "$(virsh -q list --name | sed '/^$/d' | wc -l)" 2 "machines that were there before stay"
seedbed -q down t
ln -s /dev/full full
mkfifo pipe
cat pipe >piped &
run seedbed test --only exit --json pipe --junit full pass.yaml
is "$status $(grep -c '^ok' <<<"$out")" "3 2" "--only, in machines that are made for it; a report that cannot be written: exit 3"
contains "$err" "cannot write the report 'full': No space left on device" "the report that cannot be written is named"
wait $!
ok "a report can go into a pipe" python3 -m json.tool piped
is "$(find pipe full ! -type f | sort | paste -sd ' ')" "full pipe" "a report does not replace a device, a pipe or a link"
is "$(leftovers)" '' "nothing is left"
done_testing
