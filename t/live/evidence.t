#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is kept and shown of a machine, also when its ssh server is gone: evidence, and a page
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1
printf '%s\n' '#cloud-config' 'password: hunter22-of-the-seed' 'frobnicate: 1 # seedbed-lint: disable=unknown-key' >m.ud
fleet e 1 'user-data: m.ud'
echo '# token: hunter22-of-the-file' >>e.yaml
ok "a machine" seedbed -q up e.yaml
evidence() { folder=$(seedbed -q evidence e-m-1); }

evidence
contains "$(<"$folder/e-m-1.guest.txt")" '$ uptime' "a guest that answers tells of itself"
contains "$(<"$folder/e-m-1.index.txt")" 'itself, over ssh' "over ssh"
contains "$(<"$folder/e-m-1.ssh.txt")" 'debug1: ' "what ssh says of the login is there"

run seedbed status e --html page.html
is "$status:$err" 0: "a page about the fleet"
page=$(<page.html)
contains "$page" 'e: all is well' "which says that all is well"
contains "$page" '<td>ssh login</td>' "when the stages were reached"
contains "$page" '>modules</td>' "and when the modules of cloud-init ran"
contains "$page" 'e-m-1 is up' "with the console"

# The connection may end before ssh has heard of the command's end.
seedbed ssh e-m-1 -- sudo killall dropbear >/dev/null 2>&1
address=$(seedbed list --format json | grep -oE -m 1 '10(\.[0-9]+){3}')
refuses() { ! timeout 2 bash -c "</dev/tcp/$address/22" 2>/dev/null; }
ok "its ssh server ends: its port is closed" wait_for 60 refuses
evidence
contains "$(<"$folder/e-m-1.guest.txt")" '$ uptime' "a guest without an ssh server, too"
contains "$(<"$folder/e-m-1.index.txt")" 'itself, through its agent' "through its agent"
contains "$(<"$folder/e-m-1.ssh.txt")" 'Connection refused' "and why ssh did not work"
run seedbed status e --html page.html
is "$status" 3 "the page of a machine that does not answer: exit status 3"
contains "$(<page.html)" '<a href="#e-m-1">e-m-1</a><span>: ' "what is wrong comes first"
contains "$(<"$folder/e-m-1.events.txt")" 'Z stage ssh login' "the stages are there, with their times"
contains "$(<"$folder/e-m-1.events.txt")" 'Z ready' "and how it ended"
contains "$(<"$folder/e-m-1.fleet.yaml")" '    memory: 256 MiB' "so is the fleet file"
contains "$(<"$folder/e-m-1.seed.listing")" 'user-data ' "the list of the files of the seed"
contains "$(<"$folder/e-m-1.image.json")" '"sha256"' "the record of the image"
contains "$(<"$folder/e-m-1.versions.txt")" "host: " "the size of the host"
ok "and the log of libvirtd, or that there is none" grep -q 'e-m-1.libvirtd.log' "$folder/e-m-1.index.txt"
ok "what lint says of the seed" grep -q 'e-m-1.lint.txt' "$folder/e-m-1.index.txt"
is "$(grep -rlE 'hunter22|BEGIN [A-Z ]*PRIVATE KEY' "$folder")" '' "no secret is in it"
ok "down" seedbed -q down e
is "$(leftovers)" '' "nothing is left"
done_testing
