#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hardware of a machine: its CPU model, a TPM, and a firmware with secure boot
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

# ---- CPU and TPM ----

tpm='' here=''
if type -P swtpm swtpm_setup >/dev/null; then
  tpm='tpm: true' here=TPM2
fi
fleet h 1 'cpu: cortex-a72' "$tpm"
run seedbed up "$tmp/h.yaml"
is "$status" 0 "a machine gets ready"
contains "$(seedbed exec h -- cat /proc/cpuinfo)" "CPU part	: 0xd08" "the guest sees the CPU"
is "$(seedbed ssh h-m-1 -- 'ls /sys/firmware/acpi/tables | grep TPM')" "$here" "and the TPM"
uuid=$(virsh -q domuuid h-m-1)
ok "down" seedbed -q down h
is "$(find /var/lib/libvirt/swtpm -name "$uuid*" 2>/dev/null; pgrep -a swtpm)" '' "nothing is left of the TPM"

# ---- secure boot ----

fleet s 1 'secure-boot: true'
run seedbed up "$tmp/s.yaml"
is "$status" 3 "secure boot refuses a boot loader that nobody signed"
contains "$err" "secure boot refused the boot loader" "and the diagnosis says so"
is "$(leftovers)" '' "nothing is left, and no store of variables"
done_testing
