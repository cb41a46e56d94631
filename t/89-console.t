#!/bin/bash
# The serial console: a session on a terminal, and the log as it grows
. "${srcdir:-.}/t/live.sh"
command -v python3 >/dev/null || skip_all "python3 not found: it makes the terminals"
need_pocket

# What a user does at a terminal. Each function of it is a line of the test below.
cat >"$tmp/terminal.py" <<'END'
import os, pty, select, subprocess, sys, termios, time

class Terminal:
    """A terminal that `seedbed console` runs on."""
    def __init__(self, *arguments):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.seen = b''
        self.process = subprocess.Popen(['seedbed', 'console', *arguments], start_new_session=True,
                                        stdin=self.slave, stdout=self.slave, stderr=self.slave)
        self.expect(b'Escape character is ^]')
        while termios.tcgetattr(self.slave)[3] & termios.ICANON and self.process.poll() is None:
            time.sleep(0.1)  # not raw yet: keys typed now would be lost

    def expect(self, text):
        deadline = time.monotonic() + 120
        while text not in self.seen and time.monotonic() < deadline:
            if select.select([self.master], [], [], 1)[0]:
                self.seen += os.read(self.master, 4096)
        return text in self.seen

    def type(self, keys):
        os.write(self.master, keys)

    def end(self):
        """Its exit status, and whether the terminal is as it was."""
        status = self.process.wait(120)
        return status, termios.tcgetattr(self.slave) == self.before

def show(what, *values):
    print(what, *values, flush=True)

machine = sys.argv[1]
first = Terminal(machine)
show('raw', not termios.tcgetattr(first.slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG))
first.type(b'\r')
show('prompt', first.expect(b'pocket# '))
first.type(b'echo "$((6 * 7)) answers from $(hostname)"\r')
show('answer', first.expect(b'42 answers from ' + machine.encode()))
first.type(b'\003')  # Ctrl-C is the guest's
second = subprocess.run(['seedbed', 'console', machine], stdin=subprocess.DEVNULL, capture_output=True)
show('second', second.returncode, second.stderr.decode())
first.type(b'echo st""ill here\r')
show('still', first.expect(b'still here'))
forced = Terminal(machine, '--force')
show('robbed', first.end(), first.expect(b'broke') or first.seen[-200:])
forced.type(b'echo for""ced\r')
show('forced', forced.expect(b'forced'))
forced.type(b'\x1d')
show('end', forced.end())
END

fleet k 1
ok "a machine" seedbed -q up "$tmp/k.yaml"
run python3 "$tmp/terminal.py" k-m-1
note "$out $err"
done_testing
