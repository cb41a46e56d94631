#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# copy-in: unpacks the archive on standard input beside its place, and gives each file its name when all are whole
#
# Before this text is read, these variables are set: to, the destination; name, the file or folder in the
# archive; and is_folder, which is not empty if the destination is a folder.
# shellcheck disable=SC2154

# merge FROM TO: moves what is in a folder into another one; few processes, because each takes an emulated guest 10 ms
merge()
{
  for folder in "$1"/*/ "$1"/.[!.]*/ "$1"/..?*/; do
    folder=${folder%/}
    if [ -d "$folder" ] && [ ! -h "$folder" ] && [ -d "$2/${folder##*/}" ]; then
      merge "$folder" "$2/${folder##*/}" || return
    fi
  done
  # shellcheck disable=SC2016  # the inner shell expands them
  find "$1" -mindepth 1 -maxdepth 1 -exec sh -c 'mv -f "$@" "$0"' "$2/" {} +
  rmdir "$1"
}

# put: moves what was unpacked to its place; a folder is merged into one that is there
put()
{
  if [ ! -d "$to" ]; then
    mv -f "$new/$name" "$to"
  elif [ -d "$new/$name" ]; then
    merge "$new/$name" "$to"
  else
    echo "'$to' is a folder" >&2
    return 1
  fi
}

[ ! "$is_folder" ] || mkdir -p "$to" || exit
[ ! -d "$to" ] || to=$to/$name
case $to in */*) in=${to%/*} ;; *) in=. ;; esac
# In a folder that is there: it may be a disk of its own.
[ ! -d "$to" ] || in=$to
mkdir -p "${in:=/}" && new=$(mktemp -d "$in/.copy.XXXXXX") || exit
tar -xf - -C "$new" && put
status=$?
rm -rf "$new"
[ $status = 0 ] || df -Pk "$in" | awk 'NR == 2 { print "its file system " $6 " has " $4 " KiB free of " $2 " KiB" }' >&2
exit $status
