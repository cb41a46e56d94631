#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files that are made to exhaust their reader end in an error that says why, within 100 MB.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
shopt -s lastpipe # so that the tests behind a '|' are counted
cd "$tmp" || exit 1

# times N TEXT: TEXT, N times
times()
{
  perl -e 'print $ARGV[1] x $ARGV[0]' "$1" "$2"
}

# peak COMMAND...: runs it, and prints its status and the KiB of memory at its peak
peak()
{
  python3 - "$@" <<'END'
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=open("out", "w"), stderr=open("err", "w")).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}

# A sanitizer needs memory of its own.
limit=$((100 * 1024))
! grep -q __asan_init "$(type -P seedbed)" || limit=$((1 << 30))

# refused NAME PART: the file on stdin ends in an error with PART in it
refused()
{
  local status kib
  cat >"$1"
  read -r status kib < <(peak seedbed lint "$1")
  is "$status" 2 "$1: exit 2"
  contains "$(head -c 1000 out)" "$1:" 'names the file'
  contains "$(cat out)" "$2" "and why: $2"
  [ "$kib" -lt $limit ]
  result $? "with $kib KiB"
}

# text TEXT: a cloud-config
text()
{
  printf '#cloud-config\n%s' "$1"
}

{
  text $'a: &a [x, x, x, x, x, x, x, x, x]\n'
  for letters in ab bc cd de ef fg gh hi; do
    echo "${letters:1}: &${letters:1} [$(times 9 "*${letters:0:1},")]"
  done
} | refused 'alias bomb' 'with its aliases written out this is more than 100000 values'
{
  text "x: &x {$(for ((i = 0; i < 400; i++)); do printf 'k%d: 1, ' $i; done)}"$'\ny: ['
  times 400 '{<<: *x},'
  echo ']'
} | refused 'merge bomb' 'with its aliases written out this is more than 100000 values'
for open in '[' '{a: ' '- '; do
  { text '' && times 200000 "$open"; } | refused "200000 times '$open'" 'nested more than 128 levels deep'
done
{ text '' && times 200000 '? '; } | refused "200000 times '? '" 'a mapping cannot be a key'
{ text '' && times 20000000 $'a: b\n'; } | refused '100 MB' 'is larger than 8 MiB'
{ text '' && times 1600000 $'a: b\n'; } | refused '8 MB' 'more than 100000 values'
{ text 'a: "' && times 8000000 x && printf '\0"'; } | refused '8 MB and a NUL' '2:8000005: there is a NUL byte'
head -c 1000000 /dev/zero | refused 'NULs' '1:1: there is a NUL byte'
for encoding in UTF-16 UTF-16LE UTF-16BE UTF-32; do
  # The encodings with a byte order in their name have no mark.
  [[ $encoding = *E ]] && why='there is a NUL byte' || why='the file is UTF-16'
  text 'a: b' | iconv -t "$encoding" | refused "$encoding" "$why"
done
{ text 'a: b' && times 100000000 '#'; } | gzip -1 | refused 'gzip bomb' 'larger than 16 MiB unpacked'
{ text 'swap: {size: "' && times 500000 1 && echo '"}'; } | refused 'long number' 'not all of it was checked'
{ text $'users:\n' && times 30000 $' - {nme: b}\n'; } | refused 'many mistakes' 'not all of it was checked'
{ text '' && for ((i = 0; i < 20000; i++)); do echo "%TAG !a$i! tag:x,2000:"; done; } |
  refused 'many tags' "more than 32 lines that begin with '%'"
{
  printf 'Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n'
  times 500000 $' x\n'
} | refused 'long header' "no line is '--b'"
{
  printf 'Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n\n'
  times 60000 $'--b\n\n#!/bin/sh\n'
} | refused 'many parts' 'more than 100 parts'

done_testing
