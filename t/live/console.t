#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The serial console: a session on a terminal, and the log as it grows
. "${srcdir:-.}/t/lib/live.sh"
command -v python3 >/dev/null || skip_all "python3 not found: it makes the terminals"
need_pocket

# What users do at terminals; each line that it prints is a test below
cat >"$tmp/terminal.py" <<'END'
import fcntl, os, pty, select, signal, subprocess, sys, termios, time
class Terminal:  # with `seedbed console` on it
    def __init__(self, *arguments, pipe=False):  # with PIPE, its output goes to a short pipe
        self.master, self.slave = pty.openpty()
        self.outputs, output = [self.master], self.slave
        if pipe:
            end, output = os.pipe()
            self.outputs.append(end)
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 4096)
        self.before = termios.tcgetattr(self.slave)
        self.seen = b''
        self.process = subprocess.Popen(['seedbed', 'console', *arguments], start_new_session=True,
                                        stdin=self.slave, stdout=output, stderr=self.slave)
        self.expect(b'Escape character is ^]')
        while termios.tcgetattr(self.slave)[3] & termios.ICANON and self.process.poll() is None:
            time.sleep(0.1)  # not raw yet: keys typed now would be lost

    def expect(self, text, nudge=b''):  # NUDGE: keys for as long as nothing comes
        deadline = time.monotonic() + 120
        while text not in self.seen and time.monotonic() < deadline:
            if not self.read(1):
                self.type(nudge)
        _, found, self.seen = self.seen.partition(text)
        return bool(found)

    def read(self, seconds):  # whether something came
        ready = select.select(self.outputs, [], [], seconds)[0]
        for output in ready:
            self.seen += os.read(output, 4096)
        return ready

    def type(self, keys):
        os.write(self.master, keys)

    def end(self):  # the exit status, and whether the terminal is as it was
        deadline = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read(0.1)
        return self.process.returncode, termios.tcgetattr(self.slave) == self.before

machine = sys.argv[1]
if sys.argv[2:] == ['stalled']:
    stalled = Terminal(machine, pipe=True)
    stalled.expect(b'pocket# ', b'\r')
    stalled.type(b'yes noise\r')
    stalled.expect(b'noise\r\nnoise')
    time.sleep(15)  # nothing is read, for longer than libvirtd waits for a sign of life
    stalled.type(b'\x03')
    print('goes on', stalled.expect(b'goes on', b'echo go""es on\r'))
    stalled.type(b'\x1d')
    print('end', *stalled.end())
    sys.exit()
first = Terminal(machine)
print('raw', not termios.tcgetattr(first.slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG))
print('prompt', first.expect(b'pocket# ', b'\r'))
first.type(b'echo "$((6 * 7)) answers from $(hostname)"\r')
print('answer', first.expect(b'42 answers from ' + machine.encode()))
second = subprocess.run(['seedbed', 'console', machine], stdin=subprocess.DEVNULL, capture_output=True)
print('second', second.returncode, repr(second.stderr))
print('still', first.expect(b'still here', b'echo st""ill here\r'))
forced = Terminal(machine, '--force')
print('robbed', *first.end())
print('forced', forced.expect(b'forced', b'echo for""ced\r'))
forced.type(b'yes noise\r')
forced.expect(b'noise\r\nnoise')
os.kill(forced.process.pid, signal.SIGSTOP)
time.sleep(3)  # then much is on its way to it
last = Terminal(machine, '--force')
last.type(b'\x03')
print('last', last.expect(b'the last', b'echo the l""ast\r'))
os.kill(forced.process.pid, signal.SIGCONT)
print('busy', *forced.end())
last.type(b'\x1d')
print('end', *last.end())
killed = Terminal(machine)
killed.process.terminate()
print('killed', *killed.end())
END

fleet k 1
ok "a machine" seedbed -q up "$tmp/k.yaml"
run python3 "$tmp/terminal.py" k-m-1
contains "$out" "raw True" "every key is the guest's, Ctrl-C too"
contains "$out" "prompt True" "Enter brings the guest's prompt"
contains "$out" "answer True" "a command is run by the guest"
second=$(grep '^second' <<<"$out")
contains "$second" "second 3 " "a second session is refused: exit status 3"
contains "$second" "Active console session exists" "and says why"
contains "$second" "'--force' disconnects that process" "and what to do"
lacks "$second" "Connected" "and does not say that it is connected"
contains "$out" "still True" "the first goes on"
contains "$out" "robbed 3 True" "with --force the first ends, with its terminal as before"
contains "$out" "forced True" "and the second has the console"
contains "$out" "last True" "a third has it, while the guest writes for ever to the second"
contains "$out" "busy 3 True" "which ends too, with much output on its way to it"
contains "$out" "end 0 True" "Ctrl-] ends it, with the terminal as before" || note "$out $err"
contains "$out" "killed 143 True" "so does SIGTERM"

