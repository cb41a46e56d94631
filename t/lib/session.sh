# SPDX-License-Identifier: LGPL-2.1-or-later
# session.sh: for live tests as a plain user without any setup: qemu:///session and user networking.
# Sourced instead of live.sh:
# . "${srcdir:-.}/t/lib/session.sh"
#
# The user is called plain, and exists in a namespace that only this test sees.
# shellcheck shell=bash
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

uid=54321
home=/run/plain
runtime=/run/user/$uid

printf 'plain:x:%s:%s::%s:/bin/sh\n' $uid $uid $home | cat /etc/passwd - >"$tmp/passwd"
printf 'plain:x:%s:\n' $uid | cat /etc/group - >"$tmp/group"
mount --bind "$tmp/passwd" /etc/passwd
mount --bind "$tmp/group" /etc/group
mkdir -p "$home" "$runtime"
# perhaps only the owner can read the tree and its build
cp "$(type -P seedbed)" "$home/"
[ -r "$pocket" ] || "$top/scripts/make-pocket-image" "$pocket" >&2 || skip_all "no pocket image"
cp "$pocket" "$home/pocket.qcow2"
chown -R $uid:$uid "$home" "$runtime"
chmod 0700 "$runtime"

# plain COMMAND...: runs it as that user, after a fresh login
plain()
{
  (cd "$home" && exec setpriv --reuid $uid --regid $uid --clear-groups env -i HOME="$home" \
    USER=plain PATH="$home:$PATH" XDG_RUNTIME_DIR="$runtime" LANG=C.UTF-8 G_DEBUG=$G_DEBUG "$@")
}

# write_fleet NAME COUNT [LINE...]: in the user's home
write_fleet()
{
  fleet "$@"
  install -m 0644 "$tmp/$1.yaml" "$home/$1.yaml"
}

# end_daemon NAME: ends the daemon that libvirt started for the user, if it runs
end_daemon()
{
  local pid
  pid=$(cat "$runtime/libvirt/$1.pid" 2>/dev/null) || return 0
  kill "$pid" && wait_for 30 not_running "$pid"
}
not_running() { ! kill -0 "$1"; }
processes() { pgrep -lu $uid | grep -Ev ' (libvirtd|virtlogd)$'; }
no_processes() { ! processes; }
at_exit 'end_daemon libvirtd; end_daemon virtlogd'
