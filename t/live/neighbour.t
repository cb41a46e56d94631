#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Another user of the same libvirtd forges domains, volumes and records; another user of this host prepares
# folders and links. Nothing foreign is touched, no forged path is followed, and no escape is printed.
# (What is forged about a machine that runs: t/live/host-key.t. Another pool: t/live/lost-pool.t)
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
chmod 0711 "$tmp"
pool=/var/lib/libvirt/seedbed
csi=$'\u009b31m' bidi=$'\u202e'

# harmless WHAT: the last run printed nothing that a terminal obeys
harmless()
{
  is "$(cat "$tmp/run.out" "$tmp/run.err" | LC_ALL=C tr -d '\n\t\040-\176\200-\377' | wc -c) $(
    cat "$tmp/run.out" "$tmp/run.err" | grep -caP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]')" "0 0" "$1: prints no escapes" ||
    note "$(cat -v "$tmp/run.out" "$tmp/run.err")"
}

# as_other COMMAND...: as another user of this host
as_other() { setpriv --reuid 54321 --regid 54321 --clear-groups "$@"; }

fleet h 1
fleet other 1
ok "a fleet" seedbed -q up --no-wait "$tmp/h.yaml"
ok "a fleet of somebody else" seedbed -q up --no-wait "$tmp/other.yaml"

# ---- forged domains and volumes ----

mkdir "$tmp/foreign"
for file in h-m-2.qcow2 h-m-2.console.log passwd; do echo "foreign $file" >"$tmp/foreign/$file"; done
virsh dumpxml --inactive h-m-1 >"$tmp/genuine.xml"
# forge NUMBER SED: defines h-m-NUMBER, as h-m-1 but for its addresses and what SED changes
forge()
{
  sed "/<uuid>/d; /<mac /d; s|<seedbed:index>1<|<seedbed:index>$1<|; s|<name>h-m-1<|<name>h-m-$1<|; $2" "$tmp/genuine.xml" |
    virsh -q define /dev/stdin
}
ok "a domain claims to be a machine, with files beside the pool" \
  forge 2 "s|$pool/h-m-1.qcow2|$pool/../../../..$tmp/foreign/h-m-2.qcow2|; s|$pool/h-m-1.console.log|$tmp/foreign/h-m-2.console.log|"
ok "one has another machine's disk, and a file of the host as its seed" \
  forge 3 "s|$pool/h-m-1.qcow2|$pool/other-m-1.qcow2|; s|$pool/h-m-1.seed.iso|$tmp/foreign/passwd|"
ok "one names a path as its image" forge 4 's|\(<seedbed:image-volume>\)[^<]*|\1../../../etc/passwd|'
ok "one has escapes in its record" forge 5 "s|\(<seedbed:login>\)[^<]*|\1root$csi$bidi|"
ok "one has them in its name" forge "6$csi" 's|<seedbed:index>[^<]*|<seedbed:index>6|'
virsh -q pool-define-as "p$csi$bidi" dir --target "$tmp/foreign"
virsh -q net-define /dev/stdin <<<"<network><name>n$csi$bidi</name></network>"
# shellcheck disable=SC2016  # the dollar is part of a name
for name in $'\033[31m.qcow2' $'new\nline.qcow2' $'\377\376.qcow2' "h-m-1.$csi.qcow2" 'h-m-1.$(id).qcow2' evil.0123456789abcdef.qcow2; do
  qemu-img create -q -f qcow2 "$tmp/x.qcow2" 1M && cp "$tmp/x.qcow2" "$pool/$name"
done
printf '{"image":"evil\\u001b[31m","source":"\\u001b]0;title\\u0007\\u009b31m\\u202e","sha256":"%064d","created":"2024-01-31T12:00:00Z"}' 0 \
  >"$pool/evil.0123456789abcdef.qcow2.json"
virsh -q pool-refresh seedbed
# foreign_state: what must not change
foreign_state()
{
  (cd "$tmp/foreign" && cat -- *)
  virsh dumpxml --inactive other-m-1 | sha256sum
  find "$pool" -name 'other-m-1*' -printf '%f %i %m %U\n' | LC_ALL=C sort
}
before=$(foreign_state)

while read -r command; do
  # shellcheck disable=SC2086  # words
  run timeout 300 seedbed $command
  [ "$status" -le 3 ]
  result $? "$command: ends" || note "$status $err"
  harmless "$command"
