#!/bin/bash
# The folders of src/ are the architecture: an include points to its own layer or below.
set -u
cd "${srcdir:-.}/src" || exit 1
declare -A rank=([base]=0 [model]=1 [host]=2 [fleet]=3 [cli]=4)
count=0

# report WHAT FINDINGS: ok if there are none
report()
{
  count=$((count + 1))
  [ -z "$2" ] || printf 'not '
  echo "ok $count - $1"
  [ -z "$2" ] || printf '# %s\n' "${2//$'\n'/$'\n# '}"
}

for layer in base model host fleet cli; do
  upward=''
  while IFS=: read -r file _ include; do
    to=${include#*\"}
    to=${to%%/*}
    [ -n "${rank[$to]:-}" ] || upward+="$file includes $include: not by its layer"$'\n'
    [ "${rank[$to]:-0}" -le "${rank[$layer]}" ] || upward+="$file: $include"$'\n'
  done < <(grep -rnE '^#include "' "$layer")
  report "$layer/ includes nothing above itself" "$upward"
done

report "the library does not print, exit or read argv" \
  "$(grep -rnE '\b(printf|puts|fputs|perror|exit|abort|g_print|g_printerr) *\(' base model host fleet |
    grep -vE 'g_strdup_v?printf|g_string_append_printf|fprintf_s')"
report "a command does not use another command" "$(grep -nE '#include "cli/cmd-' cli/*.[ch])"
report "every header has a @file paragraph and is guarded" \
  "$(for header in */*.h; do
    if ! grep -q '@file' "$header" || ! grep -q '#pragma once' "$header"; then echo "$header"; fi
  done)"
report "no goto, no system(), no unescaped XML, no unpinned ssh" \
  "$(grep -rnE '\bgoto\b|\bsystem *\(|\bxmlNewChild *\(|StrictHostKeyChecking[= ]no' . --include='*.[ch]' |
    grep -v 'Not xmlNewChild')"
echo "1..$count"
