#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# provision-step: runs one step of 'provision' in a guest, as root, and records that it is done
#
# Arguments: the DIGEST of all steps, the NUMBER of this one, how many there are in ALL, the account
# USER that runs it, and the COMMAND for sh.
#
# Two 'up' can wait for one machine: the lock lets one of them run a step, and the other finds the
# record. A step that was cut off has no record, and runs again.
digest=$1 number=$2 all=$3 user=$4 command=$5
record=/var/lib/cloud/instance/seedbed-provision
env=/etc/profile.d/seedbed-env.sh
[ -r $env ] || env=/dev/null

# A lock names its process, from its first moment on. In /run, so that it is gone after a reboot.
lock=/run/seedbed-provision.lock
echo $$ >$lock.$$ || exit 125
until ln $lock.$$ $lock 2>/dev/null; do
  read -r holder <$lock || holder=self
  [ -d "/proc/$holder" ] || rm -f $lock
  sleep 1
done
trap 'rm -f $lock' EXIT
rm -f $lock.$$

mkdir -p "${record%/*}" || exit 125
recorded='' last=0
[ ! -e $record ] || read -r recorded last _ <$record
if [ "$recorded" = "$digest" ] && [ "$last" -ge "$number" ]; then
  cat >/dev/null
  exit 0
fi
# Before the first step, too: what is begun is known.
[ "$recorded" = "$digest" ] || echo "$digest 0 $all" >$record || exit 125

# shellcheck disable=SC2016  # for that sh
sudo -n -H -u "$user" -- sh -c '. "$0" && cd && eval "$1"' $env "$command"
status=$?
[ $status = 0 ] || exit $status
echo "$digest $number $all" >$record.new && mv $record.new $record || exit 125
sync $record || true
