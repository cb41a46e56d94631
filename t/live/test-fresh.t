#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A step with 'fresh' has a machine of its own for each item: made for it, used once, and removed.
# With a warm image it starts from memory.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1
cat >w.yaml <<'END'
fleet: w
image: pocket
machines: { m: { vcpus: 1, memory: 256 MiB, disk: 256 MiB, warm: true } }
test:
  - name: first
    run: echo 1..1; touch mark; echo ok 1
  - name: own
    needs: first
    fresh: true
    matrix: [a, b, c]
    copy: w.yaml
    run: |
      echo 1..2
      test ! -e mark && echo ok 1 - nobody was here before
      touch mark
      test -s w.yaml && echo "ok 2 - $SEEDBED_ITEM $(hostname) $(cat /etc/machine-id)"
      [ "$SEEDBED_ITEM" != b ] || exit 3
    artifacts: mark
END
seedbed test --jobs 1 --artifacts out --json r.json --keep on-failure w.yaml >run.out 2>run.err
is "$?" 1 "a test with fresh machines, one of which fails"
note "$(grep / run.err)"
# suites PYTHON: prints the expression for each suite s
suites() { python3 -c "import json
for s in json.load(open('r.json'))['suites']: print($1)"; }
is "$(suites "s['name'].split('/')[1] + ':' + s['result']" | paste -sd ' ')" \
  "first:passed own[a]:passed own[b]:untrusted own[c]:passed" "each item has its result"
is "$(suites "s['host']" | sort -u | grep -vxE 'w-m-[23]')" w-m-1 "items do not run on the machine of the fleet, but on further ones"
is "$(grep -c 'ok 1 - nobody was here before' run.out)" 3 "no machine was used before"
is "$(sed -n 's/.*ok 2 - [abc] w-m-[23] \([0-9a-f]\{32\}\)$/\1/p' run.out | sort -u | wc -l)" 3 "each has its own machine-id"
is "$(cd out && find . -name mark | wc -l)" 3 "their artifacts are fetched"
is "$(virsh -q list --all --name | sed '/^$/d')" w-m-1 "only the machine of the fleet is kept"

rm run.err # so that what the first test said is not taken for this one's
seedbed test --set machines.m.start=cold --only own w.yaml >run.out 2>run.err &
pid=$!
wait_for 100 grep -q 'own\[.*: runs' run.err
result $? "another test is at work"
kill -INT $pid
wait $pid
is "$?" 130 "it is interrupted"
is "$(virsh -q list --all --name | sed '/^$/d')" w-m-1 "its fresh machines are removed"
ok "down" seedbed -q down w
is "$(leftovers | grep -v warm-)" '' "nothing but the warm image is left"
done_testing
