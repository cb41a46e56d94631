#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# limit.sh: runs a test, says how long it took, and ends it if it hangs. Otherwise CI itself would be ended,
# and would not say where
#
# Usage: limit.sh TEST        SEEDBED_TEST_LIMIT is another limit, in seconds
set -u
case $1 in
*t/debian/* | *t/packages/* | *t/tree/tidy.t) seconds=2400 ;;
*) seconds=900 ;;
esac
seconds=${SEEDBED_TEST_LIMIT:-$seconds}
SEEDBED_TEST_PLACE=$(mktemp) || exit 1
export SEEDBED_TEST_PLACE
trap 'rm -f "$SEEDBED_TEST_PLACE"' EXIT
# All processes of the test get the signal, and t/lib/test.sh writes where it was. So they are a process
# group of their own, and Ctrl-C has to be passed on.
timeout -k 60 "$seconds" "$@" &
limited=$!
trap 'kill -s INT $limited' INT
trap 'kill -s TERM $limited' TERM HUP
wait $limited
status=$?
while kill -0 $limited 2>/dev/null; do
  wait $limited
  status=$?
done
[ $status != 124 ] && [ $status != 137 ] || echo "Bail out! $1 did not end within $seconds s: $(<"$SEEDBED_TEST_PLACE")"
echo "# $1 took $SECONDS s"
exit $status
