#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Without a libvirt host: what is missing is said, and how to get it; bad usage is found without one
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

nowhere='qemu+unix:///system?socket=/nonexistent/libvirt-sock'
unset LIBVIRT_DEFAULT_URI

# fails STATUS TEXT WHAT: the last run ended with STATUS, said TEXT on stderr, and nothing on stdout
fails()
{
  is "$status" "$1" "$3: exit status $1"
  contains "$err" "$2" "$3: says so"
  is "$out" '' "$3: prints no data"
}

for command in 'list' 'down x' 'ssh x' 'exec x -- true' 'log x' 'console x' 'image list' 'image rm x'; do
  # shellcheck disable=SC2086  # words
  run seedbed -c "$nowhere" $command
  fails 3 "cannot connect to libvirt at '$nowhere'" "'$command' without libvirtd"
  contains "$err" "start it with 'systemctl start libvirtd'" "'$command': how to start it"
done
run env LIBVIRT_DEFAULT_URI="$nowhere" seedbed list
fails 3 "cannot connect to libvirt at '$nowhere'" "a URI from the environment"
run env LIBVIRT_DEFAULT_URI=nonsense seedbed list -c "$nowhere"
fails 3 "cannot connect to libvirt at '$nowhere'" "--connect before the environment"

run seedbed -c "qemu+ssh://nobody@127.0.0.1:1/system" list
fails 3 "no ssh server answers there: 'ssh -p 1 nobody@127.0.0.1 true' must work" "a host that nobody answers on"
run seedbed -c "qemu+tcp://127.0.0.1:1/system" list
fails 3 "see whether this works: virsh -c 'qemu+tcp://127.0.0.1:1/system' uri" "the same without ssh"
for uri in nonsense %%%; do
  run seedbed -c $uri list
  fails 2 "libvirt's URIs are such as 'qemu:///system'" "the URI '$uri'"
done

for number in 12 64; do
  run bash -c "ulimit -n $number && exec seedbed -c '$nowhere' list"
  fails 3 "this process may open only $number files, and seedbed needs 128 or more: 'ulimit -n 128'" "ulimit -n $number"
done

# ---- what is refused before libvirt is asked ----

run seedbed frobnicate
fails 2 "no command 'frobnicate'" "an unknown command"
contains "$err" "see 'seedbed --help'" "with a pointer to the help"
run seedbed lst
contains "$err" "did you mean 'list'?" "a typing error in a command is recognized"
run seedbed -c "$nowhere" up --nope
fails 2 "--nope" "an unknown option of a command"
contains "$err" "see 'seedbed up --help'" "with a pointer to the command's help"
run seedbed --nope up
fails 2 "--nope" "an unknown option before the command"
run seedbed -c "$nowhere" exec
fails 2 "usage: seedbed exec" "an argument that is missing"
run seedbed -c "$nowhere" list --format xml
fails 2 "'xml' is not a format" "an unknown format"
run seedbed -c "$nowhere" up --timeout soon x.yaml
fails 2 "--timeout: " "an unreadable duration"
run seedbed -c "$nowhere" up --timeout '0 s' x.yaml
fails 2 "--timeout must be longer than 0, not '0 s'" "a duration of nothing"
run seedbed
is "$status" 2 "no command at all: exit status 2"
contains "$err" "Usage: seedbed" "no command at all: the help"

printf 'fleet: Faas\nimagee: x\nmachines:\n  m: { vcpus: many }\n' >"$tmp/bad.yaml"
run seedbed -c "$nowhere" up "$tmp/bad.yaml"
fails 2 "$tmp/bad.yaml:2:1: unknown key 'imagee', did you mean 'image'?" "a bad fleet file"
contains "$err" "$tmp/bad.yaml:4:15: " "all of its errors at once"
lacks "$err" "libvirt" "libvirt was not asked"
run seedbed -c "$nowhere" up "$tmp/none.yaml"
fails 2 "$tmp/none.yaml" "a fleet file that is not there"
printf 'fleet: f\nimage: x\nmachines:\n  m: { user-data: none.yaml }\n' >"$tmp/ref.yaml"
run seedbed -c "$nowhere" up "$tmp/ref.yaml"
fails 2 "$tmp/ref.yaml:4:19: cannot read '$tmp/none.yaml'" "a file that a fleet file names"

# ---- rights ----

if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
  chmod 0711 "$tmp"
  cp "$(type -P seedbed)" "$tmp/seedbed"
  python3 - "$tmp/socket" <<'END' &
import os, socket, sys, time
listener = socket.socket(socket.AF_UNIX)
os.umask(0o177)
listener.bind(sys.argv[1])
listener.listen()
time.sleep(600)
END
  at_exit "kill $!"
  wait_for 30 test -S "$tmp/socket"
  run setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups \
    "$tmp/seedbed" -c "qemu+unix:///system?socket=$tmp/socket" list
  fails 3 "Permission denied" "a socket that this user may not open"
  contains "$err" "join the group 'libvirt'" "what to do about it"
else
  result 0 "a socket that this user may not open # SKIP not root: cannot become a user without rights"
fi
done_testing
