# SPDX-License-Identifier: LGPL-2.1-or-later
# remote.sh: for live tests of a libvirt host that is reached over ssh. Sourced instead of
# live.sh: . "${srcdir:-.}/t/lib/remote.sh"
#
# The other host is this one, through an sshd on loopback that only this namespace has. Its name is
# buildhost, and the user's $home/.ssh has the key and the settings. sshd logs to $tmp/sshd.log.
# shellcheck shell=bash
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

unpacked=$(realpath "${builddir:-$top/build}/unpacked")
# The full path: sshd starts itself again for each connection
sshd=$(PATH=$PATH:/usr/sbin:/sbin:$unpacked/usr/sbin type -P sshd) ||
  skip_all "no sshd: 'scripts/unpack-packages build/unpacked' gets one"

home=$tmp/home config=$tmp/sshd_config
mkdir -p "$home/.ssh" /run/sshd
chmod 0700 "$home" "$home/.ssh"
awk -F: -v OFS=: -v home="$home" '$1 == "root" { $6 = home } $1 != "sshd"
  END { print "sshd:x:65000:65534::/run/sshd:/bin/false" }' /etc/passwd >"$tmp/passwd"
awk -F: -v OFS=: '$1 == "root" { $2 = "*" } 1' /etc/shadow >"$tmp/shadow" # "!" locks keys out, too
mount --bind "$tmp/passwd" /etc/passwd
mount --bind "$tmp/shadow" /etc/shadow
export HOME=$home
ssh-keygen -q -t ed25519 -N '' -f "$tmp/host_key"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key of mine"
cat >"$config" <<END
ListenAddress 127.0.0.1:2222
HostKey $tmp/host_key
PidFile $tmp/sshd.pid
AuthorizedKeysFile "$tmp/key of mine.pub"
AuthenticationMethods publickey
PermitRootLogin yes
StrictModes no
LogLevel DEBUG1
END
LD_LIBRARY_PATH=$unpacked/usr/lib/$(uname -m)-linux-gnu "$sshd" -f "$config" -E "$tmp/sshd.log" || skip_all "sshd does not start: $(tail -n 1 "$tmp/sshd.log")"
wait_for 30 test -s "$tmp/sshd.pid"
end_sshd() { kill "$(<"$tmp/sshd.pid")"; }
at_exit end_sshd
# The files of a user who uses that host by hand
cat >"$home/.ssh/config" <<END
Host buildhost
  HostName 127.0.0.1
  Port 2222
  User root
  IdentityFile "$tmp/key of mine"
END
echo "[127.0.0.1]:2222 $(cut -d' ' -f1,2 "$tmp/host_key.pub")" >"$home/.ssh/known_hosts"
unset LIBVIRT_DEFAULT_URI
