#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The keys of a step: variables, accounts, folders, needs, phases, lists, artifacts, repetition
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# A checkout: .gitignore leaves some files out, and a file was deleted.
mkdir -p tree/t tree/deep/er
(
  cd tree || exit 1
  git init -q . && printf '*.o\n/out/\n' >.gitignore
  for item in 1 2 3 4 5; do
    printf 'echo 1..1; echo "ok 1 - item %s"\n' $item >t/$item.sh
  done
  touch a.o deep/er/new deleted
  ln -s er deep/link
  git add -A && git -c user.name=x -c user.email=x@x commit -qm x
  rm deleted && mkdir out && touch out/b later deep/er/c.o
)
cat >s.yaml <<'END'
fleet: s
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { m: { count: 2 }, other: }
test:
  - { name: last, phase: cleanup, run: 'cat order; true', results: exit }
  - { name: first, phase: setup, run: echo first >order, results: exit }
  - name: tree
    on: m
    copy: [{ from: tree, to: in }, { from: s.yaml, to: in/file }]
    run: find . | sort; test -e file/s.yaml && test -L deep/link
    workdir: in
    results: exit
  - name: root
    on: other
    user: root
    env: { A: it's, B: }
    run: echo "$(id -un) $(pwd) $A$B" && test "$(id -u)$PWD" = 0/root
    results: exit
  - { name: base, on: other, run: 'test "$(cat order)" = first && echo base >>order', results: exit }
  - { name: needs, needs: base, on: m, run: echo 1..1; echo ok 1 }
  - { name: bad, on: other, run: echo out of it; false, results: exit, artifacts: ['*.log', none, sub, /etc/hostname] }
  - { name: not-run, needs: bad, run: echo 1..1; echo ok 1 }
  - name: spread
    on: m
    copy: { from: tree, to: dealt }
    files: t/*.sh
    spread: true
    workdir: dealt
    run: sleep 2; sh "$SEEDBED_ITEM"; mkdir -p ../sub; echo "$SEEDBED_ITEM" >>../sub/done
  - { name: both, on: m, matrix: [x, y z], run: 'echo 1..1; echo "ok 1 - $SEEDBED_ITEM"; touch kept.log', artifacts: ['*.log', sub] }
  - name: flaky
    on: other
    run: echo "$SEEDBED_ROUND" >>rounds; echo 1..2; echo ok 1; [ "$SEEDBED_ROUND" != 2 ] || printf 'not '; echo ok 2 - sometimes
END
mkdir -p out/s-other-1/bad/etc
echo stale | tee out/s-other-1/bad/etc/hostname >out/s-other-1/bad/old.log
run seedbed test --keep always --artifacts out --json r.json s.yaml
is "$status" 1 "a fleet with a step that fails: exit 1"
note "$(grep / run.err)"

# suites PYTHON: prints the expression for each suite s of r.json, if it is not empty
suites()
{
  python3 -c "import json
for s in json.load(open('r.json'))['suites']:
  v = $1
  if v: print(v)"
}
is "$(suites "s['name'].split('/')[1] + ':' + s['result'] if 'other' in s['name'] else ''" | paste -sd ' ')" \
  "first:passed root:passed base:passed bad:failed not-run:skipped flaky:passed last:passed" "steps run in the order of the file, cleanup last"
is "$(suites "s['output'] if s['name'] == 's-m-1/tree' else ''" | grep -v '^\./\(t\|file\)\|^$' | paste -sd ' ')" \
  ". ./.gitignore ./deep ./deep/er ./deep/er/new ./deep/link ./later" "files that git has or would take are copied"
is "$(suites "s['output'].strip() if s['name'].endswith('/root') else ''")" "root /root it's" "a step has its user, home and variables"
is "$(suites "s['output'].strip() if s['name'] == 's-other-1/last' else ''" | paste -sd ' ')" "first base" "setup comes before the tests, cleanup after them"
is "$(suites "s.get('skip_reason', '')" | sort -u)" "it needs 'bad', which failed" "a step that needs a failed step is skipped"
is "$(suites "s['tests'][0]['description'] if 'spread' in s['name'] else ''" | sort | paste -sd ' ')" \
  "item 1 item 2 item 3 item 4 item 5" "a list is dealt out, each item once"
is "$(suites "s['host'] if 'spread' in s['name'] else ''" | sort -u | paste -sd ' ')" "s-m-1 s-m-2" "the items go to both machines"
is "$(suites "s['host'] + s['tests'][0]['description'] if 'both' in s['name'] else ''" | sort | paste -sd ' ')" \
  "s-m-1x s-m-1y z s-m-2x s-m-2y z" "without spread, each machine runs each item"
is "$(cd out && find . -type f | sort | paste -sd ' ')" \
  "./s-m-1/both[x]/kept.log ./s-m-1/both[x]/sub/done ./s-m-1/both[y_z]/kept.log ./s-m-1/both[y_z]/sub/done\
 ./s-m-2/both[x]/kept.log ./s-m-2/both[x]/sub/done ./s-m-2/both[y_z]/kept.log ./s-m-2/both[y_z]/sub/done\
 ./s-other-1/bad/etc/hostname" "artifacts are fetched, also of the failed step; those of an earlier run are gone"
is "$(cat out/s-other-1/bad/etc/hostname)" s-other-1 "the old content is gone too"

run seedbed test --keep always --only flaky --repeat 3 --shuffle 5 --json r.json s.yaml
is "$status" 1 "a test fails in one of three repetitions: exit 1"
contains "$out" "flaky: failed 1 times of 3" "it is called flaky"
contains "$out" "# seed: 5" "the report has the seed"
is "$(suites "[t['description'] for t in s['tests'] if t.get('is_flaky')]" | paste -sd ' ')" "['sometimes']" "no other test is called flaky"
mkdir bin
printf '#!/bin/sh\necho "$*" | paste -sd " " >>"%s"\nexec /usr/bin/ssh "$@"\n' "$tmp/ssh.log" >bin/ssh
chmod +x bin/ssh
# Three machines have seven steps, and log in once each. If the guest begins a process of its own meanwhile, a step
# takes a login more: then they are counted again.
for _ in 1 2 3; do
  rm -f ssh.log
  run env PATH="$tmp/bin:$PATH" seedbed test --keep always --only root -q s.yaml
  logins=$(wc -l <ssh.log)
  if [ "$status" != 0 ] || [ "$logins" = 3 ]; then break; fi
done
is "$status $logins" "0 3" "the login that finds a machine ready runs the first step in it, too" || note "$(cut -c 1-300 ssh.log) $err"
# Five items in two parts: one item takes longer than all others together.
printf '{"durations": {"spread[t/1.sh]": 1, "spread[t/2.sh]": 20, "spread[t/3.sh]": 2, "spread[t/4.sh]": 1}}' >d.json
run seedbed test --keep always --only spread --shard 1/2 --durations d.json -q --json 1.json s.yaml
is "$status $(grep -c 'spread\[t/2.sh\]$' <<<"$out")" "0 2" "a part runs its tests"
run seedbed report merge 1.json
is "$status" 1 "the other part is missing: the merged report fails"
run env BUILDKITE_PARALLEL_JOB=1 BUILDKITE_PARALLEL_JOB_COUNT=2 \
  seedbed test --only spread --durations d.json -q --json 2.json s.yaml --shard
is "$status" 0 "the other part, which a job's variables say"
run seedbed report merge 2.json 1.json --json r.json --durations new.json
is "$status $(suites "s['test'] if 'spread' in s['name'] else ''" | paste -sd ' ')" \
  "0 spread[t/2.sh] spread[t/1.sh] spread[t/3.sh] spread[t/4.sh] spread[t/5.sh]" "both make one report with all tests"
is "$(grep -c 'spread\[t/..sh\]" : [0-9]' new.json)" 5 "and say how long each test took"
ok "down" seedbed -q down s
is "$(leftovers)" '' "nothing is left"
done_testing
