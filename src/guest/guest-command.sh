#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# guest-command: runs one command in a guest, and speaks with the seedbed that started it over ssh
#
# Arguments:
#   WORD      begins each line of this conversation, on standard error
#   GREETING  a command whose output is told before the begin; may be empty
#   INPUT     "input": the command reads standard input; else that is only for this conversation
#   USER      the account that runs the command; empty: the account of the login
#   COMMAND   for sh
#
#   this script     seedbed
#   ready BOOT-ID GREETING
#                   go
#   exit STATUS
word=$1 greeting=$2 input=$3 user=$4 command=$5

# Each process takes an emulated guest 5 to 10 ms: here are few.
read -r boot </proc/sys/kernel/random/boot_id
[ -z "$greeting" ] || greeting=$(eval "$greeting")
echo "$word ready $boot $greeting" >&2
# Nothing has run yet. If the connection breaks here, seedbed tries again.
read -r go && [ "$go" = go ] || exit 1
# leftovers.sh finds by this mark what the command leaves behind.
export SEEDBED_COMMAND="$word"

as_user()
{
  if [ -n "$user" ]; then
    sudo -n "$@"
  else
    "$@"
  fi
}

# The variables of the machine (fleet-file/environment.h).
env=/etc/profile.d/seedbed-env.sh
[ -r $env ] || env=/dev/null
if [ -n "$user" ]; then
  # `sudo -H` sets HOME, but does not go there.
  # shellcheck disable=SC2016  # for that sh
  set -- sudo -n -H -u "$user" -- env SEEDBED_COMMAND="$word" sh -c '. "$0" && cd && eval "$1"' $env "$command"
elif [ $env != /dev/null ]; then
  # The command is a sh of its own: leftovers.sh shows its words.
  # shellcheck disable=SC2016
  set -- sh -c '. "$0" && exec sh -c "$1"' $env "$command"
else
  set -- sh -c "$command"
fi

if [ "$input" = input ]; then
  "$@"
  status=$?
  echo "$word exit $status" >&2
  exit "$status"
fi

# The command runs in a session of its own. `read` ends when the connection breaks, or when seedbed
# closes it. Then the whole process group is ended, also what outlives its leader.
exec 3<&0
setsid "$@" </dev/null 3<&- &
pid=$!
(
  while read -r _ <&3; do :; done
  trap '' TERM
  as_user kill -TERM -$pid
  for _ in 1 2 3; do
    as_user kill -0 -$pid || exit
    sleep 1
  done
  as_user kill -KILL -$pid
) >/dev/null 2>&1 &
watch=$!
# A shell says "Terminated" of a child that it waits for. That is not output of the command.
{
  wait $pid
  status=$?
  kill $watch
  wait $watch
} 2>/dev/null
echo "$word exit $status" >&2
exit $status
