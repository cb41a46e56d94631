#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two users with two checkouts run one fleet file at the same time, several times: with --fleet auto, no
# run meets another, and none leaves anything. SEEDBED_TEST_RUNS is the number of runs.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
runs=${SEEDBED_TEST_RUNS:-3}

# The other user is in libvirt's group, as its manual says for users of qemu:///system.
user=$(id -u nobody) || skip_all "no user 'nobody'"
group=$(stat -c %g /run/libvirt/libvirt-sock)
chmod 0711 "$tmp"
for name in root other; do
  mkdir -p "$tmp/$name/checkout" "$tmp/$name/state" "$tmp/$name/cache"
  fleet ci 1
  # shellcheck disable=SC2016  # the guest evaluates it
  printf 'test:\n  - { name: own, copy: { from: ., to: src }, run: "echo 1..1; echo ok 1 - $(cat src/who)" }\n' \
    >>"$tmp/ci.yaml"
  mv "$tmp/ci.yaml" "$tmp/$name/checkout"
  echo "$name" >"$tmp/$name/checkout/who"
done
chown -R "$user" "$tmp/other"
program=$(type -P seedbed)
cp "$program" "$tmp/seedbed"

# as NAME COMMAND...: in the checkout of that user; seedbed is $tmp/seedbed
as()
{
  local home=$tmp/$1 identity=()
  [ "$1" = root ] || identity=(setpriv --reuid "$user" --regid "$group" --clear-groups)
  shift
  (cd "$home/checkout" && exec "${identity[@]}" env HOME="$home" XDG_STATE_HOME="$home/state" \
    XDG_CACHE_HOME="$home/cache" XDG_RUNTIME_DIR="$home" "$@")
}

run as other "$tmp/seedbed" image list
is "$status" 0 "the other user reaches libvirtd, and sees the image" || note "$err"
pids=()
for ((i = 0; i < runs; i++)); do
  name=root
  [ $((i % 2)) = 0 ] || name=other
  as "$name" "$tmp/seedbed" test --fleet auto --json "$i.json" ci.yaml >"$tmp/$i.out" 2>"$tmp/$i.err" &
  pids+=($!)
done
for ((i = 0; i < runs; i++)); do
  wait "${pids[i]}"
  is "$?" 0 "run $i passes" || note "$(tail -n 20 "$tmp/$i.err")"
  contains "$(<"$tmp/$i.out")" "ok 1 - $([ $((i % 2)) = 0 ] && echo root || echo other)" "with the files of its checkout"
done
keep_documents "$tmp"/*/checkout/*.json
is "$(python3 -c 'import json, sys
print(len({json.load(open(file))["properties"]["fleet"] for file in sys.argv[1:]}))' "$tmp"/*/checkout/*.json)" "$runs" \
  "each run had a fleet of its own"
is "$(leftovers)" '' "nothing is left"
is "$(find "$tmp"/*/state -name .evidence -prune -o -type f -print)" '' "nor in the folders of the users"
done_testing
