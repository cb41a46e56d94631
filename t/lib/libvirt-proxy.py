#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands between seedbed and libvirtd, for tests of what happens at a moment that none could hit.

Listens at FOLDER/socket, and passes everything on. Files in FOLDER say what else:
  limit  hang up after so many bytes of libvirtd's, on each connection
  sent   hang up after so many bytes of seedbed's, on each connection
  lose   lose what libvirtd says to the end of a stream of this procedure
  hold   keep back the first reply to this procedure (its number in libvirt's remote_protocol.x) until
         FOLDER/go is there; FOLDER/held is made when it came
FOLDER/count says how many bytes of libvirtd's the last connection had when it ended.

A message begins with its length, with that included, the program, its version, the procedure and the
type, of which 1 is a reply and 3 a part of a stream, then a serial number and the status, which is 2
for a stream that goes on: 4 bytes each, big-endian (libvirt's virnetprotocol.x).
"""
import os
import select
import socket
import struct
import sys
import tempfile
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()


def path(name):
    return os.path.join(folder, name)


def read(name):
    try:
        with open(path(name)) as file:
            return int(file.read())
    except FileNotFoundError:
        return None


def write(name, text):
    with tempfile.NamedTemporaryFile('w', dir=folder, delete=False) as file:
        file.write(text)
    os.rename(file.name, path(name))


def hold(procedure):
    with lock:
        if procedure != read('hold') or os.path.exists(path('held')):
            return
        write('held', '')
    while not os.path.exists(path('go')):
        time.sleep(0.05)


def take_messages(buffer):
    """The whole messages at the start of BUFFER, which are taken from it."""
    messages = bytearray()
    while len(buffer) >= 28:
        size, _, _, procedure, kind, _, status = struct.unpack_from('>7I', buffer)
        if len(buffer) < size:
            break
        if kind == 1:
            hold(procedure)
        if kind != 3 or status == 2 or procedure != read('lose'):
            messages += buffer[:size]
        del buffer[:size]
    return bytes(messages)


def pass_on(client, server):
    """Until one of them hangs up, or is hung up on; yields how many bytes of libvirtd's it passes."""
    limit, count, buffer, is_open = read('limit'), 0, bytearray(), True
    left = read('sent')
    while is_open and (limit is None or count < limit):
        for ready in select.select([client, server], [], [])[0]:
            data = ready.recv(65536)
            is_open = is_open and bool(data)
            if ready is client:
                server.sendall(data)
                if left is not None:
                    left -= len(data)
                    is_open = is_open and left > 0
                continue
            buffer += data
            data = take_messages(buffer)[:None if limit is None else limit - count]
            count += len(data)
            yield len(data)
            client.sendall(data)


def serve(client):
    count = 0
    with client, socket.socket(socket.AF_UNIX) as server:
        server.connect('/run/libvirt/libvirt-sock')
        try:
            for length in pass_on(client, server):
                count += length
        except OSError:  # one side ended in the middle
            pass
    write('count', str(count))


# Whoever sees the socket can connect to it.
listener = socket.socket(socket.AF_UNIX)
listener.bind(path('new'))
listener.listen(50)
os.rename(path('new'), path('socket'))
while True:
    threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
