#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# guest-command: runs a command in a guest, and speaks with the seedbed that started it over ssh
#
# Arguments:
#   WORD      begins each line of this conversation, on standard error
#   GREETING  a command whose output is told before the begin; may be empty
#   MODE      "input": the command reads standard input; else that is only for this conversation.
#             "keep": if the command leaves nothing behind, this shell takes another one
#   USER      the account that runs the command; empty: the account of the login
#   COMMAND   for sh
#
#   this script     seedbed
#   ready BOOT-ID GREETING
#                   go
#   exit STATUS
#
# A shell that takes another command says "exit STATUS kept" instead, and "WORD end" on standard
# output. Then it reads one line: the arguments for the next command, quoted for sh. In that line,
# $newline stands for a newline. Without arguments, it begins with such a line.

# Each process takes an emulated guest 5 to 10 ms, and a login 20 ms: here are few.
read -r boot </proc/sys/kernel/random/boot_id
exec 3<&0
# shellcheck disable=SC2034  # the line uses it
newline='
'

as_user()
{
  if [ -n "$user" ]; then
    sudo -n "$@"
  else
    "$@"
  fi
}

# The command runs in a session of its own. `read` ends when the connection breaks, or when seedbed
# closes it. Then the whole process group is ended, also what outlives its leader.
run()
{
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
}

# Whether no process is new since $before: it could write into the output of the next command.
# Kernel threads have no memory, nor do processes that have ended.
left_nothing()
{
  # Otherwise the processes of other accounts may be hidden.
  [ -e /proc/1/statm ] || return 1
  set -- /proc/[0-9]*
  [ " $* " != "$before" ] || return 0
  for process; do
    case $before in *" $process "*) continue ;; esac
    read -r pages _ <"$process/statm" || return 1
    [ "$pages" = 0 ] || return 1
  done
} 2>/dev/null

while :; do
  if [ $# = 0 ]; then
    read -r line || exit 0
    eval "set -- $line"
    # A command may have made the home anew.
    cd 2>/dev/null || cd /
  fi
  word=$1 greeting=$2 mode=$3 user=$4 command=$5
  [ -z "$greeting" ] || greeting=$(eval "$greeting")
  echo "$word ready $boot $greeting" >&2
  # Nothing has run yet. If the connection breaks here, seedbed tries again.
  read -r go && [ "$go" = go ] || exit 1
  # leftovers.sh finds by this mark what the command leaves behind.
  export SEEDBED_COMMAND="$word"
  set -- /proc/[0-9]*
  before=" $* "

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

  if [ "$mode" = input ]; then
    "$@" 3<&-
    status=$?
    break
  fi
  run "$@"
  [ "$mode" = keep ] && left_nothing || break

  echo "$word end"
  echo "$word exit $status kept" >&2
  set --
done
echo "$word exit $status" >&2
exit "$status"
