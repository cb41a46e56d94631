#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The driver for GitLab Runner's Custom executor: its stages, called as the runner calls them, run the
# scripts of a job in a fresh machine, and keep failures of the job and of the system apart.
# shellcheck disable=SC2016  # scripts for the guest
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1
driver=$top/scripts/gitlab/seedbed-executor
export CUSTOM_ENV_CI_JOB_ID=4711 BUILD_FAILURE_EXIT_CODE=71 SYSTEM_FAILURE_EXIT_CODE=72 BUILD_EXIT_CODE_FILE=$tmp/code
fleet ci 1

run "$driver" config
is "$(python3 -c "import json; print(json.load(open('run.out'))['builds_dir'])")" /builds 'config prints JSON'
run env -u CUSTOM_ENV_CI_JOB_ID "$driver" cleanup
is "$status" 72 'without a job nothing is removed'
contains "$err" "CUSTOM_ENV_CI_JOB_ID is not set" 'the error says why'
run "$driver" prepare missing.yaml
is "$status" 72 'a fleet file that is missing is a failure of the system'
run "$driver" prepare ci.yaml
is "$status" 0 'a machine is prepared' || note "$err"

# job STAGE TEXT: what the runner does for a stage of the job
job()
{
  printf '%s\n' "$2" >script
  rm -f code
  run "$driver" run script "$1"
}
job prepare_script 'echo running on $(hostname)'
is "$status:$out" "0:running on gitlab-4711-m-1" 'a script runs in the machine'
job build_script 'cd /builds; echo $((6 * 7)) >result; cat result; echo words >&2'
is "$status:$out:$err" "0:42:words" 'its output and its errors are told apart'
job after_script 'cat /builds/result'
is "$out" 42 'the machine stays for all scripts of the job'
job build_script 'exit 3'
is "$status:$(cat code)" "71:3" 'a script that fails is a failure of the job, with its status'
job build_script 'exit 255'
is "$status:$(cat code)" "71:254" 'also with the status that ssh uses itself'
virsh -q destroy gitlab-4711-m-1 >/dev/null
job build_script 'true'
is "$status:$(cat code 2>&1)" "72:cat: code: No such file or directory" 'a machine that died is a failure of the system'
run "$driver" cleanup
is "$status" 0 'the machine is removed'
is "$(leftovers)" '' 'nothing is left'
job build_script 'true'
is "$status" 72 'a machine that is gone is a failure of the system'
contains "$err" "the machine of the job is gone (fleet 'gitlab-4711')" 'and named'
run "$driver" cleanup
is "$status" 0 'a second cleanup finds nothing, and that is fine'
done_testing
