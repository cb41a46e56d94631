#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt's own schemas allow every golden file.
set -u
cd "${srcdir:-.}/t/data" || exit 1

if ! command -v virt-xml-validate >/dev/null || ! command -v xmllint >/dev/null; then
  echo '1..0 # SKIP virt-xml-validate or xmllint not found (libvirt-clients, libxml2-utils)'
  exit 0
fi

# The first part of a file's name, and the schema for it.
declare -A schemas=([domain]=domain [domcaps]=domaincaps [network]=network [pool]=storagepool
  [volume]=storagevol)
count=0

# validate FILE SCHEMA
validate()
{
  local output
  count=$((count + 1))
  if output=$(virt-xml-validate "$1" "$2" 2>&1); then
    echo "ok $count - $1 is a valid $2"
  else
    echo "not ok $count - $1 is a valid $2"
    printf '# %s\n' "${output//$'\n'/$'\n# '}"
  fi
}

for kind in "${!schemas[@]}"; do
  before=$count
  for file in "$kind"-*.xml; do
    [ ! -e "$file" ] || validate "$file" "${schemas[$kind]}"
  done
  # without files the test would pass and prove nothing
  count=$((count + 1))
  [ "$count" -gt $((before + 1)) ] || printf 'not '
  echo "ok $count - there are files of kind $kind"
done

# A check that accepts anything would prove nothing.
broken=$(mktemp) || exit 1
trap 'rm -f "$broken"' EXIT
sed 's/<vcpu>/<vcpus>/; s,</vcpu>,</vcpus>,' domain-aarch64-nat.xml >"$broken"
count=$((count + 1))
! virt-xml-validate "$broken" domain >/dev/null 2>&1 || printf 'not '
echo "ok $count - a broken domain is refused"

echo "1..$count"
