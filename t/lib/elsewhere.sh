# SPDX-License-Identifier: LGPL-2.1-or-later
# elsewhere.sh: for live tests of `seedbed test` on a libvirt other than the system's of this host. Sourced
# after live.sh: . "${srcdir:-.}/t/lib/elsewhere.sh"
# shellcheck shell=bash
# shellcheck source=t/lib/test.sh
[ -n "${tmp:-}" ] || . "${srcdir:-.}/t/lib/test.sh"

# write_suite FOLDER: e.yaml there, with the files that it copies
write_suite()
{
  mkdir "$1/tree"
  echo content >"$1/tree/file"
  cat >"$1/e.yaml" <<'END'
fleet: e
defaults: { image: pocket, vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { m: { count: 2 } }
test:
  - name: passes
    copy: { from: tree, to: in }
    run: echo 1..1; echo "ok 1 - $(cat in/file)"; cp in/file out
    artifacts: out
  - { name: fails, run: echo 1..2; echo ok 1; echo not ok 2; echo "# why" }
  - { name: deals, spread: true, matrix: [a, b, c], results: exit, run: 'test "$SEEDBED_ITEM" != b' }
  - name: channel
    channel: true
    user: root
    run: printf '1..2\nok 1\n' >"$SEEDBED_RESULTS"; sleep 1; echo ok 2 - root >"$SEEDBED_RESULTS"
END
}

# check_suite FOLDER COMMAND...: COMMAND test, run in FOLDER, does all steps
check_suite()
{
  local folder=$1 name
  shift
  run "$@" test --json "$folder/r.json" --junit "$folder/r.xml" --artifacts "$folder/out" "$folder/e.yaml"
  is "$status" 1 "test ran, and what failed did" || note "$err"
  is "$(sed -n 's/^\(\(not \)*ok\) [0-9]* - [a-z0-9-]*\/\(.*\)/\3 \1/p' "$tmp/run.out" | sort | uniq -c | tr -s ' ' | paste -sd ';')" \
    " 2 channel ok; 1 deals[a] ok; 1 deals[b] not ok; 1 deals[c] ok; 2 fails not ok; 2 passes ok" "each step has its result"
  contains "$out" "ok 1 - content" "the copies were there"
  contains "$out" "ok 2 - root" "the results of the channel came"
  for name in e-m-1 e-m-2; do
    is "$(cat "$folder/out/$name/passes/out")" content "$name: the artifacts are fetched"
  done
  ok "the JUnit XML is valid" xmllint --noout --schema "$top/t/data/junit.xsd" "$folder/r.xml"
}

# check_restart FOLDER RESTART COMMAND...: COMMAND test goes on when RESTART kills its libvirtd in the
# middle and starts a new one
check_restart()
{
  local folder=$1 restart=$2 pid
  shift 2
  cat >"$folder/k.yaml" <<'END'
fleet: k
defaults: { image: pocket, vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { m: }
test:
  - name: waits
    channel: true
    user: root
    run: exec >"$SEEDBED_RESULTS"; printf '1..2\nok 1\n'; touch /tmp/begun; until [ -e /tmp/go ]; do sleep 1; done; echo ok 2
END
  "$@" up "$folder/k.yaml" 2>"$tmp/k.err" || note "$(<"$tmp/k.err")"
  "$@" test "$folder/k.yaml" >"$tmp/k.out" 2>"$tmp/k.err" &
  pid=$!
  wait_for 120 "$@" exec k -- test -e /tmp/begun
  $restart
  wait_for 60 grep -q 'libvirtd is back' "$tmp/k.err"
  result $? "test sees that another libvirtd is there" || note "$(<"$tmp/k.err")"
  ok "the guest is told to go on" "$@" exec k -- touch /tmp/go
  wait $pid
  is $? 0 "and goes on" || note "$(<"$tmp/k.err")
$(sed -n '/Subtest/,$p' "$tmp/k.out")"
  contains "$(<"$tmp/k.out")" "ok 2" "with all results of the channel"
  ok "down" "$@" -q down k
}
