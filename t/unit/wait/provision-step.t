#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The lock of a provision step, with the script of the guest on this machine (In a guest: t/live/provision.t)
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
mkdir "$tmp/bin" "$tmp/run"
sed "s|=/run/|=$tmp/run/|; s|=/var/lib/|=$tmp/|; s|=/etc/|=$tmp/none/|" "$top/src/wait/provision-step.sh" >"$tmp/step"
cat >"$tmp/bin/sudo" <<'END'
#!/bin/sh
until [ "$1" = -- ]; do shift; done
shift
exec "$@"
END
chmod +x "$tmp/bin/sudo"
PATH=$tmp/bin:$PATH

# step NUMBER COMMAND: runs it as one of two
step() { timeout 20 sh "$tmp/step" digest "$1" 2 root "$2" </dev/null; }
record() { cat "$tmp/cloud/instance/seedbed-provision"; }

# Where nothing can be written to a file, the process dies between making a file and writing it.
(ulimit -c 0; ulimit -f 0; timeout 5 sh "$tmp/step" digest 1 2 root true </dev/null) 2>/dev/null
ok "after a step that was killed when it took the lock, the next one has it" step 1 true
is "$(record)" "digest 1 2" "and is recorded"
echo 4194305 >"$tmp/run/seedbed-provision.lock"
ok "so has one after a process that is gone" step 2 true
is "$(record)" "digest 2 2" "which is recorded too"

rm "$tmp/cloud/instance/seedbed-provision"
step 1 "touch '$tmp/begun'; sleep 2; echo first >>'$tmp/order'" &
wait_for 20 test -e "$tmp/begun"
ok "a second process waits" step 2 "echo second >>'$tmp/order'"
wait $!
is "$?:$(paste -sd' ' "$tmp/order")" "0:first second" "until the first has done its step"
ok "no lock is left" test ! -e "$tmp/run/seedbed-provision.lock"
done_testing
