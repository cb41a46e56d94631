#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `seedbed tap`: its input, its output in each format, and its exit status.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

# tap STREAM ARGUMENT...: sets the filter's $status, $out and $err; STREAM is a format of printf
tap()
{
  # shellcheck disable=SC2059
  printf "$1" >"$tmp/stream"
  shift
  run seedbed tap "$@" <"$tmp/stream"
}

tap '1..2\nok 1 - a\nok 2 # SKIP no\n'
is "$status:$err" 0: 'all passed: exit 0, nothing on stderr'
[[ $out =~ ^'stdin: passed: 2 tests, 1 passed, 1 skipped ('[0-9]+' ms)'$ ]]
result $? 'and one line that says so' || note "$out"
tap '1..0 # SKIP no net\n'
is "$status" 0 'all skipped: exit 0'
contains "$out" 'stdin: skipped: no net' 'the reason is shown'
tap '1..2\nok 1\nnot ok 2 - two\n# expected 5, got 6\n'
is "$status:$err" 1: 'a test failed: exit 1'
contains "$out" 'stdin: not ok 2 - two
    expected 5, got 6
stdin: FAILED: 2 tests, 1 passed, 1 failed' 'which one, and its diagnostics'
tap 'ok 1\n'
is "$status" 1 'no plan: exit 1'
contains "$out" 'stdin: there is no plan' 'the report says so'
contains "$out" 'stdin: NOT TO BE TRUSTED: 1 test, 1 passed' 'the verdict follows from it'
tap ''
is "$status" 1 'nothing at all: exit 1'
tap '1..1\nok 1\n' --status 0
is "$status" 0 'the exit status agrees: exit 0'
tap '1..1\nok 1\n' --status 137
is "$status" 1 'the exit status disagrees: exit 1'
contains "$out" 'stdin: no test failed, but the command exited with 137: killed by signal 9' 'in words'
# The first line is longer than the pipe: the sleep begins when seedbed reads.
run seedbed tap --format junit < <(printf '# %070000d\n1..2\nok 1\n' 0; sleep 1; echo ok 2)
[[ $out == *'name="test 2" classname="stdin" time="'[0-9.]*[1-9]* && $out != *'name="test 2" classname="stdin" time="0.0'* ]]
result $? 'a test that writes into the pipe is measured' || note "$out"
tap '1..1\nok 1\n' -q
is "$status:$out" 0: '-q: no output if all passed'
tap '1..1\nnot ok 1\n' -q
contains "$out" 'stdin: not ok 1 - test 1' '-q: the failed test is shown'

printf '1..1\nok 1\n' >"$tmp/good.tap"
printf '1..1\nnot ok 1\n' >"$tmp/bad.tap"
run seedbed tap "$tmp/good.tap" "$tmp/bad.tap"
is "$status:$out" "1:$tmp/bad.tap: not ok 1 - test 1
$tmp/good.tap: passed: 1 test, 1 passed
$tmp/bad.tap: FAILED: 1 test, 1 failed
2 suites: 1 passed, 1 FAILED; 2 tests, 1 passed, 1 failed" 'files, each with its name, and the totals'
run seedbed tap --name unit "$tmp/good.tap"
is "$out" 'unit: passed: 1 test, 1 passed' '--name'
run seedbed tap - <"$tmp/good.tap"
contains "$out" 'stdin: passed' '- is standard input'

for arguments in "$tmp/nosuch.tap" "$tmp" "$tmp/good.tap $tmp/nosuch.tap" '--format xml' \
  '--status 256' '--status x' "--status 0 $tmp/good.tap $tmp/bad.tap"; do
  # shellcheck disable=SC2086
  run seedbed tap $arguments <"$tmp/good.tap"
  is "$status:$out" 2: "${arguments//"$tmp"/…}: exit 2, nothing on stdout"
done
run seedbed tap "$tmp/nosuch.tap"
is "$err" "seedbed: cannot read '$tmp/nosuch.tap': No such file or directory" 'the message has the reason'

# Nothing that a guest prints is a command to the terminal or to a CI system.
hostile='1..2\n::error::a\nnot ok 1 - \033[2J\033]0;t\007x \xe2\x80\xae y\n ##[error]b\n##vso[c]d\r\n::e::\nnot ok 2\n'
for format in text html json junit tap; do
  tap "$hostile" --format $format --name $'::error::\n\033[1m'
  is "$status" 1 "hostile output as $format"
  LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|^\s*::|##(vso)?\[' "$tmp/run.out"
  is $? 1 'nothing of it gets through' || note "$(cat -v "$tmp/run.out")"
done

run bash -c "seedbed tap '$tmp/good.tap' >/dev/full"
is "$status" 3 'a report that cannot be written is a failure'
words=$(bash -c '. <(seedbed completion bash); COMP_WORDS=(seedbed tap --format "") COMP_CWORD=3
  _seedbed seedbed "" --format; echo "${COMPREPLY[*]}"')
is "$words" 'text html json junit tap' 'the formats are completed'

done_testing
