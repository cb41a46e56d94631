#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# leftovers: names the processes of a command that has ended
#
# Argument: the MARK that guest-command.sh puts into the environment of its command.
#
# Prints a line for each process: its id and its command line. Only root sees processes of others.
mark=SEEDBED_COMMAND=$1
for environ in $(sudo -n grep -ls "$mark" /proc/[0-9]*/environ 2>/dev/null ||
  grep -ls "$mark" /proc/[0-9]*/environ 2>/dev/null); do
  process=${environ%/environ}
  line=$(tr '\0\n' '  ' <"$process/cmdline") 2>/dev/null
  [ -z "$line" ] || echo "${process#/proc/} $line"
done
