#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hardware of a machine: its CPU model, a TPM, a kernel of its own, a shared folder, and a firmware with secure boot
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
for refusal in 'cpu: cortex-a7x|libvirt has no CPU model '\''cortex-a7x'\'' here for aarch64 machines of type '\''qemu'\'', did you mean' \
  "cpu: host|'cpu: host' of 'm' needs KVM"; do
  fleet r 1 "${refusal%%|*}"
  run seedbed up "$tmp/r.yaml"
  is "$status" 2 "${refusal%%|*}: refused"
  contains "$err" "${refusal#*|}" "by name"
done
is "$(leftovers)" '' "before anything is made"

kernel=$(kernel_of aarch64 "$pocket")
fleet k 1 "${kernel/aarch64.kernel/missing}"
run seedbed up "$tmp/k.yaml"
is "$status" 2 "a kernel that is missing: refused"
contains "$err" "k.yaml:9:22: cannot read '$tmp/missing'" "with its place"
fleet k 1 'arch: x86_64' "$kernel"
run seedbed up "$tmp/k.yaml"
is "$status" 2 "a kernel of another architecture: refused"
contains "$err" "aarch64.kernel' is a kernel for aarch64, and the machines are x86_64" "by name"

# The firmware says nothing of it, and starts the kernel on the disk.
truncate -s 300M "$tmp/aarch64.large" && fleet k 1 "${kernel/aarch64.initrd/aarch64.large}"
run seedbed up "$tmp/k.yaml"
is "$status" 2 "an initrd that is larger than the memory: refused"
cp "$tmp/aarch64.initrd" "$tmp/aarch64.large" && truncate -s 200M "$tmp/aarch64.large"
run seedbed up "$tmp/k.yaml"
is "$status" 3 "an initrd without enough room in the memory: up fails"
contains "$err" "the firmware could not start the kernel of the fleet file's 'kernel', and went on to Boot" "and says so"

# ---- CPU, TPM, kernel and share ----

tpm='' here=''
if type -P swtpm swtpm_setup >/dev/null; then
  tpm='tpm: true' here=TPM2
fi
fleet h 1 'cpu: cortex-a72' "$tpm" "$kernel" "shares: [{ from: shared, to: '/src/it''s', read-only: false }]"
mkdir "$tmp/shared"
contains "$(seedbed xml "$tmp/h.yaml")" "<name>h-m-1.initrd</name>" "its XML can be seen before"
echo from-host >"$tmp/shared/file"
run seedbed up "$tmp/h.yaml"
is "$status" 0 "a machine gets ready"
contains "$(seedbed exec h -- cat /proc/cpuinfo)" "CPU part	: 0xd08" "the guest sees the CPU"
is "$(seedbed ssh h-m-1 -- 'ls /sys/firmware/acpi/tables | grep TPM')" "$here" "and the TPM"
contains "$(seedbed ssh h-m-1 -- cat /proc/cmdline)" " direct initrd=initrd" "and the command line of its kernel"
is "$(seedbed ssh h-m-1 -- 'ls -d /sys/firmware/efi')" /sys/firmware/efi "which the firmware started"
is "$(virsh -q vol-list seedbed | grep -c 'h-m-1[.]\(kernel\|initrd\)')" 2 "the files are the machine's own"
is "$(seedbed ssh h-m-1 -- "cat \"/src/it's/file\"; echo from-guest | sudo tee \"/src/it's/new\"")" $'from-host\nfrom-guest' \
  "the guest sees a folder of the host"
is "$(cat "$tmp/shared/new")" from-guest "and writes to it"
run seedbed snapshot h-m-1
is "$status" 3 "a machine with shares has no snapshot"
contains "$err" "a machine with 'shares' cannot be saved" "which is said"
is "$(seedbed ssh h-m-1 -- hostname)" h-m-1 "and it runs on"
uuid=$(virsh -q domuuid h-m-1)
ok "down" seedbed -q down h
# libvirt ends its helpers, but does not wait until they are gone.
no_helper() { ! pgrep -a 'swtpm|virtiofsd'; }
wait_for 60 no_helper
is "$(find /var/lib/libvirt/swtpm -name "$uuid*" 2>/dev/null; pgrep -a swtpm)" '' "nothing is left of the TPM"
is "$(leftovers)" '' "nor of the kernel"
is "$(pgrep -a virtiofsd; find /var/lib/libvirt/qemu /run/libvirt -name '*virtiofs*' -o -name '*fs0*')" '' "nor of the share"

# ---- secure boot ----

fleet s 1 'secure-boot: true'
run seedbed up "$tmp/s.yaml"
is "$status" 3 "secure boot refuses a boot loader that nobody signed"
contains "$err" "secure boot refused the boot loader" "and the diagnosis says so"
is "$(leftovers)" '' "nothing is left, and no store of variables"
done_testing
