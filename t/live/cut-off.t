#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A connection to libvirtd that breaks at any moment: what is listed is all that there is, or it fails
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
command -v python3 >/dev/null || skip_all "python3 not found: it cuts off the connections"
need_pocket
cuts=${LIST_CUTS:-40}

python3 "$top/t/lib/libvirt-proxy.py" "$tmp" &
at_exit "kill $!"
wait_for 30 test -S "$tmp/socket"

# An upload whose end libvirtd forgets (libvirt 9.0 does so when that crosses an error): this takes a minute,
# beside the rest. 208 is REMOTE_PROC_STORAGE_VOL_UPLOAD.
mkdir "$tmp/loses"
python3 "$top/t/lib/libvirt-proxy.py" "$tmp/loses" &
at_exit "kill $!"
wait_for 30 test -S "$tmp/loses/socket"
echo 208 >"$tmp/loses/lose"
timeout 300 seedbed -c "qemu+unix:///system?socket=$tmp/loses/socket" image import forgotten "$pocket" 2>"$tmp/forgotten.err" &
forgotten=$!

# through LIMIT COMMAND...: runs seedbed on a connection that is cut off after LIMIT bytes ("none")
through()
{
  rm -f "$tmp/count" "$tmp/limit"
  [ "$1" = none ] || echo "$1" >"$tmp/limit"
  run seedbed -c "qemu+unix:///system?socket=$tmp/socket" "${@:2}"
  wait_for 30 test -e "$tmp/count"
}

# whole COMMAND...: it prints the same, or fails with 3, wherever it is cut off
whole()
{
  local bytes all wrong='' failed=0 cut
  through none "$@"
  is "$status" 0 "$*: works"
  all=$out
  bytes=$(<"$tmp/count")
  for ((cut = 1; cut <= cuts; cut++)); do
    through $((bytes * cut / (cuts + 1))) "$@"
    [ "$status" != 3 ] || failed=$((failed + 1))
    [ "$status" = 3 ] || [ "$status $out" = "0 $all" ] || wrong="after $((bytes * cut / (cuts + 1))) of $bytes bytes: $status $out $err"
  done
  is "$wrong" '' "$*: never less than there is"
  [ "$failed" -gt $((cuts / 2)) ]
  result $? "$*: fails where it is cut off ($failed of $cuts times)"
}

fleet k 4
ok "machines" seedbed -q up --no-wait "$tmp/k.yaml"
whole list --format json
whole image list --format json
through 0 down k
is "$status" 3 "down without any answer fails"
for ((cut = 1; cut < 40; cut++)); do
  through $((cut * 4000)) down k
  [ "$status" != 0 ] || break
done
is "$status" 0 "later and later, until down is done"
rm -f "$tmp/limit"
echo 3000000 >"$tmp/sent"
through none image import cut "$pocket"
is "$status" 3 "an import that is cut off fails"
contains "$err" "cannot write into the volume 'cut." "it says what it did"
rm "$tmp/sent"
wait $forgotten
is "$?" 3 "an import whose end libvirtd forgets fails"
contains "$(<"$tmp/forgotten.err")" "libvirtd has not confirmed it within 60 s, though it answers" "it says so"
virsh -q pool-refresh seedbed
is "$(find /var/lib/libvirt/seedbed -name 'cut.*' -o -name 'forgotten.*')" '' "both leave nothing"
# The keys of who goes another way to libvirtd are his own.
is "$(leftovers | grep -v '^state ')" '' "the first down that succeeds leaves nothing"
done_testing
