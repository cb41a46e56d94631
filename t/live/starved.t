#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A host that has too little of something, or a wrong clock: each command ends, names what is missing, and
# leaves nothing. The least that it needs is stated in LIMITS of seedbed(1).
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
chmod 0711 "$tmp"
fleet s 2
pool=/var/lib/libvirt/seedbed

# with_limit OPTION NUMBER COMMAND...: run, where the process may have only this much. A core file is of no use.
with_limit()
{
  # shellcheck disable=SC2016  # for that bash
  run timeout -k 1 300 bash -c 'ulimit -c 0 && ulimit "$1" "$2" && shift 2 && exec "$@"' - "$@"
}

# full NAME: a small file system $tmp/NAME without any room
full()
{
  mkdir "$tmp/$1" && mount -t tmpfs -o size="${2:-64k}" none "$tmp/$1" && at_exit "umount '$tmp/$1'" && fill "$1"
}
fill() { dd if=/dev/zero of="$tmp/$1/filler" bs=4k 2>/dev/null; [ -s "$tmp/$1/filler" ]; }

# ---- the process ----

for command in "up --no-wait $tmp/s.yaml" list 'down s'; do
  # shellcheck disable=SC2086  # words
  with_limit -n 64 seedbed $command
  is "$status $err" "3 seedbed: this process may open only 64 files, and seedbed needs 128 or more: 'ulimit -n 128'" \
    "64 file descriptors: ${command%% *} says so"
done
ok "two machines" seedbed -q up --no-wait "$tmp/s.yaml"
for command in --version list 'down s'; do
  # shellcheck disable=SC2086
  with_limit -v 65536 seedbed $command
  [[ $status = 0 || ($status != 12[45] && $err == *[a-z]*) ]]
  result $? "64 MiB of address space: $command ends with a word" || note "$status $err"
done
# The stack of a thread is as large as the limit: no thread can be made.
with_limit -s $((1 << 40)) seedbed down s
is "$status" 3 "where no thread can be made, down ends"
contains "$err" "this process gets no more threads: " "and says so"
is "$(seedbed list | grep -c running)" 2 "it has not touched the machines"
with_limit -s $((1 << 40)) seedbed up "$tmp/s.yaml"
[[ $status != 0 && $status != 12[45] && $err == *thread* ]]
result $? "up ends and says so" || note "$status $err"
ok "down" seedbed -q down s

# ---- the user's folders ----

full state
run env XDG_STATE_HOME="$tmp/state" seedbed up --no-wait "$tmp/s.yaml"
is "$status" 3 "a full state folder: up fails"
contains "$err" "$tmp/state/seedbed/qemu-system/s/id_ed25519': No space left on device" "it names the file"
is "$(leftovers)" '' "nothing is left"
rm "$tmp/state/filler"
ok "it fills while the machines live" env XDG_STATE_HOME="$tmp/state" seedbed -q up --no-wait "$tmp/s.yaml"
fill state
run env XDG_STATE_HOME="$tmp/state" seedbed evidence s-m-1
is "$status" 3 "evidence cannot be kept"
contains "$err" "No space left on device" "that is said"
is "$(ls "$tmp/state/seedbed/qemu-system/.evidence")" '' "no empty folder is left"
ok "down needs no room" env XDG_STATE_HOME="$tmp/state" seedbed -q down s
is "$(leftovers; find "$tmp/state/seedbed" -type f)" '' "nothing is left"

mkdir "$tmp/home" && mount -t tmpfs -o ro none "$tmp/home" && at_exit "umount '$tmp/home'"
at_home() { run env -u XDG_STATE_HOME -u XDG_CACHE_HOME -u XDG_CONFIG_HOME HOME="$tmp/home" "$@"; }
at_home seedbed up --no-wait "$tmp/s.yaml"
is "$status" 3 "a read-only home: up fails"
contains "$err" "$tmp/home/.local/state/seedbed/qemu-system/s': Read-only file system" "it names the folder"
for command in list 'down s' gc 'image list'; do
  # shellcheck disable=SC2086
  at_home seedbed $command
  is "$status" 0 "$command does not need a home"
