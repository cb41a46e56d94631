#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The installed library: programs compile with pkg-config alone, in C and C++, shared and static. It
# shows only what its headers declare, and lives beside other users of libvirt and of GLib's main loop.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
build=$(realpath "${builddir:-$top/build}")
[ -f "$build/Makefile" ] || skip_all "no build here ($build)"
! grep -q '^SANITIZER_FLAGS = .*fsanitize' "$build/Makefile" || skip_all 'a build with sanitizers is no library'
unset MAKEFLAGS MFLAGS MAKELEVEL

ok "make install" make -C "$build" install DESTDIR="$tmp/installed"
include=$(dirname "$(find "$tmp/installed" -path '*/include/seedbed')")
lib=$(dirname "$(find "$tmp/installed" -name libseedbed.so)")
mkdir "$tmp/pc" "$tmp/work"
cd "$tmp/work" || exit 1

# Only the .pc files that do not belong to a library that the headers do not show.
for path in $(pkg-config --variable pc_path pkg-config | tr : ' '); do
  find "$path" -name '*.pc' 2>/dev/null
done | grep -vE '/(json-glib|libvirt|libxml|yaml|libarchive|libssh|gnutls|libcurl)[^/]*$' | xargs -I{} cp -n {} "$tmp/pc"
sed "s,^prefix=.*,prefix=${include%/include}," "$lib/pkgconfig/seedbed.pc" >"$tmp/pc/seedbed.pc"
export PKG_CONFIG_LIBDIR=$tmp/pc LD_LIBRARY_PATH=$lib
run pkg-config --cflags --libs seedbed
is "$status $err" "0 " "pkg-config needs only GLib"
read -ra flags <<<"$out"
lacks "$out" -lvirt "programs are not linked with what the library uses"
strict=(-Wall -Wextra -Wno-unused-parameter -Werror)

# ---- the headers ----

for header in "$include"/seedbed/*.h; do
  name=seedbed/${header##*/}
  echo "#include <$name>" >header.c
  ok "$name stands alone in C" gcc "${strict[@]}" -pedantic -std=c11 -c header.c "${flags[@]}"
done
cat >program.cc <<'END'
#include <seedbed/seedbed.h>
int main()
{
    g_autoptr(GError) error = nullptr;
    g_autoptr(SeedbedFleet) fleet = seedbed_fleet_load("nosuch", nullptr, &error);
    if (fleet)
        return seedbed_up(nullptr, fleet, SEEDBED_UP_WARM | SEEDBED_UP_STRICT, nullptr, &error);
    return g_error_matches(error, SEEDBED_ERROR, SEEDBED_ERROR_INPUT) ? 0 : 1;
}
END
ok "a program in C++ compiles" g++ "${strict[@]}" -o program program.cc "${flags[@]}"
ok "and runs" ./program
is "$(for header in "$include"/seedbed/*.h; do cmp "$header" "$top/src/seedbed/${header##*/}"; done)" '' \
  "the headers are those of src/seedbed"
is "$(grep -lE '^struct|^typedef struct [A-Za-z]* *\{' "$include"/seedbed/*.h)" '' "they show no structure"
is "$(grep -ohE '^#include [<"][^>"]*' "$include"/seedbed/*.h | grep -vE '[<"](glib\.h|gio/gio\.h|seedbed/.*)')" '' \
  "they include only GLib"

# ---- the symbols ----

# exported LIBRARY NM-OPTION...: the names that it shows
exported() { nm --defined-only "${@:2}" "$1" | sed -nE 's/^[0-9a-f]+ [TDBR] ([a-z_0-9]+).*/\1/p' | sort; }
declared=$(sed -nE 's/^[A-Za-z].*[ *](seedbed_[a-z_0-9]+)\(.*/\1/p' "$include"/seedbed/*.h | sort)
[ "$(wc -l <<<"$declared")" -gt 30 ]
result $? "the headers declare functions: $(wc -l <<<"$declared")"
is "$(exported "$lib/libseedbed.so" -D)" "$declared" "the shared library shows them, and nothing else"
is "$(exported "$lib/libseedbed.a" -g)" "$declared" "the static library too"
is "$(nm -D --defined-only "$lib/libseedbed.so" | grep -c '@@SEEDBED_0$')" "$(wc -l <<<"$declared")" "each has a version"
is "$(objdump -p "$lib/libseedbed.so" | awk '$1 == "SONAME" { print $2 }')" libseedbed.so.0 "its soname"
run diff <(sed -nE 's/^ (seedbed_[a-z_0-9]+)@SEEDBED_0 .*/\1/p' "$top/src/seedbed/libseedbed.symbols") <(exported "$lib/libseedbed.so" -D)
is "$(grep '^<' <<<"$out")" '' "no symbol of the soname is gone"
is "$(grep '^>' <<<"$out")" '' "every new symbol is in src/seedbed/libseedbed.symbols"

# ---- beside other users of libvirt ----

# The program itself uses libvirt, and its own header files.
PKG_CONFIG_LIBDIR=$(PKG_CONFIG_LIBDIR='' pkg-config --variable pc_path pkg-config)
read -ra with_libvirt < <(PKG_CONFIG_LIBDIR=$tmp/pc:$PKG_CONFIG_LIBDIR pkg-config --cflags --libs seedbed libvirt)
ok "a program that uses libvirt compiles" gcc "${strict[@]}" -o user "$top/t/lib/library-user.c" "${with_libvirt[@]}"
for mode in plain thread glib; do
  run timeout 60 ./user $mode
  is "$status $out$err" "0 open: good 0
list: good 0
unknown: error 2
load: good 0
no pool: error 0
own errors: 0 of the library, 1 of the program" "it works ($mode): only its own errors reach its handler"
done
run timeout 60 ./user foreign
is "$status $out$err" "0 open: error 9
own errors: 0 of the library, 1 of the program" "an event loop that GLib does not run is refused, and the program goes on"
read -ra static < <(PKG_CONFIG_LIBDIR=$tmp/pc:$PKG_CONFIG_LIBDIR pkg-config --static --cflags --libs seedbed)
ok "a static program is linked" g++ -o static program.cc "${static[@]/#-lseedbed/-l:libseedbed.a}"
is "$(ldd static | grep -c libseedbed) $(env -u LD_LIBRARY_PATH ./static; echo $?)" "0 0" "and runs without the shared library"

done_testing
