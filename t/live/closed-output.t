#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A reader that has had enough ends what was written for it; output that cannot be written is an error
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet c 1
ok "a machine" seedbed -q up "$tmp/c.yaml"

seedbed ssh c-m-1 -- "sudo sh -c 'while sleep 1; do echo tick >/dev/console; done' >/dev/null 2>&1 &"
ok "console ends with its reader" timeout 300 bash -c 'set -o pipefail; seedbed console c-m-1 </dev/null | head -n 1'
run timeout 300 bash -c 'seedbed console c-m-1 </dev/null >/dev/full'
is "$status" 3 "console, on a disk that is full: exit status 3"
contains "$err" "cannot write to standard output: No space left on device" "it says so"
ok "exec ends with its reader" \
  timeout 300 bash -c 'set -o pipefail; seedbed exec c -- "while sleep 1; do echo tock; done" | head -n 1'
# shellcheck disable=SC2317  # called by wait_for
is_over() { seedbed ssh c-m-1 -- "! pgrep -f '[t]ock'"; }
ok "and its command in the guest" wait_for 60 is_over
ok "down" seedbed -q down c
is "$(leftovers)" '' "nothing is left"
done_testing
