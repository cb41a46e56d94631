#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `seedbed test` on a libvirt host that is reached over ssh
# shellcheck source=t/lib/remote.sh
. "${srcdir:-.}/t/lib/remote.sh"
# shellcheck source=t/lib/elsewhere.sh
. "${srcdir:-.}/t/lib/elsewhere.sh"

uri=qemu+ssh://buildhost/system
[ -r "$pocket" ] || "$top/scripts/make-pocket-image" "$pocket" >&2 || skip_all "no pocket image"
ok "an image is imported" seedbed -c $uri image import pocket "$pocket"
write_suite "$tmp"
check_suite "$tmp" seedbed -c $uri
[ "$(grep -c 'ctype direct-tcpip' "$tmp/sshd.log")" -gt 0 ]
result $? "ssh went through the other host"

restart()
{
  kill -KILL "$(<"$SEEDBED_LIBVIRTD_PIDFILE")"
  "$SEEDBED_LIBVIRTD_START"
}
check_restart "$tmp" restart seedbed -c $uri
is "$(LIBVIRT_DEFAULT_URI=qemu:///system leftovers)" '' "nothing is left"
done_testing
