#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The folders of src/ are rooms: each includes only the rooms that the table allows, and there is no
# cycle: neither between rooms, nor between modules, nor between object files.
set -u
objects=$(realpath "${builddir:-${srcdir:-.}/build}/src")
cd "${srcdir:-.}/src" || exit 1
count=0

# ROOM: the rooms that it may include, beside itself. A room stands below the rooms that it includes.
allowed=(
  'base:'
  'tap: base'
  'cloud-init: base'
  'fleet-file: base'
  'model: base fleet-file'
  'local: base'
  'libvirt: base fleet-file model'
  'guest: base cloud-init fleet-file libvirt local model'
  'image: base fleet-file libvirt local model'
  'rules: base cloud-init fleet-file guest libvirt local model'
  'diagnose: base cloud-init fleet-file image libvirt local model rules'
  'doctor: base diagnose image libvirt local model rules'
  'wait: base cloud-init diagnose fleet-file guest image libvirt local model rules'
  'machine: base cloud-init diagnose fleet-file guest libvirt local model rules'
  'creation: base cloud-init diagnose fleet-file guest image libvirt local machine model wait'
  'build: base creation fleet-file guest image libvirt machine model'
  'fleet: base cloud-init creation diagnose fleet-file guest image libvirt local machine model wait'
  'test: base creation fleet fleet-file guest libvirt local machine model tap wait'
  'seedbed: base creation fleet fleet-file libvirt machine model test'
  'cli: base build cloud-init diagnose doctor fleet fleet-file image libvirt local machine model rules tap test'
)

# report WHAT FINDINGS: ok if there are none
report()
{
  count=$((count + 1))
  [ -z "$2" ] || printf 'not '
  echo "ok $count - $1"
  [ -z "$2" ] || printf '# %s\n' "${2//$'\n'/$'\n# '}"
}

# includes FILE...: "FILE INCLUDED" for each include of a file of ours
includes()
{
  grep -noE '^#include "[^"]+"' "$@" /dev/null | sed -E 's/^([^:]*):[0-9]+:#include "(.*)"/\1 \2/'
}

# cycle: the cycles that tsort finds in the pairs on stdin
cycle()
{
  { tsort >/dev/null; } 2>&1
}

# modules: pairs of files from stdin as pairs of modules (a header and its source are one module)
modules()
{
  sed -E 's/\.[cho]( |$)/\1/g' | awk '$1 != $2 && !seen[$0]++'
}

# needed: "OBJECT OBJECT" for each symbol that the first needs and the second has. A build folder may
# have objects whose source is gone.
needed()
{
  printf '%s\n' "${files[@]}" | sed -n 's/c$/o/p' | (cd "$objects" && xargs nm -A) |
    sed -E 's/^([^:]*):.* ([A-Za-z]) ([^ ]+)$/\1 \2 \3/' |
    awk '$2 == "U" { needs[$1 " " $3] = 1 }
      $2 ~ /[A-TV-Z]/ { has[$3] = $1 }
      END { for (pair in needs) { split(pair, part); if (part[2] in has) print part[1], has[part[2]] } }'
}

mapfile -t files < <(find . -name '*.[ch]' -printf '%P\n' | sort)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
includes "${files[@]}" >"$tmp/includes"
included()
{
  cat "$tmp/includes"
}

rooms=$(printf '%s\n' "${allowed[@]%%:*}" | sort)
report "the table has every room, and no other" \
  "$(diff <(printf '%s\n' */ | tr -d / | grep -vx man | sort) <(echo "$rooms") | grep '^[<>]')"

for line in "${allowed[@]}"; do
  room=${line%%:*}
  unwanted=''
  while read -r file include; do
    [[ " $room ${line#*:} " = *" ${include%%/*} "* ]] || unwanted+="$file includes $include"$'\n'
  done < <(included | grep "^$room/")
  report "$room/ includes only the rooms that it may" "${unwanted%$'\n'}"
done

report "no pair of the table is without use" "$(
  for line in "${allowed[@]}"; do
    for other in ${line#*:}; do
      included | grep -q "^${line%%:*}/[^ ]* $other/" || echo "${line%%:*}: $other"
    done
  done)"
report "the rooms have no cycle" \
  "$(for line in "${allowed[@]}"; do for other in ${line#*:}; do echo "${line%%:*} $other"; done; done | cycle)"
report "the files have no cycle" "$(included | cycle)"
report "the modules have no cycle" "$(included | modules | cycle)"
needed | modules >"$tmp/needed"
report "the object files have no cycle" "$(cycle <"$tmp/needed")"
report "the object files were found" "$([ "$(wc -l <"$tmp/needed")" -gt 300 ] || head "$tmp/needed")"
report "a cycle would be found" "$([ -n "$(printf 'a b\nb c\nc a\n' | cycle)" ] || echo 'it was not')"

report "the library does not print, exit or read argv" \
  "$(grep -rnE '\b(printf|puts|fputs|perror|exit|abort|g_print|g_printerr) *\(' --include='*.[ch]' . |
    grep -v '^\./cli/' | grep -vE 'g_strdup_v?printf|g_string_append_printf|fprintf_s')"
report "only libvirt/ calls libvirt" \
  "$(grep -rnE '\bvir[A-Z][A-Za-z]+ *\(' --include='*.c' . | grep -v '^\./libvirt/' |
    grep -vE ':[0-9]+: *(/\*|\*) ')"
report "a command does not use another command" "$(grep -nE '#include "cli/cmd-' cli/*.[ch])"
report "every header has a @file paragraph with its room and its threads, and is guarded" \
  "$(for header in */*.h; do
    for want in '@file' '#pragma once' "^ \* Room: ${header%%/*}[ .;(]" '^ \* Threads: '; do
      grep -q -- "$want" "$header" || echo "$header: no '$want'"
    done
  done)"
report "every source and script names its licence in its first lines" \
  "$(find .. \( -name build -o -name data -o -name '.git' -o -name build-aux \) -prune -o \
    \( -name '*.[ch]' -o -name '*.sh' -o -name '*.t' -o -name '*.py' \) -print |
    while read -r file; do
      head -n 2 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' || echo "$file"
    done)"
report "only base/retry sleeps, and only base/loop runs the main loop" \
  "$(grep -rnE '\b(g_usleep|usleep|sleep|g_main_loop_run|g_main_context_iteration) *\(' --include='*.[ch]' . |
    grep -v '^\./base/loop\.c:')"
report "no goto, no system(), no unescaped XML, no unpinned ssh" \
  "$(grep -rnE '\bgoto\b|\bsystem *\(|\bxmlNewChild *\(|StrictHostKeyChecking[= ]no' . --include='*.[ch]' |
    grep -v 'Not xmlNewChild')"
report "only base/workers makes threads: it has an error where the host gives none" \
  "$(grep -rnE '\bg_thread_(try_)?new *\(|\bg_thread_pool_new(_full)? *\(' --include='*.c' . | grep -v '^\./base/workers\.c:')"
echo "1..$count"
