#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `seedbed seed`: makes the NoCloud seed that cloud-localds makes, and shows what is in one.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$tmp" || exit 1

printf '#cloud-config\npackages: [git]\n' >user
printf 'instance-id: i-1\nlocal-hostname: one\n' >meta
printf 'version: 2\nethernets: {all: {match: {name: "e*"}, dhcp4: true}}\n' >network
printf '#!/bin/sh\necho vendor\n' >vendor

command -v isoinfo >/dev/null || skip_all 'isoinfo not found (genisoimage)'

# files ISO: the names and digests of what is in it, as another reader sees it
files()
{
  local name
  for name in $(isoinfo -R -f -i "$1"); do
    printf '%s %s\n' "$name" "$(isoinfo -R -x "$name" -i "$1" | sha256sum)"
  done
}

run seedbed seed --user-data user --meta-data meta --network-config network --vendor-data vendor -o a.iso
is "$status:$out:$err" 0:: 'a seed of all four files'
is "$(stat -c %a a.iso)" 600 'which only its owner reads: it may have passwords'
is "$(files a.iso)" "$(for name in meta-data network-config user-data vendor-data; do
  echo "/$name $(sha256sum <${name%-*})"; done)" 'it has them as they are'
run seedbed seed -u user --meta-data meta --network-config network -v vendor --output b.iso
is "$status" 0 'the short options'
is "$(files b.iso)" "$(files a.iso)" 'are the same'
if command -v cloud-localds >/dev/null; then
  cloud-localds -N network -V vendor theirs.iso user meta
  is "$(files a.iso)" "$(files theirs.iso)" 'it has what cloud-localds makes of them'
  is "$(seedbed seed --show a.iso)" "$(seedbed seed --show theirs.iso)" 'and --show says so, too'
  is "$(blkid -p -o value -s LABEL a.iso)" "$(blkid -p -o value -s LABEL theirs.iso)" 'the label is the same'
else
  echo "ok $((++count)) - cloud-localds # SKIP not found (cloud-image-utils)"
fi

run seedbed seed -u user -o c.iso
is "$status:$err" 0: 'user-data alone'
id() { seedbed seed --show "$1" --format json | sed -n 's/.*"instance_id" : "\(.*\)",/\1/p'; }
[[ $(id c.iso) =~ ^seed-[0-9a-f]{16}$ ]]
result $? "has an instance-id: $(id c.iso)"
seedbed seed -u user -o d.iso
is "$(id d.iso)" "$(id c.iso)" 'the same files have the same one'
printf '#cloud-config\npackages: [vim]\n' >other
seedbed seed -u other -o d.iso
[ "$(id d.iso)" != "$(id c.iso)" ]
result $? 'others have another'
run seedbed seed -u user --hostname web-1.example.com -o d.iso
contains "$(seedbed seed --show d.iso)" "local-hostname 'web-1.example.com'" '--hostname'


seedbed seed -u user --meta-data meta -o e.iso
run seedbed seed -u other --meta-data meta -o e.iso
is "$status" 0 'another seed with the same instance-id is made'
contains "$err" 'e.iso: warning: the seed that was here has the same instance-id' 'and warned of'
run seedbed seed -u other --meta-data meta -o e.iso
is "$status:$err" 0: 'the same one again is no matter'
run seedbed seed --no-lint -u user --meta-data meta -o e.iso
is "$status:$err" 0: 'nor is it with --no-lint'


is "$(seedbed seed --show a.iso)" 'FILE            BYTES  CONTENT
user-data       30     text/cloud-config
meta-data       37     instance-id '\''i-1'\'', local-hostname '\''one'\''
network-config  64     yaml
vendor-data     22     text/x-shellscript' '--show lists what is in it'
is "$(document seedbed seed --show a.iso --format json | tr -d ' \n')" \
  '{"seedbed":{"format":1,"kind":"seed"},"instance_id":"i-1","local_hostname":"one","other_files":0,"files":[{"name":"user-data","bytes":30,"format":"text/cloud-config"},{"name":"meta-data","bytes":37,"format":"yaml"},{"name":"network-config","bytes":64,"format":"yaml"},{"name":"vendor-data","bytes":22,"format":"text/x-shellscript"}]}' 'also as JSON'

# refused WHAT PART ARGUMENT...: exit 2, PART on stderr, nothing made, the files of before as they were
refused()
{
  local what=$1 part=$2 before
  shift 2
  before=$(sha256sum ./*.iso)
  run seedbed seed "$@"
  is "$status:$out:$(sha256sum ./*.iso)" "2::$before" "$what: exit 2, and nothing is touched"
  contains "$err" "$part" 'with the reason'
}
printf '#cloudconfig\npackages: [git]\n' >near
refused 'a bad user-data' "near:1:1: cloud-init would ignore the whole file" -u near -o a.iso
refused 'all bad files' 'cannot read' -u nosuch --meta-data near --network-config user -v near -o new.iso
is "$(wc -l <<<"$err")" 4 'each of them is named'
run seedbed seed --no-lint -u near -o near.iso
is "$status:$err" 0: '--no-lint makes it all the same'
contains "$(seedbed seed --show near.iso)" 'unknown to cloud-init' 'and --show tells'
refused 'a file that is not a seed' "'meta' is not overwritten: this is not a seed" -u user -o meta
refused 'to show such a file' 'user: this is not a seed: an ISO 9660 image' --show user
refused 'no user-data' '--user-data' -o new.iso
refused '--hostname with meta-data' "write the name into 'meta'" -u user --meta-data meta -H x -o new.iso
refused 'a bad --hostname' "'a b' is not a host name" -u user -H 'a b' -o new.iso
run seedbed seed -u user -o nosuch/a.iso
is "$status" 3 'an output that cannot be written is a failure'
contains "$err" "nosuch/a.iso" 'that is named'

done_testing
