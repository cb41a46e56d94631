#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `seedbed test` as a plain user: qemu:///session and user networking
# shellcheck source=t/lib/session.sh
. "${srcdir:-.}/t/lib/session.sh"
# shellcheck source=t/lib/elsewhere.sh
. "${srcdir:-.}/t/lib/elsewhere.sh"
at_exit 'plain seedbed -q down e k'

ok "an image is imported" plain seedbed image import pocket pocket.qcow2
write_suite "$home"
chown -R $uid "$home"
check_suite "$home" plain seedbed

# libvirt starts another daemon for the next connection.
kill_daemon() { kill -KILL "$(<"$runtime/libvirt/libvirtd.pid")"; }
check_restart "$home" kill_daemon plain seedbed
is "$(plain virsh -q list --all --name | sed '/^$/d')" "" "no domain is left"
is "$(plain virsh -q vol-list seedbed | awk '{ print $1 }' | grep -v '^pocket\.')" "" "no volume is left except the image"
wait_for 30 no_processes
is "$(processes)" "" "no process is left except libvirt's own"
done_testing
