#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Golden images: built once, with nothing of the machine that they were made in, and its machines are
# each their own
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# images: the names of the images that are there
images()
{
  seedbed image list | sed 1d | cut -d' ' -f1 | sort | tr '\n' ' '
}

# user_data NAME [LINE...]: NAME.user-data, which makes /etc/NAME, with more LINEs
user_data()
{
  printf '%s\n' '#cloud-config' 'write_files:' "  - path: /etc/$1" "    content: $1" "${@:2}" \
    >"$1.user-data"
}

user_data golden 'users:' '  - name: runner' 'runcmd:' '  - echo ran >>/var/lib/ran'
fleet gold 1 "user-data: golden.user-data"
run seedbed build gold.yaml --name golden --check 'grep golden /etc/golden; id runner'
is "$status" 0 "an image is built"
contains "$err" "layer 1 of 1: 'pocket' with golden.user-data" "of the base and the user-data"
contains "$err" "check | uid=1000(runner)" "a fresh machine of it was checked"
contains "$err" "image 'golden' built as 'golden." "and it says so"
is "$(leftovers)" '' "nothing else is left"
volume=$(find /var/lib/libvirt/seedbed -name 'golden.*.qcow2')
is "$(qemu-img info -U "$volume" | grep -c 'backing file')" 0 "it stands alone"
ok "and is sound" qemu-img check -q -U "$volume"
record=$volume.json
is "$(python3 -c 'import json, sys; r = json.load(open(sys.argv[1]))
print(r["base-image"], r["arch"], [i["name"] for i in r["inputs"]])' "$record")" \
  "pocket aarch64 ['golden.user-data', 'recipe']" "its record says what it is made from"
contains "$(<"$record")" "$(sha256sum <golden.user-data | cut -d' ' -f1)" "with the digest of that"
contains "$(<"$record")" "$(sha256sum <"$pocket" | cut -d' ' -f1)" "and of the base"

run seedbed build gold.yaml --name golden
is "$status ${err%:*}" "0 image 'golden' is up to date" "the same again is there already"
run seedbed build gold.yaml --name again
contains "$err" "the image 'golden' has the same recipe" "under another name, it is a copy"
ok "which can go" seedbed -q image rm again

# ---- its machines ----

fleet two 2
sed -i 's/^image: .*/image: golden/' two.yaml
ok "two machines of it come up" seedbed -q up two.yaml

# each COMMAND: what it prints on either, each once
each()
{
  seedbed exec two -- "$1" | sed 's/^[^|]*| //' | sort -u | sed '/^$/d'
}
is "$(each hostname)" $'two-m-1\ntwo-m-2' "each has its own name"
is "$(each 'cat /etc/machine-id' | grep -cxE '[0-9a-f]{32}')" 2 "machine-id"
is "$(each 'cat /etc/ssh/ssh_host_ed25519_key.pub' | wc -l)" 2 "host key"
is "$(each 'ip -4 -o addr show scope global | sed "s/.*inet //"' | wc -l)" 2 "and address"
is "$(each 'cat /etc/golden; echo; cat /var/lib/ran; id -un runner')" $'golden\nran\nrunner' \
  "what was built is there, and was done once"
is "$(each 'sudo cat /home/seedbed/.ssh/authorized_keys | wc -l')" 1 "the key of the build is not"
is "$(each "sudo grep -c \"running 'init-local'\" /var/log/cloud-init.log")" 1 "nor are its logs"
is "$(each 'ls /var/lib/cloud/instances | wc -l')" 1 "or its instance"
seedbed -q down two

run seedbed build gold.yaml --name golden --warm
is "$status" 0 "a machine of the image is frozen"
warm=$(grep -o 'warm-[0-9a-f]\{16\}' <<<"$err" | head -n 1)
run seedbed up two.yaml
contains "$err" "'m' is thawed from warm image '$warm'" "machines of it start from memory by themselves"
is "$(each 'cat /etc/golden; echo; cat /var/lib/ran; id -un runner')" $'golden\nran\nrunner' "with all that is in it"
seedbed -q down two
ok "the warm image can go alone" seedbed image rm "$warm"

# ---- what must not be published ----

user_data bad 'runcmd:' '  - echo no good' '  - exit 3'
fleet bad 1 "user-data: bad.user-data"
user_data closed 'runcmd:' '  - mkdir -p /etc/cloud' '  - touch /etc/cloud/cloud-init.disabled'
fleet closed 1 "user-data: closed.user-data"
seedbed build bad.yaml --name bad >bad.log 2>&1 &
builder=$!
seedbed build closed.yaml --name closed >closed.log 2>&1 &
other=$!
run seedbed build --format json gold.yaml --no-cache --name never --check 'echo looking; test -e /etc/nothing'
is "$status" 1 "a check that fails: exit status 1"
contains "$err" "the check failed in a fresh machine of the new image (exit status 1)" "it says so"
contains "$err" "makes a machine to try it in" "and what can be done"
contains "$out" '"stream":"stdout","text":"looking"' "with what the check printed"
contains "$out" '"text":"packing","done_bytes":' "the packing told how far it was"
wait "$builder"
is $? 3 "a runcmd that fails: exit status 3"
contains "$(<bad.log)" "module 'scripts-user': RuntimeError" "with cloud-init's own words"
contains "$(<bad.log)" "    | no good" "and the command's"
wait "$other"
is $? 3 "a user-data that disables cloud-init: exit status 3"
contains "$(<closed.log)" "cloud-init is disabled there" "as no machine of the image could be configured"
kept=$(sed -n 's/^the whole evidence: //p' bad.log)
ok "the console is kept" grep -q 'Linux version' "$kept"/*.console.txt
ok "and cloud-init's log" grep -q 'Runparts: 1 failures' "$kept"/*.cloud-init.log
rm -r "$XDG_STATE_HOME/seedbed"
printf 'runcmd: []\n' >bad.user-data
run seedbed build bad.yaml --name bad
is "$status" 2 "a user-data without its first line: exit status 2"
run seedbed build nosuch.yaml --name x
is "$status" 2 "no file: exit status 2"
is "$(images)" "golden pocket " "nothing of all that is published"
is "$(leftovers)" '' "and nothing is left"
done_testing
