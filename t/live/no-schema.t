#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A libvirtd that cannot read its own schemas, as libxml2 leaves it now and then: it must do without
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet n 1
mount --bind /dev/null /usr/share/libvirt/schemas/domain.rng # of this test's own namespace
kill "$(<"$SEEDBED_LIBVIRTD_PIDFILE")"
"$SEEDBED_LIBVIRTD_START"
run virsh define --validate /dev/stdin <<<"<domain type='qemu'><name>x</name></domain>"
contains "$err" "Unable to parse RNG" "libvirtd cannot validate"
ok "a machine is made all the same" seedbed up --no-wait "$tmp/n.yaml"
ok "down" seedbed down n
is "$(leftovers)" '' "nothing is left"
done_testing
