#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# up is killed at any instruction: down removes all that it left, and another up completes it
. "${srcdir:-.}/t/lib/live.sh"

# killed_up OPTION...: an up that is killed after a random time; sets $delay
killed_up()
{
  local ms=$((RANDOM % 1500)) pid
  delay=$(printf '%d.%03d s' $((ms / 1000)) $((ms % 1000)))
  seedbed up "$@" "$tmp/k.yaml" >/dev/null 2>&1 &
  pid=$!
  sleep "${delay% s}"
  kill -9 $pid 2>/dev/null
  wait $pid 2>/dev/null
}

need_pocket
fleet k 3

for ((round = 1; round <= 20; round++)); do
  if ((round % 4)); then option=--no-wait; else option=--quiet; fi
  killed_up $option
  ok "up $option, killed after $delay: down succeeds" seedbed down k
  is "$(leftovers)" "" "and nothing is left"
done

for ((round = 1; round <= 5; round++)); do
  killed_up --no-wait
  ok "up, killed after $delay: up again succeeds" seedbed up --no-wait "$tmp/k.yaml"
  is "$(virsh -q list --all | awk '{ print $2, $3 }' | sort | paste -sd,)" \
    "k-m-1 running,k-m-2 running,k-m-3 running" "and all machines run, once each"
  is "$(find /var/lib/libvirt/seedbed -name 'k-*' -printf '%f\n' | grep -cv console.log)" 6 "with two volumes each"
  seedbed -q down k
  is "$(leftovers)" "" "and nothing is left"
done
done_testing
