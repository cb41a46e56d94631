#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `seedbed seed --show`: what other programs make of a seed, and what is none.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$tmp" || exit 1
command -v genisoimage >/dev/null || skip_all 'genisoimage not found (genisoimage)'

mkdir seed
printf '#cloud-config\npackages: [git]\n' >seed/user-data
printf '{"instance-id": "i-1"}\n' >seed/meta-data

# iso NAME OPTION...: an image NAME.iso of the folder seed
iso()
{
  local name=$1
  shift
  genisoimage -quiet -input-charset utf-8 -o "$name.iso" "$@" seed
}

# shows NAME PART...: each PART is in what --show says of NAME.iso
shows()
{
  local name=$1 part
  shift
  run seedbed seed --show "$name.iso"
  is "$status" 0 "$name: is shown"
  for part; do
    contains "$out$err" "$part" "$name: $part"
  done
}

# refuses NAME PART: it is not a seed, because of PART
refuses()
{
  run seedbed seed --show "$1"
  is "$status:$out" 2: "$1: is refused"
  contains "$err" "$1: this is not a seed: $2" "$1: $2"
}

iso plain -V cidata -R
shows plain 'user-data  30     text/cloud-config' "meta-data  23     instance-id 'i-1'"
is "$err" '' 'plain: and nothing else'
iso upper -V CIDATA -R -J
shows upper "instance-id 'i-1'"
iso joliet -V cidata -J
shows joliet 'text/cloud-config'

mkdir seed/folder
echo x | tee seed/other seed/folder/user-data >seed/vendor-data.bak
iso others -V cidata -R
shows others 'and 3 files that cloud-init does not read'
rm -r seed/folder seed/other seed/vendor-data.bak

gzip -c seed/user-data >packed
cp packed seed/user-data
head -c 20 packed >seed/vendor-data
iso gzip -V cidata -R
shows gzip 'user-data    '"$(stat -c %s packed)"'     text/cloud-config' 'damaged gzip'
printf 'Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n\n--b--\n' >seed/user-data
printf 'local-hostname: a\n' >seed/meta-data
printf 'a: b\n' >seed/vendor-data
iso mime -V cidata -R
shows mime 'multipart' 'no instance-id' 'unknown to cloud-init'
printf 'instance-id: "a\\e[31m\\nb"\n' >seed/meta-data
iso escapes -V cidata -R
shows escapes "instance-id 'a\\x1b[31m\\nb'"

# ---- what is none ----

iso label -V data -R
refuses label.iso "an ISO 9660 image with the label 'cidata' is one"
mv seed/user-data seed/meta-data .
iso empty -V cidata -R
refuses empty.iso 'it has neither user-data nor meta-data'
mv user-data meta-data seed/
for i in {1..250}; do : >"seed/file$i"; done
iso many -V cidata -R
refuses many.iso 'it has too many files'
rm seed/file*
: >nothing
refuses nothing 'an ISO 9660 image'
head -c 1000000 /dev/zero >zeros
refuses zeros 'an ISO 9660 image'
truncate -s 1G large
run seedbed seed --show large
is "$status" 2 'large: is refused'
contains "$err" "'large' is larger than" 'because it is large'

# Cut anywhere, it is shown or refused, and neither crashes nor says what is not there.
bad=''
for ((size = 32768; size <= 60000; size += 512)); do
  head -c $size plain.iso >cut.iso
  run seedbed seed --show cut.iso
  [[ $status:$err = "2:seedbed: cut.iso: this is not a seed: "* || $status:$out = 0:*"instance-id 'i-1'"* ]] ||
    bad+="$size: $status $err "
done
is "$bad" '' 'cut anywhere, it is a seed or none'

done_testing
