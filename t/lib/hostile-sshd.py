#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Listens on port 22 of the addresses PREFIX1 to PREFIX4, and answers as no ssh server should.

Usage: hostile-sshd.py PREFIX        (such as 127.0.1.)
"""
import itertools
import socket
import sys
import threading
import time


def silence():
    while True:
        time.sleep(60)
        yield b""


def drops():
    while True:
        time.sleep(1)
        yield b"S"


answers = [
    lambda: itertools.repeat(b"\033[31mnot a greeting\n" * 1000),            # lines without end
    silence,
    drops,                                                                   # a greeting without end
    lambda: itertools.chain([b"SSH-2.0-hostile\r\n"], itertools.repeat(b"\x00\x00\x10\x00" + bytes(65532))),
]


def answer(connection, parts):
    try:
        for part in parts:
            connection.sendall(part)
    except OSError:
        pass
    connection.close()


def serve(address, make):
    server = socket.create_server((address, 22))
    while True:
        connection, _ = server.accept()
        threading.Thread(target=answer, args=(connection, make()), daemon=True).start()


threads = [threading.Thread(target=serve, args=(sys.argv[1] + str(i + 1), make)) for i, make in enumerate(answers)]
for thread in threads:
    thread.start()
