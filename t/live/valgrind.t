#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# valgrind finds no fault in lint, tap, xml and list
. "${srcdir:-.}/t/lib/live.sh"
command -v valgrind >/dev/null || skip_all 'valgrind not found'
export G_SLICE=always-malloc

# clean WHAT STATUS ARGUMENT...: seedbed under valgrind ends with STATUS
clean()
{
  run valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
    --suppressions="$top/t/lib/valgrind.supp" seedbed "${@:3}"
  is "$status" "$2" "$1" || note "$err"
}

need_pocket
fleet v 1
ok 'there is a machine' seedbed -q up --no-wait "$tmp/v.yaml"
ok 'it leaves the CPU to the test' virsh -q suspend v-m-1
clean lint 2 lint "$top"/t/data/lint/*.yaml
clean 'lint of MIME' 2 lint "$top"/t/data/fuzz/lint/*
clean tap 1 tap "$top"/t/data/tap/*.tap
clean 'tap, as HTML' 1 tap --format html "$top"/t/data/tap/*.tap
clean xml 0 xml "$tmp/v.yaml"
clean list 0 list
clean 'list, as JSON' 0 list --format json
clean down 0 down v
is "$(leftovers)" '' 'nothing is left'
done_testing
