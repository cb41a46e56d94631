#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names the machines whose clocks are wrong by more than a second.

A machine is asked several times over one connection, and the shortest question counts. Its answer must be within
a second of the time between the question and the answer.

Usage: clocks.py MACHINE...        Exit status: 1 if a clock is wrong, or without a machine
"""
import re
import subprocess
import sys
import time

ASK = 'while read -r _; do touch clock && stat -c "%Y %y" clock; done'


class Machine:
    def __init__(self, name):
        self.name = name
        self.process = subprocess.Popen(
            ["seedbed", "ssh", name, "--", ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self):  # (how long it took, how wrong the clock is at least)
        before = time.time()
        self.process.stdin.write("\n")
        seconds, fraction = re.match(r"(\d+) .*(\.\d+)", self.process.stdout.readline()).groups()
        after = time.time()
        guest = int(seconds) + float(fraction)
        return after - before, max(before - guest, guest - after, 0)


machines = [Machine(name) for name in sys.argv[1:]]
asked = {machine.name: min(machine.ask() for _ in range(5)) for machine in machines}
for name, (took, wrong) in asked.items():
    print(f"{name}: wrong by {wrong:.2f} s or more, asked in {took:.2f} s")
for machine in machines:
    machine.process.stdin.close()
    machine.process.wait()
sys.exit(not asked or any(wrong > 1 for _, wrong in asked.values()))
