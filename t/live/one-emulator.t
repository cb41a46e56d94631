#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A host with nothing but the emulator that the machines need, as scripts/quickstart leaves it: it
# cannot even run guests of its own architecture, and libvirt says so when it is asked for versions
. "${srcdir:-.}/t/lib/live.sh"

for emulator in /usr/bin/qemu-system-* /usr/bin/kvm; do
  if [ -x "$emulator" ] && [[ $emulator != */qemu-system-aarch64 ]]; then
    mount --bind /dev/null "$emulator" # of this test's own namespace
  fi
done
stop_libvirtd
rm -f /var/cache/libvirt/qemu/capabilities/*.xml
ok "a private libvirtd starts" "$SEEDBED_LIBVIRTD_START"
need_pocket
fleet one 1
ok "up" seedbed up "$tmp/one.yaml"
is "$(seedbed ssh one-m-1 -- uname -m)" aarch64 "the machine works"
run seedbed doctor
contains "$out" "QEMU of a version that libvirt does not tell" "doctor does not make up a version"
ok "down" seedbed down one
is "$(leftovers)" '' "nothing is left"
done_testing
