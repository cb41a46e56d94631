#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# We read YAML like PyYAML, which cloud-init uses. Each scalar of t/data/yaml-scalars, at each place
# where a scalar can stand, has the same value for both, or is an error for both.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
print_yaml=$(realpath "${builddir:-$top/build}")/t/lib/print-yaml

/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all 'PyYAML not found (python3-yaml)'
[ -x "$print_yaml" ] || skip_all "$print_yaml not found: 'make check' builds it"

# same WHAT FILE...: both read the same value from each
same()
{
  local what=$1
  shift
  "$print_yaml" "$@" >"$tmp/ours"
  /usr/bin/python3 "$top/t/lib/yaml-as-python.py" "$@" >"$tmp/theirs"
  is "$(wc -l <"$tmp/ours") $(wc -l <"$tmp/theirs")" "$# $#" "$what: $# documents are read"
  cmp -s "$tmp/ours" "$tmp/theirs"
  result $? "$what: as PyYAML reads them" || note "$(paste <(printf '%s\n' "$@") "$tmp/ours" "$tmp/theirs" |
    awk -F '\t' '$2 != $3 { print $1, "ours:", $2, "PyYAML:", $3; system("cat " $1) }' | head -n 60)"
}

# place NAME FORMAT: makes a document for each scalar
place()
{
  mkdir "$tmp/$1"
  # shellcheck disable=SC2016
  perl -ne 'BEGIN { ($dir, $format) = splice @ARGV, 0, 2; $format =~ s/\\n/\n/g }
    chomp; open my $file, ">", "$dir/$." or die; printf $file $format, $_' "$tmp/$1" "$2" \
    "$top/t/data/yaml-scalars"
  same "$1" "$tmp/$1"/*
}

place value 'a: %s\n'
place text '%s\n'
place item '- %s\n'
place flow-item '[%s ]\n'
place flow-key '{%s : 1}\n'
place flow-value '{a: %s }\n'
place key '%s: x\n'
place comment 'a: %s # c\n'
place next-line 'a:\n  %s\n'
place block 'a: |\n  %s\n'
place folded 'a: >-\n  %s\n  x\n'
place tight-value '{a:[%s]}\n'
place tight-key '{%s:{}}\n'
place block-comment 'a: |#%s\n'
place block-title 'a: > #%s\n  x\n'
place quoted "a: '%s'\n"
place double-quoted 'a: "%s"\n'
for tag in str int float bool null timestamp binary seq map set python/unicode; do
  place "${tag/\//-}" "a: !!$tag %s\n"
done
place unspecific 'a: ! %s\n'
place unspecific-quoted 'a: ! "%s"\n'
place own 'a: !own %s\n'

# texts: files of the lines on stdin, in which '\n' ends a line
texts()
{
  local number=0
  mkdir "$tmp/$1"
  while IFS= read -r line; do
    number=$((number + 1))
    printf '%b\n' "$line" >"$tmp/$1/$number"
  done
  same "$1" "$tmp/$1"/*
}

texts brackets <<'END'
{a:[x]}
{a:[x], b:{c:d}, e:[]}
[a:[x], http://x:80/, b:{}]
{"a":[x], 'b':{c: d}}
{url: http://example.com:80/x, other: https://[::1]/}
{url: http://example.com/?a=b}
{http://x/a:[b], http://y:{}}
{a: b:[x]}
{a:, b:}
[1::, ::]
[a:]
{ä:[x], ö:{ü:[ß]}}
x: {a:[x],\n  b:[y],\n  c:[z]}
a:[x]
END
texts block-headers <<'END'
a: |#c\n  x
a: >#c\n  x
a: |-#c\n  x
a: >2#c\n    x
a: |+2#c\n    x
a: | #c\n  x
a: |  # c\n  x
a: |\t# c\n  x
a: |\t\n  x
a: !!str |#c\n  x
a: &b !!str\n  |#c\n  x
- |#c\n  x
a: '|#c'
a: b|#c
a: |\n  |#c\nb: |#c\n  x
ä: ö\nb: >#c\n  x
END
same documents "$top"/t/data/lint/*.yaml "$top"/t/data/lint/network/*.yaml "$top"/cloud-init/*.yaml "$top"/domains/*.yaml

done_testing
