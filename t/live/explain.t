#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the parts of a real machine are for: from the fleet file over the XML to QEMU. No guest has to boot.
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
fleet g 2

run seedbed explain "$tmp/g.yaml" --qemu
is "$status:$err" 0: "a machine that 'up' would make"
is "$(grep -c '^The domain' <<<"$out")" 1 "one for each group"
contains "$out" 'Memory (in the file: memory): ' "a key of the fleet file"
contains "$out" '  <memory unit="KiB">262144</memory>
  -m 256
' "and the XML and the arguments that come of it"
is "$(sed '1,/^Not explained/d' <<<"$out")" '' "no element and no argument is left over"
run seedbed explain "$tmp/g.yaml" --set machines.m.memory='192 MiB'
contains "$out" '>196608<' "a setting counts"
is "$(grep -c '^  -' <<<"$out")" 0 "without --qemu, there are no arguments"

ok "two machines" seedbed -q up --no-wait "$tmp/g.yaml"
run seedbed explain g-m-1 --qemu
is "$status:$err" 0: "a machine that there is"
contains "$out" "<uuid>$(virsh domuuid g-m-1 | head -n 1)</uuid>" "has its own XML"
is "$(sed '1,/^Not explained/d' <<<"$out")" '' "of which nothing is left over"
run seedbed explain "$tmp/g.yaml"
is "$status:$out" 0: "a fleet whose machines all exist has nothing to make"
contains "$err" "'seedbed explain MACHINE' explains one" "which says what to do"
run seedbed explain g-m-9
is "$status" 3 "a machine that there is not"
contains "$err" "there are g-m-1, g-m-2" "the message names those that there are"
contains "$err" "it is not a topic: 'seedbed explain --list'" "and the list of the topics"
ok "down" seedbed -q down g
is "$(leftovers)" '' "nothing is left"
done_testing
