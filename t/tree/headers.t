#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every public function says what its caller must know: what FALSE or NULL means, who owns what it
# returns, and that its result must not be dropped. None has more than six parameters.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$top" || exit 1

command -v python3 >/dev/null || skip_all 'python3 not found'

for room in src/*/; do
  room=$(basename "$room")
  headers=(src/"$room"/*.h)
  [ -e "${headers[0]}" ] || continue
  findings=$(t/lib/check-headers.py "${headers[@]}" 2>"$tmp/count")
  is "$findings" '' "$room: the headers say what a caller must know ($(<"$tmp/count"))"
done

functions=$(t/lib/check-headers.py src/*/*.h 2>&1 >/dev/null)
[ "${functions% *}" -gt 500 ]
result $? "functions were found: $functions"

# finds PROTOTYPE PART WHAT: of PROTOTYPE, as a header, a finding has PART
finds()
{
  printf '%b\n' "$1" >"$tmp/bad.h"
  contains "$(t/lib/check-headers.py "$tmp/bad.h" 2>/dev/null)" "$2" "$3 would be found"
}
finds 'void sb_a(void);' 'documentation comment' 'a function without a comment'
finds '/** About b. */\n\nvoid sb_a(void);' 'documentation comment' 'a comment about something else'
finds 'struct A sb_a(void);' 'cannot be read' 'a function that the check does not understand'
finds '/** Does it. */\ngboolean sb_a(GError **error);' 'what FALSE means' 'FALSE without a meaning'
finds '/** Does it. */\nGPtrArray *sb_a(int a,\n  GError **error);' 'what NULL means' 'NULL without a meaning'
finds '/** FALSE if not. */\ngboolean sb_a(GError **error);' 'UNUSED' 'a result that can be dropped silently'
finds '/** A list. */\nGPtrArray *sb_a(void);' '(transfer full)' 'a pointer without an owner'
finds '/** A list. */\nvoid sb_a(int a, int b, int c,\n int d, int e, int f, int g);' '7 parameters' 'a long list of parameters'

done_testing
