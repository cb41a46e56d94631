#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A job array of Slurm on two nodes, each with its own libvirtd: the parts become one report, a task
# that Slurm runs again leaves nothing, and a lost node is never green.
#
# The nodes are namespaces of this test, on a network that has nothing else. They share this machine's
# files, as real nodes share a file system.
top=$(realpath "${srcdir:-$(dirname "${BASH_SOURCE[0]}")/../..}")
if [ "$(id -u)" != 0 ]; then
  echo "1..0 # SKIP needs root, for namespaces and private libvirtds"
  exit 0
fi
[ "${1-}" = inside ] ||
  exec unshare --net --mount --pid --fork --kill-child=KILL --mount-proc bash "$0" inside
# shellcheck source=t/lib/test.sh
. "$top/t/lib/test.sh"
PATH=$(realpath "${builddir:-$top/build}"):$PATH:/usr/sbin
for program in slurmctld slurmd sbatch; do
  type -P $program >/dev/null || skip_all "there is no $program"
done
pocket=${SEEDBED_POCKET_IMAGE:-$top/build/pocket.qcow2}
[ -r "$pocket" ] || "$top/scripts/make-pocket-image" "$pocket" >&2 || skip_all "no pocket image"
cd "$tmp" || exit 1
chmod 0755 "$tmp"

# ---- a cluster: the controller is 10.98.0.1, node N is 10.98.0.1N ----

ip link set lo up
ip link add nodes type bridge
ip address add 10.98.0.1/24 dev nodes
ip link set nodes up
host=$(hostname -s)
export SLURM_CONF=$tmp/slurm.conf
mkdir state spool-n1 spool-n2
cat >"$SLURM_CONF" <<END
ClusterName=t
SlurmctldHost=$host(10.98.0.1)
SlurmUser=root
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool-%n
SlurmctldPidFile=$tmp/slurmctld.pid
SlurmdPidFile=$tmp/slurmd-%n.pid
SlurmctldLogFile=$tmp/slurmctld.log
SlurmdLogFile=$tmp/slurmd-%n.log
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,requeue_delay=0
Epilog=$tmp/epilog
SlurmdTimeout=600
KillWait=30
ReturnToService=2
NodeName=n1 NodeHostname=$host NodeAddr=10.98.0.11 CPUs=2 RealMemory=4000
NodeName=n2 NodeHostname=$host NodeAddr=10.98.0.12 CPUs=2 RealMemory=4000
PartitionName=p Nodes=ALL Default=YES MaxTime=60 State=UP
END

printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=yes\nIgnoreSystemd=yes\n' >cgroup.conf
# Slurm runs it with an empty environment.
printf '#!/bin/sh\nexport XDG_STATE_HOME=%s\nexec %s --quiet gc\n' "$tmp" "$(type -P seedbed)" >epilog
chmod 0755 epilog

cat >node.sh <<'END'
# node.sh NODE IMAGE: what runs beside the libvirtd of a node: slurmd, when the network is there
readlink /proc/self/ns/net >"$1.net"
until ip address show "$1" 2>/dev/null | grep -q 'inet '; do sleep 0.1; done
seedbed -q image import pocket "$2"
exec slurmd -D -N "$1"
END

# start_node NUMBER: NODE_PIDS[NUMBER] is its process: everything of the node dies with it
start_node()
{
  local name=n$1 net pid
  "$top/scripts/with-libvirtd" bash node.sh "$name" "$pocket" >"$name.log" 2>&1 9>&- &
  node_pids[$1]=$!
  wait_for 60 test -s "$name.net" || return
  net=$(<"$name.net")
  pid=$(for at in /proc/[0-9]*; do [ "$(readlink "$at/ns/net")" != "$net" ] || basename "$at"; done | head -n 1)
  ip link add "$name" netns "$pid" type veth peer name "to-$name" &&
    ip link set "to-$name" master nodes up &&
    nsenter -t "$pid" -n ip address add "10.98.0.1$1/24" dev "$name" &&
    nsenter -t "$pid" -n ip link set "$name" up
}

# on NODE COMMAND...: runs it beside the node's libvirtd
on()
{
  local pid
  pid=$(pgrep -f "slurmd -D -N $1" | head -n 1)
  shift
  nsenter -t "$pid" --net --mount "$@"
}

