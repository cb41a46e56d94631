#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A libvirt host that is reached over ssh: its machines are reached through the same ssh
# shellcheck source=t/lib/remote.sh
. "${srcdir:-.}/t/lib/remote.sh"

# main_job URI: all of it
main_job()
{
  local uri=$1 jumps
  run seedbed -c "$uri" up "$tmp/r.yaml"
  is "$status" 0 "up" || note "$err"
  run seedbed -c "$uri" list
  contains "$out" "r-m-1" "list"
  : >"$tmp/sshd.log"
  run seedbed -c "$uri" ssh r-m-1 -- hostname
  is "$status $out" "0 r-m-1" "ssh" || note "$err"
  run seedbed -c "$uri" exec r -- 'id -un'
  is "$status $out" "0 r-m-1 | seedbed" "exec" || note "$err"
  seedbed -c "$uri" ssh-config r >"$tmp/ssh_config"
  run ssh -F "$tmp/ssh_config" -o ControlPath=none r-m-1 hostname
  is "$status $out" "0 r-m-1" "plain ssh with the fleet's ssh_config" || note "$err"
  jumps=$(grep -c 'ctype direct-tcpip' "$tmp/sshd.log")
  [ "$jumps" -gt 0 ]
  result $? "all of it through the other host: $jumps times"
  run seedbed -c "$uri" log r-m-1
  contains "$out" "r-m-1 is up" "log"
  ok "down" seedbed -q -c "$uri" down r
  is "$(LIBVIRT_DEFAULT_URI=qemu:///system leftovers)" '' "nothing is left"
}

[ -r "$pocket" ] || "$top/scripts/make-pocket-image" "$pocket" >&2 || skip_all "no pocket image"
fleet r 1
note "the URI names the key"
uri="qemu+ssh://root@127.0.0.1:2222/system?keyfile=${tmp}/key%20of%20mine&no_tty=1"
ok "an image is imported" seedbed -c "$uri" image import pocket "$pocket"
main_job "$uri"
note "the user's ssh_config has all of it"
main_job qemu+ssh://buildhost/system

run seedbed -c "$uri" build "$tmp/r.yaml" --name golden --check hostname
is "$status" 0 "a golden image is built" || note "$err"
ok "and goes" seedbed -q -c "$uri" image rm golden

fleet w 1 'warm: true'
run seedbed -c "$uri" up "$tmp/w.yaml"
is "$status" 0 "a machine is frozen there, and one is thawed" || note "$err"
contains "$err" "'m' is thawed from warm image 'warm-" "up says so"
run seedbed -c "$uri" exec w -- hostname
is "$status $out" "0 w-m-1 | w-m-1" "the thawed machine is itself" || note "$err"
seedbed -q -c "$uri" down w
ok "its warm image goes with its image" seedbed -q -c "$uri" image rm pocket
ok "which comes back" seedbed -q -c "$uri" image import pocket "$pocket"

fleet u 1 'network: user'
run seedbed -c qemu+ssh://buildhost/system up "$tmp/u.yaml"
is "$status" 2 "user networking on another host is refused"
contains "$err" "'network: user' is reached over the loopback of the libvirt host" "and why"
echo "[127.0.0.1]:2222 $(cut -d' ' -f1,2 "$tmp/key of mine.pub")" >"$home/.ssh/known_hosts"
run seedbed -c "$uri&no_verify=1" up "$tmp/r.yaml"
is "$status" 3 "another host key of the libvirt host is refused, whatever the URI says: exit status 3"
contains "$err" "ssh to 'r-m-1' failed on the way there, at the libvirt host: " "and where"
contains "$err" "Host key verification failed" "and why"
seedbed -q -c "$uri&no_verify=1" down r
is "$(LIBVIRT_DEFAULT_URI=qemu:///system leftovers)" '' "nothing is left"
mv "$home/.ssh/config" "$tmp/"
run seedbed -c qemu+ssh://buildhost/system list
is "$status" 3 "a host that ssh does not find: exit status 3"
contains "$err" "cannot connect to libvirt at 'qemu+ssh://buildhost/system': " "and which"
done_testing
