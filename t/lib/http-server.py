#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server on loopback for the tests of downloads, with faults.

Usage: http-server.py FOLDER [CERTIFICATE KEY]

It prints its port, serves the files of FOLDER, and writes a line to FOLDER/requests for each
request: its path, and its Range and If-Range. The path says what it does:

    /plain/FILE         the file, with ETag and ranges
    /cut-N/FILE         the connection ends after N bytes of each answer
    /cut-once-N/FILE    so does that of the first answer
    /no-range/FILE      cuts once after 100000 bytes, and knows no ranges
    /no-tag/FILE        cuts once after 100000 bytes, and names no version of the file
    /changing/FILE      cuts once after 100000 bytes; after that the file is FILE.new
    /lying/FILE         the same, but it claims that the file has not changed
    /wrong-range/FILE   cuts once after 100000 bytes, and then answers with another range
    /long/FILE          says that there are 1000 bytes more than there are
    /short/FILE         says that there are 1000 bytes less
    /status-N/FILE      answers with status N, and the file as the error's text
    /range-416/FILE     cuts once after 100000 bytes, and answers a range with 416
    /busy-once/FILE     answers with 503, and then as /plain/
    /slow/FILE          64 KiB every 20 ms
    /loop/FILE          redirects to itself
    /redirect/URL       redirects to URL
"""
import hashlib
import http.server
import os
import ssl
import sys
import threading
import time
import urllib.parse

folder = sys.argv[1]
seen = {}
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *arguments):
        pass

    def note(self):
        with lock:
            with open(os.path.join(folder, 'requests'), 'a') as log:
                print(self.path, self.headers.get('Range', '-'), self.headers.get('If-Range', '-'),
                      file=log)
            number = seen.get(self.path, 0)
            seen[self.path] = number + 1
        return number

    def fail(self, status, body=b'an error page'):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, url):
        self.send_response(302)
        self.send_header('Location', url)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def read(self, name):
        with open(os.path.join(folder, os.path.basename(name)), 'rb') as file:
            return file.read()

    def do_GET(self):
        number = self.note()
        mode, _, name = self.path[1:].partition('/')
        try:
            self.answer(mode, urllib.parse.unquote(name), number)
        except FileNotFoundError:
            self.fail(404)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, mode, name, number):
        if mode == 'redirect':
            return self.redirect(name)
        if mode == 'loop':
            return self.redirect(self.path)
        if mode.startswith('status-'):
            return self.fail(int(mode[7:]), self.read(name))
        if mode == 'busy-once' and number == 0:
            return self.fail(503)
        if mode == 'range-416' and 'Range' in self.headers:
            return self.fail(416)
        data = self.read(name)
        tag = '"%s"' % hashlib.md5(data).hexdigest()
        if mode in ('changing', 'lying') and number > 0:
            data = self.read(name + '.new')
            if mode == 'changing':
                tag = '"%s"' % hashlib.md5(data).hexdigest()
        self.send_file(mode, number, data, None if mode == 'no-tag' else tag)

    def send_file(self, mode, number, data, tag):
        start = 0
        wanted = self.headers.get('Range', '')
        if wanted.startswith('bytes=') and mode != 'no-range' and self.headers.get('If-Range') == tag:
            start = int(wanted[6:].split('-')[0])
            self.send_response(206)
            shown = start + 7 if mode == 'wrong-range' else start
            self.send_header('Content-Range', 'bytes %d-%d/%d' % (shown, len(data) - 1, len(data)))
        else:
            self.send_response(200)
        body = data[start:]
        lie = {'long': 1000, 'short': -1000}.get(mode, 0)
        self.send_header('Content-Length', str(len(body) + lie))
        if tag:
            self.send_header('ETag', tag)
        self.end_headers()
        cut = self.cut_after(mode, number)
        self.close_connection = bool(lie) or cut is not None
        self.send_body(body if cut is None else body[:cut], mode)

    def cut_after(self, mode, number):
        if mode.startswith('cut-once-'):
            return int(mode[9:]) if number == 0 else None
        if mode.startswith('cut-'):
            return int(mode[4:])
        once = ('no-range', 'no-tag', 'changing', 'lying', 'wrong-range', 'range-416')
        return 100000 if mode in once and number == 0 else None

    def send_body(self, body, mode):
        for at in range(0, len(body), 65536):
            self.wfile.write(body[at:at + 65536])
            if mode == 'slow':
                time.sleep(0.02)


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