node_pids=()
slurmctld -D >/dev/null 2>&1 &
controller=$!
end_cluster() { kill "${node_pids[@]}" $controller; wait; } 2>/dev/null
at_exit end_cluster
two_idle() { [ "$(sinfo -h -N -t idle -o %N | sort -u | wc -l)" = 2 ]; }
start_node 1 && start_node 2 && wait_for 120 two_idle
result $? 'two nodes wait for work' || {
  note "$(tail -n 5 n?.log slurmd-n?.log; sinfo -N)"
  done_testing
  exit 1
}

cat >f.yaml <<'END'
fleet: f
image: pocket
machines:
  m: { vcpus: 1, memory: 256 MiB, disk: 256 MiB }
test:
  - name: unit
    matrix: [one, two, three, four]
    spread: true
    run: sleep 0
    results: exit
END
# How long its tests take is in the file "pace" when they begin.
sed 's/run: sleep 0/run: sh pace/; s/name: unit/&\n    copy: pace/; s/name: unit/name: slow/' f.yaml >slow.yaml
array=$top/scripts/slurm/seedbed-array

# leftovers: what libvirt has on the nodes; a node that does not answer is not clean
leftovers()
{
  local node
  for node in n1 n2; do
    on $node virsh -q list --all --name && on $node virsh -q net-list --all --name &&
      on $node virsh -q vol-list seedbed || echo "$node does not answer"
  done | sed '/^ *$/d; /^ pocket\./d'
}

# ---- four tasks on two nodes ----

job=$(sbatch --parsable --array=1-4 --output="$tmp/%A-%a.log" "$array" f.yaml)
job_is_over() { [ -z "$(squeue -h -j "$1" 2>/dev/null)" ]; }
wait_for 300 job_is_over "$job"
result $? 'a job array ends' || note "$(squeue; tail -n 20 -- *.log)"
run seedbed report merge "seedbed-$job"-*.json --json merged.json
is "$status" 0 'the merged report passed' || note "$err $(tail -n 5 -- "$job"-*.log)"
is "$(python3 -c "import json
print(*sorted(s['test'] for s in json.load(open('merged.json'))['suites']))")" 'unit[four] unit[one] unit[three] unit[two]' 'each test ran once'
is "$(grep -h '^seedbed: ' -- "$job"-*.log)" '' 'without an error'
is "$(leftovers)" '' 'nothing is left on the nodes'

# ---- a task that is queued again in the middle of its tests, one that is told to end, one that is killed ----

has_machine() { grep -q ': started' -- "$job-$1.log"; }
runs() { grep -q 'slow.*: runs' -- "$job-$1.log"; }
both_run() { runs 1 && runs 2; }
result_of() { python3 -c "import json; print(json.load(open('seedbed-$job-$1.json'))['result'])"; }
echo sleep 600 >pace
job=$(sbatch --parsable --array=1-3 --output="$tmp/%A-%a.log" --open-mode=append "$array" slow.yaml)
wait_for 200 has_machine 3
pkill -KILL -f -- "--fleet job-$job-3 "
result $? 'a task is killed'
wait_for 200 both_run
scontrol requeue "${job}_1"
result $? 'a task that runs is queued again' || note "$(squeue)"
scancel --batch --signal=TERM "${job}_2"
# Not before: a step says that it runs when it begins to copy its files.
echo sleep 0 >pace
wait_for 400 job_is_over "$job"
is "$(result_of 1)" passed 'its second run counts' || note "$(tail -n 30 -- "$job"-1.log)"
is "$(result_of 2)" broken 'a task that is told to end writes its report' || note "$(tail -n 30 -- "$job"-2.log)"
[ ! -e "seedbed-$job-3.json" ]
result $? 'the one that is killed writes none'
is "$(leftovers)" '' 'none left anything: what the killed one could not remove, the epilog did'

# ---- a node that is lost ----

echo sleep 10 >pace
job=$(sbatch --parsable --array=1-2 --nodes=1 --exclusive --no-requeue --output="$tmp/%A-%a.log" "$array" slow.yaml)
lost=''
runs_on_n2() { lost=$(squeue -h -t R -o '%K %N' -j "$job" | sed -n 's/ n2$//p') && [ -n "$lost" ] && runs "$lost"; }
wait_for 200 runs_on_n2
kill -9 "${node_pids[2]}"
scontrol update nodename=n2 state=down reason=lost
wait_for 300 job_is_over "$job"
run seedbed report merge "seedbed-$job"-*.json
is "$status" 1 'a node is lost: the merged report fails'
contains "$out" "there is no report of part $lost of 2" 'and names the part that is missing'
done_testing
