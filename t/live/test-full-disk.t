#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A step fails while a disk or the memory of the guest is full, or with a program for another CPU: that is named
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

cat >f.yaml <<'END'
fleet: f
defaults: { image: pocket, vcpus: 1, memory: 256 MiB, disk: 64 MiB }
machines: { tmp: , root: }
test:
  - name: mounts
    on: tmp
    user: root
    results: exit
    run: |
      mkdir /small && mount -t tmpfs -o size=1m,mode=1777 tmpfs /tmp &&
        mount -t tmpfs -o nr_inodes=10,size=2m,mode=1777 tmpfs /small
  - { name: room, on: tmp, results: exit, run: 'false' }
  - { name: fill, on: tmp, results: exit, run: cat /dev/zero >/tmp/big, artifacts: /etc/hostname }
  - { name: passes, on: tmp, run: echo 1..1; echo ok 1 }
  - { name: tap, on: tmp, run: echo 1..2; echo ok 1; echo not ok 2; rm /tmp/big }
  - { name: cleared, on: tmp, run: echo 1..2; echo ok 1; cat /dev/zero >/tmp/big; echo ok 3 }
  - { name: free, on: tmp, results: exit, run: rm /tmp/big; exit 1 }
  - name: inodes
    on: tmp
    workdir: /small
    timeout: 20 s
    run: echo 1..1; for i in 1 2 3 4 5 6 7 8 9 10; do touch $i; done; sleep 300
  - name: foreign
    on: root
    run: printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\76\0' >prog; chmod +x prog; ./prog
  - { name: memory, on: root, run: echo 1..1; tail /dev/zero || exit }
  - { name: root, on: root, user: root, results: exit, run: cat /dev/zero >/var/big }
  - { name: other, on: root, results: exit, run: 'false' }
  - { name: again, on: root, user: root, results: exit, run: rm /var/big; exit 7 }
END
run seedbed test --keep never --json r.json --artifacts out f.yaml
is "$status" 3 "if a disk is full, test exits with 3" || note "$err"
note "$(grep / run.err)"

# result_of STEP: "RESULT PASSED FAILED BROKEN"
result_of()
{
  python3 -c 'import json, sys
for s in json.load(open("r.json"))["suites"]:
  if s["name"].endswith("-1/" + sys.argv[1]):
    print(s["result"], s["counts"]["passed"], s["counts"]["failed"], s.get("broken", ""))' "$1"
}

is "$(result_of room)" "failed 0 1 " "a step that fails with room on all disks has failed"
is "$(result_of fill)" "broken 0 1 the guest's file system '/tmp' (1 MiB) is full" \
  "a step that fails with a full /tmp is broken; the file system is named with its size"
is "$(find out -type f)" out/f-tmp-1/fill/etc/hostname "its artifacts are fetched"
is "$(result_of passes)" "passed 1 0 " "a step that passes in spite of a full disk has passed"
is "$(result_of tap)" "failed 1 1 " "a step that has made room again has failed"
is "$(result_of cleared)" "broken 2 0 the guest's file system '/tmp' (1 MiB) is full" \
  "a step whose TAP is not whole is broken: its results are kept"
is "$(result_of free)" "failed 0 1 " "with room again, the step itself has failed"
is "$(result_of inodes)" "broken 0 0 the guest's file system '/small' (2 MiB, 10 inodes) has no inode left" \
  "a step that hangs in a folder without inodes is broken"
contains "$(result_of memory)" "untrusted 0 0 " "a step whose command was killed because memory was full is not trusted"
contains "$out" "the guest's kernel has killed 1 process because memory was full" \
  "and the kernel is named"
contains "$out" "# './prog' is a program for x86_64, and those of the guest are for aarch64" "a program for another CPU is named"
contains "$(result_of root)" "broken 0 1 the guest's file system '/' (" "for root, the disk is full when root's reserve is used up too"
contains "$(result_of other)" "broken 0 1 the guest's file system '/' (" "for another account, it is full as well"
is "$(result_of again)" "failed 0 1 " "a step of root with room again has failed"
is "$(leftovers)" '' "nothing is left"
done_testing
