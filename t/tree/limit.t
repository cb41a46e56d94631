#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A test that hangs is ended, and it is said where it was; the status of others is kept, and how long each took
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cat >"$tmp/hangs.t" <<END
. '$top/t/lib/test.sh'
at_exit 'touch $tmp/cleaned-up'
result 0 first
forever() { sleep 1000; }
run forever
result 0 second
END
run env srcdir="$top" SEEDBED_TEST_LIMIT=4 "$top/t/lib/limit.sh" bash "$tmp/hangs.t"
is "$status" 124 "a test that hangs is ended"
[[ $out == $'ok 1 - first\nBail out! bash did not end within 4 s: after test 1, in \'sleep 1000\' (lines '*$' 5 0)\n# bash took '*' s' ]]
result $? "it is said where it was" || note "$out"
ok "it could clean up" test -e "$tmp/cleaned-up"
run "$top/t/lib/limit.sh" bash -c 'echo "1..0 # SKIP why"; exit 3'
is "$status ${out/took * s/took N s}" $'3 1..0 # SKIP why\n# bash took N s' "the output and the status of others are kept"
"$top/t/lib/limit.sh" bash -c "touch '$tmp/begun'; exec sleep 1000" &
limit=$!
wait_for 60 test -e "$tmp/begun"
kill -TERM $limit
wait $limit
is $? 143 "a signal is passed on"
done_testing
