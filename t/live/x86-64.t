#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Machines of x86_64: the same fleet file, but q35 and OVMF; also beside ones of aarch64
. "${srcdir:-.}/t/lib/live.sh"
cd "$tmp" || exit 1
need_pocket
need_pocket_of x86_64 pocket-x86-64 "$top/build/pocket-x86_64.qcow2"

cat >two.yaml <<'END'
fleet: two
defaults: { vcpus: 1, memory: 192 MiB, disk: 256 MiB }
machines:
  arm: { image: pocket }
  pc:
    image: pocket-x86-64
    arch: x86_64
test:
  - name: channel
    on: pc
    run: printf '1..1\nok 1\n' >"$SEEDBED_RESULTS"
    channel: true
    user: root
END

is_off()
{
  [ "$(virsh domstate two-pc-1)" = "shut off" ]
}

is "$(document seedbed image info --format json pocket-x86-64 | python3 -c '
import json, sys
print(json.load(sys.stdin)["images"][0]["arch"])')" x86_64 "the architecture of an image is found"
run seedbed image import --arch aarch64 other "$top/build/pocket-x86_64.qcow2"
is "$status" 2 "another architecture than that is refused"
contains "$err" "it is not for aarch64: its UEFI boot loader is for x86_64" "the reason is named"
sed '/arch: x86_64/d' two.yaml >wrong.yaml
run seedbed up wrong.yaml
is "$status" 2 "an image for another architecture than the machine's is refused"
contains "$err" "is for x86_64, but the machines of 'pc' are aarch64" "both are named"
is "$(leftovers)" '' "before anything is made"
run seedbed up two.yaml
is "$status" 0 "a fleet of both, each with the least memory that is allowed" || note "$err"
contains "$err" "two-pc-1: firmware" "the firmware was seen"
contains "$err" "two-pc-1: kernel" "so was the kernel"
is "$(seedbed exec two -- uname -m | sort)" "two-arm-1 | aarch64
two-pc-1  | x86_64" "each is what it should be"
xml=$(virsh dumpxml two-pc-1)
contains "$xml" "machine='pc-q35-" "it is a q35"
contains "$xml" "/OVMF" "with OVMF"
is "$(virsh dumpxml two-arm-1 | grep -o "arch='[^']*'")" "arch='aarch64'" "the other one is not"
contains "$(seedbed log two-pc-1)" "Linux version" "its console is kept"
contains "$(seedbed status two-pc-1)" "cloud-init 22.4.2: done" "cloud-init is done"
ok "results come through the channel" seedbed -q test two.yaml
ok "it powers off when it is asked to" virsh -q shutdown two-pc-1
wait_for 100 is_off
result $? "and does"
run seedbed up two.yaml
is "$status" 0 "up starts it again" || note "$err"
ok "down" seedbed -q down two
is "$(leftovers)" '' "nothing is left"

kernel=$(kernel_of x86_64 "$top/build/pocket-x86_64.qcow2")
sed "s|^    arch: x86_64|&\n    warm: true\n    count: 2\n    $kernel|" two.yaml >warm.yaml
run seedbed up warm.yaml
is "$status" 0 "two of them are thawed from memory" || note "$err"
contains "$err" "'pc' is thawed from warm image 'warm-" "up says so"
# shellcheck disable=SC2016  # the guest evaluates it
is "$(seedbed exec two-pc-1 two-pc-2 -- 'cat /proc/sys/kernel/random/uuid' | cut -d ' ' -f 3 | sort -u | wc -l)" 2 \
  "with random numbers of their own"
contains "$(seedbed exec two-pc-2 -- cat /proc/cmdline)" ' direct' "and with the kernel of the frozen machine"
seedbed -q down two
is "$(leftovers | grep -v 'volume warm-')" '' "nothing but the warm image is left"
ok "which goes with its base image" seedbed -q image rm pocket-x86-64
is "$(leftovers)" '' "and then nothing is left"
seedbed -q image import pocket-x86-64 "$top/build/pocket-x86_64.qcow2"

# ---- an image of the other architecture ----

sed '/arch:/d' two.yaml >mixed.yaml
run seedbed up mixed.yaml
is "$status" 2 "an image for another architecture: exit status 2"
contains "$err" "mixed.yaml:6:12: the image 'pocket-x86-64' is for x86_64, but the machines of 'pc' are aarch64: \
write 'arch: x86_64', or take another image" "and is told before anything boots"
is "$(leftovers)" '' "nothing was made"
done_testing
