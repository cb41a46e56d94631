#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# clang-tidy finds no fault in the C sources; .clang-tidy says which checks it makes. This takes
# minutes, so that `make check-tidy` runs it and `make check` does not.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
build=$(realpath "${builddir:-$top/build}")
unset MAKEFLAGS MFLAGS MAKELEVEL

command -v clang-tidy >/dev/null || skip_all 'clang-tidy not found'
[ -f "$build/config.h" ] || skip_all "$build/config.h not found: 'make' writes it"
read -ra flags < <(make -s -C "$build" compile-flags)
[ ${#flags[@]} -gt 5 ]
result $? "the flags of the compiler are known: ${#flags[@]} words"

# tidy FILE...: what clang-tidy finds in them, on all CPUs
tidy()
{
  # shellcheck disable=SC2016  # the inner shell expands them
  (cd "$build" && printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" bash -c \
    'clang-tidy --quiet --config-file="$0" "${@: -1}" -- "${@:1:$#-1}" || exit 1' \
    "$top/.clang-tidy" "${flags[@]}" 2>"$tmp/log")
}

mapfile -t files < <(find "$top/src" -name '*.c' | sort)
[ "${#files[@]}" -gt 100 ]
result $? "C files were found: ${#files[@]}"
tidy "${files[@]}" >"$tmp/findings"
result $? 'clang-tidy finds no fault in them' || note "$(cat "$tmp/findings" "$tmp/log")"

cat >"$tmp/bad.c" <<'END'
#include <string.h>
int compare(const char *a, const char *b);
int compare(const char *a, const char *b) { return strcmp(a, b) == 0 ? *(int *)NULL : 0; }
END
contains "$(tidy "$tmp/bad.c")" 'NullDereference' 'a fault would be found'

done_testing
