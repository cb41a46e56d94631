#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shortage: prints a line for what this guest runs short of
# - for each file system that is full: of this folder, of /tmp, and the root
# - for the processes that the kernel has killed since the boot because memory was full
# - for a program for another architecture, which the command names in the variable `command`
#
# A line of a file system is: "space" or "inodes", the size in bytes, the number of inodes, and the mount point. A
# read-only file system is always full, so it is left out; so is one that does not tell its size.
# The others are: "memory", and the number of processes (since Linux 4.13); and "program", the number of the
# architecture in ELF, that of the guest's shell, and the file.
export LC_ALL=C

# is_read_only MOUNT: the last file system that is mounted there is the one that counts
is_read_only()
{
  last=
  while read -r _ at _ options _; do
    [ "$at" != "$1" ] || last=$options
  done </proc/mounts
  case ,$last, in *,ro,*) ;; *) return 1 ;; esac
}

seen=
for dir in . /tmp /; do
  mount=$(df -P "$dir" 2>/dev/null | sed -n '2s/.*% //p')
  case $seen in *"|$mount|"*) continue ;; esac
  # shellcheck disable=SC2046  # block size, blocks, free blocks, inodes, free inodes
  set -- $(stat -f -c '%S %b %a %c %d' "$dir" 2>/dev/null) 0 0 0 0 0
  full=
  if [ -w "$dir" ]; then
    file=$dir/.seedbed-$$
    case $(dd if=/dev/zero of="$file" bs=4096 count=1 2>&1) in
    *'No space left'* | *'quota exceeded'*) full=space ;;
    esac
    rm -f "$file"
    [ -z "$full" ] || [ "$4" = 0 ] || [ "$5" != 0 ] || full=inodes
    seen="$seen|$mount|"
  elif ! is_read_only "$mount"; then
    [ "$2" = 0 ] || [ "$3" != 0 ] || full=space
    [ "$4" = 0 ] || [ "$5" != 0 ] || full=inodes
  fi
  [ -n "$full" ] || continue
  echo "$full $(($1 * $2)) $4 $mount"
  seen="$seen|$mount|"
done
sed -n '/^oom_kill 0$/d; s/^oom_kill /memory /p' /proc/vmstat 2>/dev/null

# elf FILE: the number of the architecture; nothing: it is not an ELF file
elf()
{
  head=$(od -An -tx1 -N20 "$1" 2>/dev/null | tr -d ' \n')
  case $head in 7f454c46*) echo "${head#????????????????????????????????????}" ;; esac
}

set -f
# shellcheck disable=SC2154  # it is set before this text is read
for word in $command; do
  other=''
  [ ! -f "$word" ] || other=$(elf "$word")
  [ -n "$other" ] || continue
  own=$(elf /bin/sh)
  [ "$other" = "$own" ] || echo "program $other $own $word"
done
