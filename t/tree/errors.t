#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every error domain says which of its errors are bad input: the exit status of a command depends on it
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$top/src" || exit 1

declared=$(grep -rhoE '^GQuark (sb|seedbed)_[a-z0-9_]+_quark\(void\);' --include='*.h' . | grep -oE '(sb|seedbed)_[a-z0-9_]+_quark' | sort)
defined=$(grep -rhoE '^SB_DEFINE_ERROR\([a-z0-9_]+' --include='*.c' . | sed 's/.*(//; s/$/_quark/' | sort)
[ "$(wc -l <<<"$declared")" -gt 30 ]
result $? 'there are error domains'
is "$defined" "$declared" 'each is defined with SB_DEFINE_ERROR, which asks for the codes of bad input'
is "$(grep -rnE 'G_DEFINE_QUARK|g_quark_from' --include='*.[ch]' . | grep -v '^\./base/error\.')" '' \
  'every domain is made in this way'
done_testing
