#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs that were compiled against the installed library alone, with real machines: the examples, and
# one that calls each function
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
build=$(realpath "${builddir:-$top/build}")
unset MAKEFLAGS MFLAGS MAKELEVEL
ok "make install" make -C "$build" install DESTDIR="$tmp/dest"
examples=$(find "$tmp/dest" -path '*/examples/scripts/library')
prefix=$(dirname "$(dirname "$(find "$tmp/dest" -path '*/include/seedbed')")")
export LD_LIBRARY_PATH=$prefix/lib PKG_CONFIG_PATH=$tmp
sed "s,^prefix=.*,prefix=$prefix," "$prefix/lib/pkgconfig/seedbed.pc" >"$tmp/seedbed.pc"
mkdir "$tmp/work"
cd "$tmp/work" || exit 1
read -ra flags < <(pkg-config --cflags --libs seedbed)
for program in "$examples"/*.c "$top/t/lib/library-live.c"; do
  ok "${program##*/} compiles" gcc -Wall -Wextra -Wno-unused-parameter -Werror -o "$(basename "$program" .c)" "$program" "${flags[@]}"
done
[ "$(wc -l <"$examples/four-machines.c")" -le 60 ]
result $? "the example with four machines has at most 60 lines"

need_pocket
IMAGE=pocket run timeout 300 ./fresh-machines --tap
is "$status $(grep -c '^ok ' <<<"$out")" "0 2" "a test program gives each test case a fresh machine" || note "$out$err"
run timeout 300 ./four-machines pocket 'echo 42; exit 5'
is "$status $(sed -E 's/^four-[0-9a-f]+-m-([1-4]): 42$/\1/' <<<"$out" | sort | paste -sd ' ')" "5 1 2 3 4" \
  "a program runs a command in four machines" || note "$out$err"
run timeout 60 ./four-machines nosuch true
is "$status" 3 "an image that does not exist is an error"
contains "$err" "nosuch" "which names it"
mkdir folder
run timeout 300 ./library-live folder
is "$status $out$err" "0 " "each function works, from a thread beside the main loop"
is "$(find folder -name kept | grep -c .)" 1 "and artifacts were fetched"
is "$(leftovers | grep -v 'volume warm-')" '' "nothing but the warm image is left"
done_testing
