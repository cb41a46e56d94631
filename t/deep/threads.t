#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ThreadSanitizer finds no race in import, up, exec, copy, test and down of 8 machines, and in a look at one
. "${srcdir:-.}/t/lib/live.sh"
build=$(realpath "${builddir:-$top/build}")
grep -q '^SANITIZER_FLAGS = .*=thread' "$build/Makefile" || skip_all 'the program was not built with --enable-sanitizers=thread'

read -ra flags < <(pkg-config --cflags glib-2.0)
${CC:-cc} -shared -fPIC "${flags[@]}" -o "$tmp/tsan-glib.so" "$top/t/lib/tsan-glib.c" -ldl || exit 1
export TSAN_OPTIONS="suppressions=$top/t/lib/tsan.supp log_path=$tmp/race"

# calm WHAT ARGUMENT...: seedbed succeeds, and has no race
calm()
{
  rm -f "$tmp"/race.*
  run env LD_PRELOAD="$tmp/tsan-glib.so" seedbed "${@:2}"
  is "$status" 0 "$1" || note "$err"
  compgen -G "$tmp/race.*" >"$tmp/races"
  is "$(xargs -r cat <"$tmp/races")" '' "$1: no race"
}

calm import image import pocket "$pocket"
fleet t 8
printf 'test:\n  - { name: works, run: "true", results: exit }\n' >>"$tmp/t.yaml"
calm up -q up "$tmp/t.yaml"
calm exec exec t -- hostname
calm 'copy, to all machines' copy "$tmp/t.yaml" t:/tmp/
calm 'copy, from a machine' copy t-m-1:/tmp/t.yaml "$tmp/back/"
calm status status t-m-1
calm evidence evidence t-m-2 -o "$tmp/evidence.tar.gz"
calm list list
calm 'test, on machines that run' test "$tmp/t.yaml"
calm down down t
is "$(leftovers)" '' 'nothing is left'
calm 'up, without a wait' up --no-wait "$tmp/t.yaml"
calm 'down, in the middle of the boots' down t
is "$(leftovers)" '' 'nothing is left then'
done_testing
