#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# One machine without a fleet file, for one command or to stay
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
small=(--memory '256 MiB' --vcpus 1 --disk '256 MiB')

cd "$tmp" || exit 1
printf '#cloud-config\nwrite_files:\n  - { path: /etc/marked, content: here }\n' >"it's.yaml"
run seedbed run "${small[@]}" --user-data "it's.yaml" pocket -- 'cat /etc/marked; echo loud >&2; exit 7'
is "$status" 7 "the exit status is that of the command"
is "$out" here "its output comes as it is, from a machine with the user-data"
contains "$err" loud "and what it says beside"
is "$(leftovers)" '' "the machine is gone"

# ---- the user's defaults ----

mkdir -p "$XDG_CONFIG_HOME/seedbed"
echo 'defaults: { memory: 256 MiB, vcpus: 1, disk: 256 MiB, login: guest }' >"$XDG_CONFIG_HOME/seedbed/config.yaml"
run seedbed run --name stay --lifetime '2 h' pocket
is "$status" 0 "without a command"
contains "$err" "fleet 'stay': 1 machine is ready" "the machine gets ready"
run seedbed run --name stay pocket -- true
is "$status" 3 "a command does not use a machine that is there"
contains "$err" "'stay-vm-1' exists, and this run only uses machines that it makes" "which is said"
is "$(seedbed ssh stay-vm-1 -- 'hostname; whoami; nproc')" $'stay-vm-1\nguest\n1' "it stays, and is as the user's defaults say"
contains "$(virsh dumpxml stay-vm-1)" "<memory unit='KiB'>262144<" "its memory too"
run seedbed run --memory many pocket
is "$status" 2 "a bad value is bad usage"
contains "$err" "setting 'machines.vm.memory='many'': " "and is named"
seedbed -q down stay
is "$(leftovers)" '' "nothing is left"
done_testing