done <<END
list
list --format json
status h-m-3
ssh-config h
inventory h
image list
image info evil
image info evil --format json
doctor
gc --older-than 1ms --dry-run
evidence h-m-3
xml $tmp/h.yaml
up --no-wait $tmp/h.yaml
ssh h-m-4
ssh h-m-5
down h-m-5 nosuch
gc --older-than 1ms
END
run seedbed ssh h-m-4 -- true
contains "$status $err" "3 seedbed: the domain 'h-m-4' exists, but seedbed did not make it" "a path is not an image"
run seedbed list
is "$(grep -c 'h-m-[456]' <<<"$out")" 0 "what has a record that seedbed does not write is not a machine"
is "$(foreign_state)" "$before" "nothing foreign is touched"
run seedbed down h
harmless "down h"
is "$(foreign_state)" "$before" "down removes no foreign file, and no disk of another machine"
is "$(virsh -q list --all --name | sed '/^$/d' | grep -c 'h-m-[123]$')" 0 "it removes the fleet" || note "$err"
is "$(find "$pool" -name 'h-m-*' | grep -cv "h-m-1\.\(\\$\|$csi\)")" 0 "with the volumes that machines have"
for name in h-m-4 h-m-5 "h-m-6$csi"; do virsh -q undefine "$name"; done
ok "the other fleet goes by itself" seedbed -q down other

# ---- folders and links that another user of this host prepared ----

mkdir -m 1777 "$tmp/shared" && mkdir -m 0777 "$tmp/open" "$tmp/victim"
as_other mkdir -m 0777 "$tmp/shared/seedbed"
run env XDG_STATE_HOME="$tmp/shared" seedbed up --no-wait "$tmp/h.yaml"
is "$status" 3 "a state folder of another user is refused"
contains "$err" "cannot use '$tmp/shared/seedbed': it belongs to another user" "it is named"
ok "and nothing is made in it" as_other rmdir "$tmp/shared/seedbed"
as_other ln -s "$tmp/victim" "$tmp/shared/seedbed"
run env XDG_STATE_HOME="$tmp/shared" seedbed up --no-wait "$tmp/h.yaml"
is "$status" 3 "so is a link"
contains "$err" "cannot use '$tmp/shared/seedbed': it is a link, or not a folder" "it is named"
run env XDG_STATE_HOME="$tmp/shared" seedbed gc --older-than 1ms
is "$(find "$tmp/victim" -mindepth 1)" '' "nothing is written where it leads"
as_other rm "$tmp/shared/seedbed"
umask 0
ok "in a folder for all, and without a umask" env XDG_STATE_HOME="$tmp/shared" seedbed -q up --no-wait "$tmp/h.yaml"
echo foreign >"$tmp/victim/file"
as_other ln -s "$tmp/victim/file" "$tmp/open/e.tar.gz.part"
as_other ln -s "$tmp/victim/file" "$tmp/open/e.tar.gz"
ok "evidence is packed" env XDG_STATE_HOME="$tmp/shared" seedbed -q evidence h-m-1 -o "$tmp/open/e.tar.gz"
is "$(<"$tmp/victim/file")" foreign "links at its place are replaced, and not followed"
is "$(stat -c %a "$tmp/open/e.tar.gz")" 600 "only its owner can read it"
umask 022

# ---- who can read what ----

is "$(find "$tmp/shared/seedbed" -type d ! -perm 0700 -o -type f ! -name '*.pub' ! -perm 0600)" '' \
  "only the user can read the state folder: keys, fleet file, evidence"
is "$(find "$pool" -type f -name 'h-m-1.*' -printf '%f %m\n' | grep -v '\.[^a-z]' | LC_ALL=C sort | paste -sd' ')" \
  "h-m-1.console.log 600 h-m-1.qcow2 600 h-m-1.seed.iso 600" "only root and QEMU can read disk, seed and console"
# shellcheck disable=SC2016  # the other shell expands it
is "$(find "$pool" -type f | as_other bash -c 'while read -r file; do
  if head -c 0 "$file" 2>/dev/null; then echo "${file##*/}"; fi; done' | sed 's/[0-9a-f]\{16\}/DIGEST/' | grep ^pocket | LC_ALL=C sort | paste -sd' ')" \
  "pocket.DIGEST.qcow2 pocket.DIGEST.qcow2.json" "all users can read images and their records, if they know the names"
ok "no other user can list the pool" as_other bash -c "! ls '$pool'"
ok "down" env XDG_STATE_HOME="$tmp/shared" seedbed -q down h
rm -f "$pool"/evil.* "$pool"/h-m-1.* "$pool"/*[!a-z0-9.]*
virsh -q pool-undefine "p$csi$bidi"
virsh -q net-undefine "n$csi$bidi"
is "$(leftovers)" '' "nothing is left"
done_testing
