#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every C file has the layout that .clang-format says.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$top" || exit 1

command -v clang-format >/dev/null || skip_all 'clang-format not found'
version=$(clang-format --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
[ "$version" = 14 ] || skip_all "clang-format is version $version, but version 14 decides the layout"

mapfile -t files < <(find src t scripts -name '*.[ch]' | sort)
[ "${#files[@]}" -gt 100 ]
result $? "C files were found: ${#files[@]}"
for file in "${files[@]}"; do
  clang-format --dry-run -Werror "$file" 2>"$tmp/log" || printf '%s\n' "$(head -n 3 "$tmp/log")"
done >"$tmp/differences"
is "$(<"$tmp/differences")" '' 'all of them are formatted (else: clang-format -i FILE)'
printf 'int  a;\n' >"$tmp/bad.c"
! clang-format --style="file:$top/.clang-format" --dry-run -Werror "$tmp/bad.c" 2>/dev/null
result $? 'a file with another layout would be found'

done_testing
