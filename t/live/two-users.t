#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two users of one libvirtd, each with a home of its own: what one can do with the fleet of the other, and
# that networks which the other has prepared are not used. (Forged domains and volumes: t/live/neighbour.t)
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
gid=$(getent group libvirt | cut -d: -f3)
[ -n "$gid" ] || skip_all "this host has no group libvirt"
need_pocket
printf '%s:x:%s:%s::%s:/bin/sh\n' first 54321 "$gid" /run/first second 54322 "$gid" /run/second |
  cat /etc/passwd - >"$tmp/passwd"
mount --bind "$tmp/passwd" /etc/passwd
chmod 0711 "$tmp"
chmod 0644 "$tmp/passwd"
mkdir /run/bin
cp "$(type -P seedbed)" /run/bin/

# as USER UID COMMAND...: in that user's home, after a fresh login
as()
{
  (cd "/run/$1" && exec setpriv --reuid "$2" --regid "$gid" --clear-groups env -i HOME="/run/$1" USER="$1" \
    PATH="/run/bin:$PATH" LIBVIRT_DEFAULT_URI=qemu:///system XDG_RUNTIME_DIR="/run/$1/runtime" G_DEBUG="$G_DEBUG" "${@:3}")
}
first() { as first 54321 "$@"; }
second() { as second 54322 "$@"; }

fleet u 1
fleet v 1
fleet w 1
fleet x 1 'network: isolated'
for user in first second; do
  install -d -m 0700 -o "$user" "/run/$user" "/run/$user/runtime"
  install -m 0644 "$tmp"/*.yaml "/run/$user"
done

run setpriv --reuid 54323 --regid 54323 --groups "$gid" env HOME=/nonexistent /run/bin/seedbed -c qemu:///system list
contains "$err" "Failed to find user record for uid '54323'
libvirtd takes only users that /etc/passwd and /etc/group of its host have" "an account that the host does not know: it says so"

run first seedbed up u.yaml
is "$status" 0 "a fleet of the first user comes up" || note "$err"

# ---- the second user, and the fleet of the first ----

contains "$(second seedbed list)" "u-m-1 " "the second sees it"
run second seedbed up u.yaml
is "$status" 3 "up of the same fleet fails"
contains "$err" "'u-m-1' exists and was made with another key than the one in '/run/second/" "it says why"
while read -r command; do
  # shellcheck disable=SC2086  # words
  run second seedbed $command
  contains "$status $err" "3 seedbed: the key of the fleet 'u' is not in '/run/second/" "no key, and it says so: $command"
done <<'END'
exec u -- true
ssh u-m-1 -- true
copy u.yaml u-m-1:/tmp/
status u-m-1
ssh-config u
END
ok "nor can the second read that of the first" second bash -c '! ls /run/first/.local'
run second seedbed log u-m-1
contains "$out" "u-m-1 is up" "log shows the console"
run second seedbed gc --older-than 1ms
is "$status $err" "0 0 things were removed" "gc removes nothing" || note "$err"
run second seedbed image rm pocket
contains "$status $err" "3 seedbed: the image 'pocket' " "the image stays"
contains "$err" "is in use by u-m-1, volume u-m-1.qcow2" "it says for whom"
run first env XDG_RUNTIME_DIR=/run/second/runtime seedbed exec u -- hostname
is "$status $out" "0 u-m-1 | u-m-1" "the first works on, also with the runtime folder of the second" || note "$err"

# ---- networks that the second has prepared ----

# network NAME FLEET MORE: defines a network; FLEET is in its metadata, if there is one
network()
{
  local mark=${2:+"<metadata><s:network xmlns:s='urn:seedbed:domain:1'><s:fleet>$2</s:fleet></s:network></metadata>"}
  echo "<network><name>$1</name>$mark$3</network>" >"$tmp/network.xml"
  second virsh -q net-define "$tmp/network.xml"
}
ip link add virbr1 type bridge && ip link add virbr2 type bridge
ok "a network claims to be the fleet's" network mine v "<bridge name='virbr3'/><ip address='10.99.1.1' prefix='24'/>"
ok "one has only the name" network seedbed-w '' "<ip address='10.99.2.1' prefix='24'/>"
ok "one has the name of an isolated network, and a way out" \
  network seedbed-x.isolated x "<forward mode='nat'/><ip address='10.99.3.1' prefix='24'/>"
run first seedbed up --no-wait v.yaml
is "$status" 0 "up makes a network of its own" || note "$err"
bridge=$(virsh net-info seedbed-v | sed -n 's/^Bridge: *//p')
ok "and takes no bridge that somebody else has" grep -qx 'virbr[4-9]' <<<"$bridge" || note "$bridge"
while read -r fleet network; do
  run first seedbed up --no-wait "$fleet.yaml"
  is "$status" 3 "up refuses a prepared network: $network"
  contains "$err" "the network '$network' exists, but seedbed did not make it for the fleet '$fleet': rename the fleet, or \
remove that network with 'virsh net-undefine'" "it says what to do"
  run first seedbed down "$fleet"
  is "$status $out" "0 " "there is no fleet to remove"
done <<'END'
w seedbed-w
x seedbed-x.isolated
END
run second seedbed image rm pocket
contains "$err" "is in use by u-m-1, v-m-1, volume " "the image of two fleets stays"
run first seedbed gc --older-than 1ms
is "$(virsh -q net-list --all --name | sort | paste -sd' ')" "mine seedbed-u seedbed-v seedbed-w seedbed-x.isolated" \
  "gc leaves all of them" || note "$err"

# ---- a connection has the right to remove everything ----

run second seedbed down u v
is "$status" 0 "the second removes the fleets of the first" || note "$err"
contains "$(first seedbed list)" "FLEET" "the first sees an empty list"
ok "and makes one of them again, with the key that is still there" first seedbed -q up --no-wait u.yaml
ok "down" first seedbed -q down u
for network in mine seedbed-w seedbed-x.isolated; do
  ok "the networks of the second are there" virsh -q net-undefine $network
done
ok "gc removes the folder of the fleet that the second removed" first seedbed gc --older-than 1ms
is "$(leftovers; find /run/*/.local/state/seedbed -type f)" '' "nothing is left"
done_testing
