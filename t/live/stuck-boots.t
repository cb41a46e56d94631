#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Boots that fail are named: the stage, what the guest said, and what to try; and they are taken back
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1
state=$XDG_STATE_HOME/seedbed/qemu-system

# user_data NAME LINE...: a cloud-config of LINEs in NAME.ud
user_data()
{
  local name=$1
  shift
  printf '%s\n' '#cloud-config' "$@" >"$name.ud"
}

# fails MACHINE: the last run said so, with evidence that is harmless and with something to try
fails()
{
  is "$status" 3 "$1: up exits with 3"
  contains "$err" "seedbed: '$1' is not ready: " "$1: is not ready"
  contains "$err" $'\nevidence:\n  | ' "$1: shows the evidence"
  is "$(tr -d '\n\040-\176\200-\377' <run.err | wc -c)" 0 "$1: without control characters"
  contains "$err" $'\ntry: ' "$1: says what to try"
  folder=$(sed -n "s|^the whole evidence: \\($state/.evidence/.*\\.$1\\)\$|\\1|p" run.err)
  ok "$1: the evidence is kept" test -s "$folder/$1.index.txt"
}

# ---- nothing to boot ----

qemu-img create -q -f qcow2 blank.qcow2 64M
run seedbed image import blank blank.qcow2
is "$status" 0 "a blank disk is imported"
contains "$err" "image 'blank' will not boot by itself, because UEFI finds no boot loader in it: it has no partitions; use " \
  "but with a warning"
run seedbed image import loader "$pocket"
is "$status:$(grep -c 'will not boot' run.err)" 0:0 "a disk that boots is imported without one"
ok "and removed" seedbed -q image rm loader
truncate -s 64M other.raw
sgdisk -n 1:0:0 other.raw >/dev/null
ok "so is one with a partition that is not FAT" seedbed image import other other.raw
fleet blank 1
sed -i 's/image: .*/image: blank/' blank.yaml
sed 's/: blank/: other/' blank.yaml >other.yaml
seedbed up other.yaml 2>other.err &
run seedbed up blank.yaml
fails blank-m-1
contains "$err" "the firmware found nothing to boot on the image 'blank': it has no partitions" "blank: the reason is named"
wait
contains "$(<other.err)" "on the image 'other': none of its partitions has a FAT file system" "and that of the other"
contains "$err" "(last stage reached: firmware)" "blank: and the stage"
contains "$(<"$folder/blank-m-1.console.txt")" "BdsDxe: failed to load Boot0001" "blank: the console is kept"
is "$(leftovers)" '' "blank: everything else is taken back"

# ---- guests that crash, stop, or fail: one fleet, and none disturbs another ----

user_data panic 'bootcmd:' '  - printf "\033[31mred\0\n" >/dev/console' '  - echo c >/proc/sysrq-trigger'
user_data off 'runcmd:' '  - poweroff'
# A file system with errors becomes read-only, and cloud-init waits for ever.
user_data ro 'runcmd:' '  - echo u >/proc/sysrq-trigger; sleep 1; touch /var/lib/x'
user_data wrong 'runcmd:' '  - [ls, /nonexistent]' '  - "false"'
# cloud-init goes on, but nobody can hear of it.
user_data lost 'runcmd:' '  - sleep 10; ip addr flush dev eth0; sleep 1000'
# It greets like an ssh server, and says nothing more.
user_data mute 'bootcmd:' "  - printf '#!/bin/sh\\necho SSH-2.0-x\\nexec sleep 1000\\n' >/bin/greet && chmod 755 /bin/greet" \
  "  - printf '#!/bin/sh\\nexec nc -ll -p 22 -e /bin/greet\\n' >/usr/sbin/dropbear"
cat >c.yaml <<'END'
fleet: c
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines:
  good: {}
  panic: { user-data: panic.ud }
  off: { user-data: off.ud }
  ro: { user-data: ro.ud }
  wrong: { user-data: wrong.ud }
  mute: { user-data: mute.ud }
  lost: { user-data: lost.ud }
END
run seedbed up c.yaml
for machine in c-lost-1 c-off-1 c-mute-1 c-ro-1 c-wrong-1 c-panic-1; do
  fails $machine
done
contains "$err" "'c-panic-1' is not ready: the kernel panicked, because somebody asked for it ('c' to /proc/sysrq-trigger) (last stage reached: " \
  "the panic is named"
contains "$err" "  | red"$'\n' "what the guest wrote in red is shown plainly"
contains "$(<"$folder/c-panic-1.console.txt")" "Kernel panic - not syncing" "and kept to the end"
for file in domain.xml network.xml pool.xml versions.txt facts.txt finding.txt qemu.log seed.meta-data seed.user-data; do
  ok "the evidence has $file" test -s "$folder/c-panic-1.$file"
