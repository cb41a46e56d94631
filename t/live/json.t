#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --format json: commands that work long print their events, one document on each line, and then their
# result or their error; nothing else is on standard output
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# lines EXPRESSION: what Python makes of each line of the last run, called d, if it is true
lines()
{
  python3 -c 'import json, sys
for line in open("run.out"):
    d = json.loads(line)
    kind = d["seedbed"]["kind"]
    event = d.get("event", kind)
    value = eval(sys.argv[1])
    if value:
        print(value)' "$1"
}

# ends WHAT MEMBERS: the last line of the last run is a result or error of seedbed WHAT, with MEMBERS
ends()
{
  is "$(tail -n 1 run.out | python3 -c 'import json, sys
d = json.loads(sys.stdin.read())
print(d.pop("seedbed")["kind"], d.pop("command"), d.pop("exit_status"), *sorted(d))')" "$2" "$1: ends with this"
}

run seedbed image export --format json pocket out.qcow2
is "$status:$err" "0:image 'pocket' ($(sha256sum "$pocket" | head -c 16)) written to 'out.qcow2', and verified" 'export works'
ends 'image export' 'result image export 0 image volume'
run seedbed image export --format json pocket out.qcow2
ends 'image export to a file that is there' 'error image export 2 error'
run seedbed image import --format json --format qcow2 other out.qcow2
is "$status:$(lines 'event == "progress" and d["done_bytes"] == d["total_bytes"] and "sent"' | sort -u)" 0:sent 'import tells its progress'
ends 'image import' 'result image import 0 image'
run seedbed image verify --format json other
is "$status:$(lines 'kind == "result" and [(i["name"], i["problem"]) for i in d["verified"]]')" "0:[('other', None)]" 'verify: what is right'
run seedbed image update --format json
is "$status:$(lines 'kind == "result" and d["updates"] == []')" 0:True 'update: nothing is of the catalogue'
run seedbed image rm --format json other
is "$status:$(lines 'kind == "result" and d["removed"]')" 0:1 'rm: how many versions are gone'
run seedbed image rm --format json other
ends 'image rm without an image' 'error image rm 2 error removed'
run seedbed image fetch --list --format json
is "$status:$(lines 'kind == "result" and [i["verified_by"] for i in d["images"] if i["name"] == "debian-12"]')" \
  "0:['checksums', 'checksums']" 'fetch: the catalogue'

fleet j 1
run seedbed up --format json j.yaml
is "$status:$err" 0: "up: nothing is for people"
is "$(lines 'event == "planned" and (d["machine"], d["action"], d["arch"])')" "('j-m-1', 'create', 'aarch64')" "up: what is planned"
contains "$(lines 'event == "stage" and d["stage"]')" 'ssh login' "up: the stages"
is "$(lines 'event == "finished" and (d["machine"], d["error"])')" "('j-m-1', None)" "up: the machine is ready"
ends up 'result up 0 fleet'
config=$(document seedbed list --format json |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["machines"][0]["ssh_config"])')
is "$(ssh -F "$config" j-m-1 hostname)" j-m-1 "list has an ssh_config, and ssh takes it"

run seedbed exec --format json j -- 'printf "a\377b\n\033[1mc\302\233\n\n"; echo e >&2; exit 5'
is "$status:$err" 5: "exec: the exit status is that of the command"
is "$(lines 'event == "line" and d["stream"] == "stdout" and ascii(d["text"])')" "'a\\ufffdb'
'\\x1b[1mc\\x9b'
''" "exec: programs get the lines unchanged, as UTF-8"
is "$(LC_ALL=C tr -d '\n\040-\176' <run.out | od -An -tx1 | tr -d ' \n')" efbfbd "but no control character reaches a terminal"
is "$(lines 'event == "line" and d["stream"] == "stderr" and d["text"]')" e "exec: the other stream"
is "$(lines 'event == "exited" and (d["status"], d["error"])')" "(5, None)" "exec: how it ended"
ends exec 'result exec 5'

printf 'test:\n  - { name: two, run: "echo 1..2; echo ok 1; echo not ok 2" }\n' >>j.yaml
run seedbed test --keep always --format json j.yaml
is "$status" 1 "test: a test failed"
is "$(lines 'event in ("test_started", "test_ended", "tested") and event' | paste -sd ' ')" 'test_started test_ended tested' "test: the step"
is "$(lines 'kind == "report" and (d["result"], d["suites"][0]["counts"]["failed"])')" "('failed', 1)" "test: the report"
ends test 'result test 1 fleet'

fleet k 1
run seedbed up --format json -t '1 s' k.yaml
is "$status" 3 "an up that fails"
is "$(lines 'event == "finished" and bool(d["error"]["finding"]["cause"] and d["error"]["finding"]["rule"])')" True "the machine's failure has a finding, with its rule"
is "$(lines 'event == "undoing" and d["machine"]')" k-m-1 "it is taken back"
ends 'up that fails' 'error up 3 error fleet'
run seedbed up --format json --set image=nosuch k.yaml
ends 'up without its image' 'error up 2 error fleet'
run seedbed down --format json j k
is "$status:$(lines 'event == "removed" and d["machine"]')" 0:j-m-1 "down: what is gone"
ends down 'result down 0 removed'
is "$(leftovers)" '' "nothing is left"
done_testing
