#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# freeze-listen: a shell at a virtio port, in the machine that is frozen and then in those thawed from it
#
# Usage: freeze-listen PORT     as root
#
# A request is a line with a size, then a script of this size. The answer is the script's output, then
# a line "@@exit STATUS". While no host is connected, the port reads as ended, so this asks again. A
# script that came in part is not run. Once the machine has an identity, this ends and removes itself.
set -u
umask 077
mkdir -p /run/seedbed
# A port can be open once at a time.
exec 3<>"/dev/virtio-ports/$1"
while [ ! -e /run/seedbed/identified ]; do
  read -r size <&3 || { sleep 0.05 && continue; }
  case $size in '' | *[!0-9]*) continue ;; esac
  head -c "$size" <&3 >/run/seedbed/script
  [ "$(wc -c </run/seedbed/script)" -eq "$size" ] || continue
  sh /run/seedbed/script </dev/null >&3 2>&1
  printf '\n@@exit %s\n' "$?" >&3
done
rm -rf /run/seedbed/script /var/lib/seedbed
