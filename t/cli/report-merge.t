#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `seedbed report merge`: parts and repetitions of a test become one report, and a part that is
# missing makes it fail. The parts are made of `seedbed tap`, whose JSON is of the same form.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$tmp" || exit 1

# part FILE SHARD TAP: a report of one suite; without SHARD ('') it is of a whole test
part()
{
  # shellcheck disable=SC2059,SC2094  # the name is not read as a file
  printf "$3" | seedbed tap --name "$1" --format json >"$1"
  [ -z "$2" ] || sed -i "s|\"properties\" : {|\"properties\" : { \"shard\" : \"$2\"|" "$1"
}

part one 1/3 '1..1\nok 1 - a\n'
part two 2/3 '1..1\nok 1 - b\n'
part three 3/3 '1..1\nok 1 - c\n'
run seedbed report merge three one two --json merged.json --junit merged.xml
is "$status:$err" 0: 'all parts passed: exit 0'
is "$(grep -E '^(not )?ok' <<<"$out" | paste -sd ' ')" 'ok 1 - one ok 2 - two ok 3 - three' \
  'standard output has TAP, the parts in their order'
ok 'perl agrees' prove --exec cat run.out
ok 'the JUnit file is valid' xmllint --noout --schema "$top/t/data/junit.xsd" merged.xml
run seedbed report merge merged.json --durations durations.json
is "$status" 0 'a merged report can be merged again'
keep_documents merged.json durations.json
sed 's/, *"kind" : "report"//; s/"kind" : "report"//; s/"format" : 1,/"format" : 1/' merged.json >older
run seedbed report merge older
is "$status:$(grep -c kind older)" 0:0 'a report of an older version, which has no kind, is read'
run seedbed report merge one three
is "$status" 1 'a part is missing: exit 1'
contains "$out" 'there is no report of part 2 of 3: its tests did not run, or their results are lost' 'which one'
part two 2/3 '1..1\nnot ok 1 - b\n'
run seedbed report merge one two three
is "$status" 1 'a test failed: exit 1'
contains "$out" 'not ok 2 - two' 'which one'

# Bad input: nothing is written.
rm -f new.json
printf '{"seedbed": {"format": 1, "kind": "durations"}, "durations": {}}' >kind
head -c 300 two >short
part other 1/2 '1..1\nok 1\n'
part whole '' '1..1\nok 1\n'
sed 's/"format" : 1/"format" : 9/' one >newer
sed 's/"result" : "failed"/"result" : "passed"/g' two >lies
for bad in 'short:' 'other:in 2 parts' 'whole:in 1 parts' 'newer:its format is 9' \
  "kind:it is a document of the kind 'durations', not a report" 'lies:contradicts' \
  '/dev/zero:is not a file' 'missing:No such file'; do
  run seedbed report merge one "${bad%%:*}" --json new.json
  is "$status" 2 "exit 2: ${bad%%:*}"
  [[ $err == "seedbed: "*"'${bad%%:*}'"*"${bad#*:}"* && ! -e new.json ]]
  result $? 'the error names the file, and no report is written' || note "$err"
done
run seedbed report merge
is "$status" 2 'no file: exit 2'
run seedbed report merge one --json /nonexistent/x
is "$status" 2 'a file that cannot be written: exit 2'

# test --shard without K/N: what the job says. The fleet file has no test, so nothing runs.
printf 'fleet: f\nimage: i\nmachines: {m: }\ntest: [{name: a, run: x}]\n' >f.yaml
shard() { run env -u SLURM_ARRAY_TASK_ID "$@"; }
shard SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=1 seedbed test f.yaml --shard
is "$status" 2 "a part without tests: exit 2"
contains "$err" 'this part has none of them' "the part comes from Slurm's variables"
shard SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_COUNT=2 seedbed test f.yaml --shard
is "$status" 2 'variables that say no part: exit 2'
contains "$err" 'SLURM_ARRAY_TASK_ID=9 and SLURM_ARRAY_TASK_COUNT=2 do not say a part' 'the error names them'
shard seedbed test f.yaml --shard
is "$status" 2 'no variables: exit 2'
contains "$err" 'write --shard=K/N' 'the error says what to do'
run seedbed test --shard=3/2 f.yaml
is "$status" 2 'a part out of range: exit 2'
printf '{"durations": {"a": "long"}}' >bad.json
run seedbed test --shard 1/1 --durations bad.json f.yaml
is "$status" 2 'bad durations: exit 2'
contains "$err" "the duration of 'a' is not a number of seconds" 'the error says which'
done_testing