cp /etc/libvirt/libvirtd.conf "$tmp/libvirtd.conf"
printf 'keepalive_interval = 1\nkeepalive_count = 8\n' >>/etc/libvirt/libvirtd.conf
stop_libvirtd && "$SEEDBED_LIBVIRTD_START"
is $? 0 "libvirtd now ends connections without a sign of life"
mkfifo "$tmp/fifo"
seedbed log --follow k-m-1 >"$tmp/fifo" 2>"$tmp/late.err" &
follower=$!
(sleep 20 && exec cat) <"$tmp/fifo" >"$tmp/late" &
run python3 "$tmp/terminal.py" k-m-1 stalled
is "$out" "goes on True
end 0 True" "a session whose output is not read for a while goes on" || note "$err"
ok "so does log --follow" wait_for 60 grep -q '^goes on' "$tmp/late" || note "$(<"$tmp/late.err")"
kill -INT $follower
wait $follower
cp "$tmp/libvirtd.conf" /etc/libvirt/
stop_libvirtd && "$SEEDBED_LIBVIRTD_START"
is $? 0 "and waits for longer again"

# ---- QEMU's monitor, whose lines can be repeated ----

cat >"$tmp/monitor.py" <<'END'
import os, pty, select, sys, termios, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp('seedbed', ['seedbed', 'monitor', sys.argv[1]])
seen = b''
def expect(count, text):
    global seen
    deadline = time.monotonic() + 60
    while seen.count(text) < count and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 4096)
    return seen.count(text) >= count
def prompt(count):  # the keys of an editor count only while the terminal is raw
    expect(count, b'(qemu)')
    while termios.tcgetattr(terminal)[3] & termios.ICANON:
        time.sleep(0.05)
prompt(1)
os.write(terminal, b'info status\r')
print('answer', expect(1, b'VM status: running'))
prompt(2)
os.write(terminal, b'\x1b[A\r')
print('repeated', expect(2, b'VM status: running'))
prompt(3)
os.write(terminal, b'\x04')
deadline = time.monotonic() + 60
ended = (0, 0)
while not ended[0] and time.monotonic() < deadline:
    time.sleep(0.1)
    ended = os.waitpid(pid, os.WNOHANG)
print('end', os.waitstatus_to_exitcode(ended[1]) if ended[0] else 'never')
END
run timeout 120 python3 "$tmp/monitor.py" k-m-1
is "$out" "answer True
repeated True
end 0" "the monitor answers on a terminal, the arrow key brings a command back, Ctrl-D ends it" || note "$err"

# ---- the log ----

# say WORD: the guest writes it on its console
say() { seedbed ssh k-m-1 -- "sudo sh -c 'echo $1 >/dev/console'"; }
seedbed log --follow k-m-1 >"$tmp/follow" &
follower=$!
seedbed log --follow k-m-1 >"$tmp/interrupted" &
interrupted=$!
ok "log --follow shows what there is" wait_for 60 grep -q 'k-m-1 is up' "$tmp/follow"
ok "the guest says something" say news
ok "and what comes" wait_for 60 grep -q news "$tmp/follow"
ok "for everybody who follows" wait_for 60 grep -q news "$tmp/interrupted"
kill -INT $interrupted
wait $interrupted
is $? 130 "Ctrl-C ends it: exit status 130"
say farewell
# The guest has it in a buffer at first.
in_log() { seedbed log k-m-1 | grep -q "$1"; }
wait_for 60 in_log farewell
virsh -q destroy k-m-1
wait $follower
is $? 0 "the machine's end ends it: exit status 0"
contains "$(<"$tmp/follow")" farewell "after its last words"
run seedbed log k-m-1
is "$out" "$(<"$tmp/follow")" "log alone shows the same"
run seedbed console k-m-1
is "$status" 3 "a machine that is off has no console: exit status 3"
ok "down" seedbed -q down k
is "$(leftovers)" '' "nothing is left"
done_testing
