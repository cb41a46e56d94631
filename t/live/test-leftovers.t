#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Processes that a step leaves behind do not hold up a test, and are named. OpenSSH's sshd waits for
# them; the sshd of the pocket guest does not. So the commands go to an sshd on loopback.
# shellcheck source=t/lib/remote.sh
. "${srcdir:-.}/t/lib/remote.sh"
need_pocket
cd "$tmp" || exit 1

# elsewhere COMMAND...: runs it with an ssh that goes to the sshd on loopback
mkdir bin
cat >bin/ssh <<END
#!/bin/sh
case "\$*" in *' -O '*) exit ;; esac
for command; do :; done
exec $(type -P ssh) -F '$home/.ssh/config' -o LogLevel=ERROR -o BatchMode=yes -- buildhost "\$command"
END
chmod +x bin/ssh
elsewhere() { PATH=$tmp/bin:$PATH "$@"; }

echo 'while :; do echo on and on; sleep 0.1; done' >writer
cat >l.yaml <<END
fleet: l
image: pocket
machines: { m: { vcpus: 1, memory: 256 MiB, disk: 256 MiB } }
test:
  - { name: writes, run: yes & echo 1..1; echo ok 1 }
  - { name: silent, run: exec 2>&1; setsid sleep 54321 & echo 1..1; echo ok 1 }
  - { name: late, timeout: 2 s, run: setsid sh '$tmp/writer' & sleep 54322, results: exit }
  - { name: harmless, run: sleep 54323 >/dev/null 2>&1 & echo 1..1; echo ok 1 }
END
cat >c.yaml <<END
fleet: l
image: pocket
machines: { m: { vcpus: 1, memory: 256 MiB, disk: 256 MiB } }
test:
  - { name: long, run: setsid sh '$tmp/writer' & sleep 54324, results: exit }
END
ok "a machine" seedbed -q up l.yaml

# of STEP KEY: of r.json
of()
{
  python3 -c 'import json, sys
for s in json.load(open("r.json"))["suites"]:
  if s["name"].endswith("/" + sys.argv[1]): print(s[sys.argv[2]])' "$1" "$2"
}

run elsewhere timeout 300 seedbed test --keep always --json r.json l.yaml
is "$status" 1 "a test ends, whatever its steps leave behind"
note "$(grep / run.err)"
is "$(of writes result) $(of silent result) $(of late result) $(of harmless result)" \
  "passed passed untrusted passed" "only the step that is late does not pass"
[[ $(of writes notes) =~ "left behind what holds its output open: yes ("[0-9]+")" ]]
result $? "a process that writes for ever is named" || note "$(of writes notes)"
[[ $(of silent notes) =~ "sleep 54321 ("[0-9]+")" ]]
result $? "a silent one too" || note "$(of silent notes)"
is "$(of harmless notes)" "[]" "a process that does not hold the output is not worth a word"
ok "what was left to run on does so" pgrep -f 'sleep 5432[13]'
pkill -f 'sleep 5432[13]'

PATH=$tmp/bin:$PATH seedbed test --keep always c.yaml >run.out 2>run.err &
ok "a step runs that leaves a writer behind" wait_for 60 pgrep -f 'sleep 54324'
kill -INT $!
sleep 1
kill -INT $!
gone() { ! kill -0 $!; }
ok "Ctrl-C, twice, ends it in bounded time" wait_for 60 gone
wait $!
is "$?" 130 "exit status 130"
# shellcheck disable=SC2016
ok "no writer is left" wait_for 30 bash -c '! pgrep -x yes && ! pgrep -f "$1/[w]riter"' - "$tmp"
ok "down" seedbed -q down l
is "$(leftovers)" '' "nothing is left"
done_testing
