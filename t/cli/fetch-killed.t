#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image fetch that is killed at any moment, or has no room: the next one completes, and what is under
# the name of a digest has that digest
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
# shellcheck source=t/lib/fetch.sh
. "$top/t/lib/fetch.sh"

rounds=${FETCH_ROUNDS:-50}
make_file x.qcow2 3000000
serve
url=http://127.0.0.1:$port/slow/x.qcow2
digest=$(sha256 "$www/x.qcow2")
final=$downloads/sha256-$digest

killed=0 wrong=0 incomplete=0
for ((round = 0; round < rounds; round++)); do
  # The part of the round before is gone on with, or begun anew.
  [ $((round % 5)) != 0 ] || rm -rf "$downloads"
  rm -f "$final"
  seedbed -q image fetch --download-only "$url" --sha256 "$digest" >"$tmp/out" 2>&1 &
  fetching=$!
  sleep "0.$(printf '%03d' $((RANDOM % 900)))"
  ! kill -9 "$fetching" 2>/dev/null || killed=$((killed + 1))
  wait "$fetching" 2>/dev/null
  [ ! -e "$final" ] || cmp -s "$final" "$www/x.qcow2" || wrong=$((wrong + 1))
  if [ $((round % 5)) = 4 ]; then
    fetch "$url" --sha256 "$digest"
    [ "$status" = 0 ] && cmp -s "$final" "$www/x.qcow2" || incomplete=$((incomplete + 1))
  fi
done 2>/dev/null
note "$killed of $rounds were killed before they ended"
[ "$killed" -gt 0 ]
result $? "fetches were killed"
is "$wrong" 0 "never a wrong file under a final name"
is "$incomplete" 0 "the next fetch always completes"
contains "$(<"$www/requests")" "bytes=" "some of them went on where the killed one ended"
is "$(cached)" "sha256-$digest" "nothing else is left"

# ---- a signal that can be caught ----

# Larger: a signal must not come too late.
make_file y.qcow2 9000000
url=http://127.0.0.1:$port/slow/y.qcow2
digest=$(sha256 "$www/y.qcow2")
rm -rf "$downloads"
seedbed -q image fetch --download-only "$url" --sha256 "$digest" >"$tmp/out" 2>&1 &
fetching=$!
wait_for 30 grep -q . "$downloads/sha256-$digest.part"
result $? "a fetch is at work"
kill -TERM "$fetching"
wait "$fetching"
is $? 143 "SIGTERM: exit status 143"
contains "$(<"$tmp/out")" "stopped by SIGTERM" "and the message says that"
fetch "$url" --sha256 "$digest"
fetched y.qcow2 "after SIGTERM"

# ---- no room ----

rm -rf "$downloads"
mkdir -p "$downloads"
cat >"$tmp/full" <<'END'
mount -t tmpfs -o size=1m tmpfs "$1" || exit 77
shift
seedbed image fetch --download-only "$@"
code=$?
ls "$XDG_CACHE_HOME/seedbed/downloads"
exit $code
END
run unshare --mount -- bash "$tmp/full" "$downloads" "$url" --sha256 "$digest"
if [ "$status" = 77 ] || [[ $err == unshare:* ]]; then
  result 0 "a cache without room # SKIP may not mount a tmpfs here"
else
  is "$status:$out" 3: "a cache without room: fails, and nothing is left"
  contains "$err" "No space left on device; make room there" "it says so, and what to do"
fi
done_testing
