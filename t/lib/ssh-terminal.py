# SPDX-License-Identifier: LGPL-2.1-or-later
# ssh-terminal: `seedbed ssh MACHINE` on a terminal, as the job of a shell, and what its keys do
#
# Usage: ssh-terminal.py MACHINE    Prints one line for each thing that was tried.
import os, pty, select, sys, time

machine = sys.argv[1]
deadline = time.monotonic() + 120
child, terminal = pty.fork()
if child == 0:
    # A shell with job control. The prompt is like nothing else.
    os.environ['PS1'] = 'local> '
    os.execlp('bash', 'bash', '--norc', '-i')
seen = b''


def is_seen(text, nudge=b''):
    """Reads until TEXT comes; types NUDGE whenever nothing does."""
    global seen
    while text not in seen and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 4096)
        elif nudge:
            os.write(terminal, nudge)
    found = text in seen
    seen = seen.partition(text)[2]
    return found


def keys(text):
    os.write(terminal, text)


is_seen(b'local> ')
# A connection of its own: one that is shared cannot be suspended.
keys(b'seedbed ssh -S none -t %s -- sh\n' % machine.encode())
# The echo of what is typed has the quotes, what the guest prints has not.
print('login', is_seen(b'in-guest', b'echo in-""guest\n'))
keys(b'echo sle""eps; sleep 1000\n')
is_seen(b'sleeps')
time.sleep(1)
keys(b'\x03')
print('ctrl-c', is_seen(b'stays', b'echo st""ays\n'))
keys(b'\n~\x1a')
print('suspended', is_seen(b'Stopped') and is_seen(b'local> '))
keys(b'fg\n')
print('continued', is_seen(b'goes-on', b'echo goes-""on\n'))
keys(b'\nexit 7\n')
is_seen(b'local> ')
keys(b'echo exit=$?\n')
print('status', is_seen(b'exit=7'))
keys(b'seedbed ssh %s\n' % machine.encode())
print('shell', is_seen(b'in-shell', b'echo in-""shell\n'))
keys(b'\n~.')
print('disconnected', is_seen(b'local> '))
keys(b'exit\n')
os.waitpid(child, 0)