done
ok "what a guest that lives says is there" grep -q '^status: error' "$state"/.evidence/*/c-wrong-1.guest.txt
is "$(grep -rlE 'BEGIN [A-Z ]*PRIVATE KEY' "$state/.evidence")" '' "no private key is in it"
ok "but where one was is shown" grep -q 'removed by seedbed: a private key' "$folder/c-panic-1.seed.user-data"
contains "$err" "its ssh server answers, but the login stays at the exchange of keys" \
  "an ssh server that hangs is named"
contains "$err" "  | a new login stays at: SSH2_MSG_KEXINIT sent" "with ssh's last step"
contains "$err" "'c-off-1' is not ready: the guest powered off" "a guest that stops is named"
contains "$err" "'c-ro-1' is not ready: cloud-init cannot come to its end, because the guest's file system at /var/lib/cloud is read-only" \
  "a disk that became read-only is named"
contains "$err" "'c-wrong-1' is not ready: cloud-init failed:
  - module 'scripts-user': RuntimeError('Runparts: 1 failures (runcmd)" "cloud-init's own words are there"
contains "$err" "ls: /nonexistent: No such file" "and on the console what made it fail"
contains "$err" "'c-lost-1' is not ready: its ssh server answered at " "a guest that gives up its address is named"
contains "$err" "agent that its network cards (eth0) have no IPv4 address" "as its agent says"
contains "$err" "6 of 7 machines failed" "all six are counted"
is "$(virsh -q list --all --name | sed '/^$/d')" c-good-1 "those six are gone, the other lives"
run seedbed exec c -- hostname
is "$status $out" "0 c-good-1 | c-good-1" "and works"
ok "down" seedbed -q down c
is "$(leftovers)" '' "nothing is left"

# ---- machines that stay as they failed, looked at below ----

cat >kept.yaml <<'END'
fleet: kept
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { off: { user-data: off.ud }, panic: { user-data: panic.ud } }
END
seedbed up --keep kept.yaml 2>kept.err &
kept=$!

# ---- a storage pool without room ----

small=/var/lib/libvirt/small
mkdir $small
mount -t tmpfs -o size=20m,mode=0755 tmpfs $small
virsh -q pool-define-as small dir --target $small
virsh -q pool-start small
ok "an image in a pool of 20 MiB" seedbed -q image import -p small pocket "$pocket"
user_data full 'runcmd:' '  - dd if=/dev/urandom of=/var/big bs=1M count=30; sync'
fleet full 1 'user-data: full.ud'
run seedbed up -p small full.yaml
fails full-m-1
contains "$err" "the storage pool 'small' is full, so QEMU could not write the machine's disk, and paused it" \
  "full: the reason is named"
contains "$err" "vda: no space left" "full: the disk is named"
ok "full: down" seedbed -q down full
virsh -q pool-destroy small
umount $small

# ---- --keep ----

wait $kept
is $? 3 "kept: up fails"
lacks "$(<kept.err)" "is being taken back" "kept: and takes nothing back"
is "$(virsh -q domstate kept-off-1)" "shut off" "kept: a guest that powered off is shut off"
run seedbed status kept-off-1
contains "$out" "the guest powered off" "kept: its status says why"
contains "$(seedbed log kept-off-1)" "Cloud-init v. " "kept: its console can be read"
ok "kept: and its disk is there" virsh -q vol-info --pool seedbed kept-off-1.qcow2
is "$(virsh -q domstate kept-panic-1)" running "kept: a guest that panicked still runs"
run seedbed status kept-panic-1
contains "$out" "the kernel panicked" "kept: its status says so"
ok "kept: its memory can be written to a file" virsh -q dump --memory-only kept-panic-1 "$tmp/memory"
ok "kept: which is not empty" test -s memory
ok "kept: down" seedbed -q down kept

# ---- on request ----

user_data slow 'runcmd:' '  - sleep 3600'
fleet slow 1 'user-data: slow.ud'
run seedbed up --keep --timeout '5 s' slow.yaml
is "$status" 3 "a time limit: up exits with 3"
[[ $err =~ \'slow-m-1\'\ is\ not\ ready:\ its\ 5\ s\ are\ over:\ the\ stage\ \'[a-z\ -]+\'\ was\ not\ reached\ in ]]
result $? "the limit and the stage are named" || note "$err"
is "$(virsh -q domstate slow-m-1)" running "--keep leaves the machine running"
has_begun() { seedbed log slow-m-1 | grep 'UEFI firmware'; }
ok "its log can be read" wait_for 60 has_begun
run seedbed evidence slow-m-1 -o e.tar.gz
is "$status $out" "0 e.tar.gz" "evidence is packed on request"
contains "$(tar -tzf e.tar.gz)" slow-m-1.console.txt "with the console"
seedbed up --keep --format json slow.yaml >slow.json 2>slow.err &
up=$!
ok "the command that cloud-init waits for is told" wait_for 200 grep -q "module 'scripts-user', and in it 'sleep 3600'" slow.json
kill -INT $up
wait $up
ok "down" seedbed -q down slow
is "$(leftovers)" '' "nothing is left"
done_testing