done
is "$(leftovers)" '' "nothing is left"

ok "up and down need no room in /tmp" env TMPDIR="$tmp/state" bash -c "seedbed -q up --no-wait '$tmp/s.yaml' && seedbed -q down s"

# ---- the pool ----

full pool 32m
virsh -q pool-create-as small dir --target "$tmp/pool"
run seedbed image import -p small pocket "$pocket"
is "$status" 3 "a full pool: import fails"
contains "$err" "No space left on device: the pool 'small' has room for 0 bytes, and " "it says why"
contains "$err" " are to be written"$'\n'"try: the disk of the libvirt host is full" "and what to do"
is "$(ls "$tmp/pool")" filler "nothing of it is left"
rm "$tmp/pool/filler"
# Its content is much larger than the file: that there is no room shows only in the middle.
{ printf '\1'; yes; } | head -c 64M | gzip >"$tmp/yes.raw.gz"
run seedbed image import -p small --format raw yes "$tmp/yes.raw.gz"
is "$status" 3 "a pool that fills up: import fails"
contains "$err" "No space left on device" "it says why"
virsh -q pool-refresh small
is "$(ls "$tmp/pool")" '' "nothing of it is left"
seedbed -q image import -p small pocket "$pocket"
fill pool
virsh -q pool-refresh small
run seedbed image import -p small pocket "$pocket"
is "$status" 0 "an image that is there already needs no room"
run seedbed up -p small --no-wait "$tmp/s.yaml"
is "$status" 3 "then up fails"
contains "$err" "No space left on device" "it says why"
virsh -q pool-refresh small
is "$(find "$tmp/pool" -mindepth 1 ! -name 'pocket.*' -printf '%f\n')" filler "nothing of it is left"
virsh -q pool-destroy small

# ---- a clock that was wrong; 200 machines ----

ok "two machines" seedbed -q up --no-wait --lifetime 1h "$tmp/s.yaml"
virsh -q destroy s-m-2
virsh dumpxml --inactive s-m-2 | sed 's|\(<seedbed:created>\)[^<]*|\12099-01-31T12:00:00Z|' >"$tmp/m.xml"
for ((i = 3; i <= 200; i++)); do
  sed "/<uuid>/d; s/s-m-2\b/s-m-$i/g; s|\(<seedbed:index>\)2<|\1$i<|" "$tmp/m.xml"
  echo '<!-- next -->'
done | sed "1i<!-- next -->" | csplit -s -z -f "$tmp/m." - '/^<!-- next -->$/' '{*}'
for file in "$tmp"/m.[0-9]*; do virsh -q define "$file" 2>/dev/null; done
for ((i = 3; i <= 200; i++)); do
  for kind in qcow2 seed.iso console.log; do cp -a "$pool/s-m-2.$kind" "$pool/s-m-$i.$kind"; done
done
# in_60_mib COMMAND...: run, and one test
in_60_mib()
{
  run "$top/t/lib/peak.py" "$tmp/peak" "$@"
  [ "$status" = 0 ] && [ "$(<"$tmp/peak")" -lt $((60 * 1024)) ]
  result $? "${*:1:2} of 200 machines, in 60 MiB" || note "status $status: $(tail -n 3 "$tmp/run.err")"
  note "$(<"$tmp/peak") KiB"
}
in_60_mib seedbed list
is "$(wc -l <<<"$out")" 201 "each has a line"
note "$(grep 's-m-200 ' <<<"$out")"
in_60_mib seedbed gc --older-than 1ms
contains "$err" "0 things were removed" "what was made in the future is not old"
in_60_mib seedbed down s
is "$(leftovers)" '' "nothing is left"
done_testing
