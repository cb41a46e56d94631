#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual of the library has everything that its headers declare.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
build=$(realpath "${builddir:-$top/build}")
[ -f "$build/Makefile" ] || skip_all "no build here ($build)"
type doxygen >/dev/null 2>&1 || skip_all 'doxygen not found'
unset MAKEFLAGS MFLAGS MAKELEVEL

ok "make doc: nothing is without documentation" make -C "$build" doc
manual=$build/doc/man/man3/seedbed.3
is "$(while read -r name; do grep -q "\\\\fB$name\\\\fP (" "$manual" || echo "$name"; done < <(sed -nE 's/^ (seedbed_[a-z_0-9]+)@.*/\1/p' "$top/src/seedbed/libseedbed.symbols"))" \
  '' "seedbed(3) has each function"
contains "$(lexgrog "$manual" 2>&1 || true; head -8 "$manual")" 'seedbed \- disposable test machines with libvirt, for programs' \
  "its name is one line, for apropos(1)"
grep -q 'seedbed_up' "$build/doc/html/group__seedbed.html"
result $? "the HTML too"
ok "make install-doc" make -C "$build" install-doc DESTDIR="$tmp/dest"
is "$(find "$tmp/dest" -path "*/man3/seedbed.3" -o -path "*/html/group__seedbed.html" | grep -c .)" 2 "it installs both"

mkdir "$tmp/bad"
cp "$top"/src/seedbed/*.h "$tmp/bad"
sed -i 's,^/\*\* The kind of EVENT. \*/$,,' "$tmp/bad/event.h"
run env HEADERS="$tmp/bad" STRIP="$tmp" OUTPUT="$tmp" VERSION=1 doxygen "$top/src/seedbed/Doxyfile"
[ "$status" != 0 ]
result $? "a function without documentation would be found"
contains "$err" "seedbed_event_get_kind" "and named"
done_testing
