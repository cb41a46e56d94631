#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# freeze-listen: a shell at a virtio port, in the machine that is frozen and then in those thawed from it
#
# Usage: freeze-listen PORT     as root
#
# A request is a script, then the line "@@run". The answer is the script's output, then a line
# "@@exit STATUS". While no host is connected, the port reads as ended, so this asks again. A script
# that came in part is not run. Once the machine has an identity, this ends and removes itself.
#
# A thawed guest is emulated from nothing, and each process takes it 10 ms: here are few.
set -u
umask 077
mkdir -p /run/seedbed
# A port can be open once at a time.
exec 3<>"/dev/virtio-ports/$1"
newline='
'
script=''
while [ ! -e /run/seedbed/identified ]; do
  if ! IFS= read -r line <&3; then
    script=''
    /var/lib/seedbed/nap
  elif [ "$line" = @@run ]; then
    (eval "$script") </dev/null >&3 2>&1
    printf '\n@@exit %s\n' "$?" >&3
    script=''
  else
    script=$script$line$newline
  fi
done
rm -rf /var/lib/seedbed
