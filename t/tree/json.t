#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The JSON for programs: the code, the schema and the manual know the same kinds of documents and the same
# members, and the check that other tests use for their documents finds mistakes.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

schema=$top/src/cli/seedbed.schema.json
manual=$top/src/man/seedbed-json.5

# in_schema EXPRESSION: the words that Python makes of the schema, called s, or of all its members, called all
in_schema()
{
  # shellcheck disable=SC2016  # python's dollars
  python3 -c '
import json, sys
def members(schema):
    parts = schema.get("properties", {})
    yield from parts
    for part in [*parts.values(), schema.get("items"), schema.get("additionalProperties")]:
        yield from members(part) if part else ()
s = json.load(open(sys.argv[1]))
all = [name for part in s["$defs"].values() for name in members(part)]
print(*sorted(set(eval(sys.argv[2]))), sep="\n")' "$schema" "$1"
}

kinds=$(in_schema 's["properties"]["seedbed"]["properties"]["kind"]["enum"]')
is "$(grep -rhoE 'sb_json_document\(.*"\)' "$top/src" | grep -oE '"[a-z_]+"' | tr -d \" | sort -u)" "$kinds" \
  'the schema has the kinds that the code prints'
is "$(sed -nE 's/^\.It Sy (.*)/\1/p' "$manual" | sort)" "$kinds" 'seedbed-json.5 has them too'
words=$(sed -nE 's/^\.(Pq with )?(Va|Pq Va|Pq with Va) //p' "$manual" | tr -s ' ,;)' '\n')
missing=$(comm -23 <(in_schema all | sort) <(sort -u <<<"$words"))
is "$missing" '' 'and all members'
is "$(in_schema all | grep -vxE '[a-z][a-z0-9_]*')" '' 'names of members are snake_case'

# shellcheck disable=SC2016  # python's
events=$(in_schema 's["$defs"]["event"]["properties"]["event"]["enum"]')
is "$(grep -oE '^    SB_EVENT_[A-Z_]+' "$top/src/model/event.h" | tr -d ' ' | sort)" \
  "$(grep -oE '\[SB_EVENT_[A-Z_]+\]' "$top/src/cli/event-json.c" | tr -d '[]' | sort)" 'each event has a name in JSON'
is "$(sed -nE 's/^    \[SB_EVENT_.*\] = \{"([a-z_]+)".*/\1/p' "$top/src/cli/event-json.c" | sort)" "$events" 'which the schema has'

# wrong WHAT TEXT DOCUMENT...: the check says TEXT about these lines
wrong()
{
  local what=$1 text=$2
  shift 2
  printf '%s\n' "$@" >"$tmp/document"
  contains "$("$top/t/lib/check-documents.py" "$schema" "$tmp/document" 2>&1)" "$text" "$what"
}
head='"seedbed": {"format": 1, "kind": "durations"}'
is "$("$top/t/lib/check-documents.py" "$schema" <(echo "{$head, \"durations\": {\"a\": 1.5}}"))" '' 'a good document'
wrong 'a member that is missing is found' "'durations' is a required property" "{$head}"
wrong 'a member that nobody knows is found' "'more' was unexpected" "{$head, \"durations\": {}, \"more\": 1}"
wrong 'a value of another type is found' "is not of type 'number'" "{$head, \"durations\": {\"a\": \"b\"}}"
wrong 'so is a wrong line after a good one' "is not of type 'object'" "{$head, \"durations\": {}}" "{$head, \"durations\": 1}"
wrong 'a kind that nobody knows is found' 'is not one of' '{"seedbed": {"format": 1, "kind": "x"}}'
wrong 'what is not JSON is found' 'Expecting' '{'
done_testing
