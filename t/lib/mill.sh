# SPDX-License-Identifier: LGPL-2.1-or-later
# mill.sh: what the mill (t/live/mill.t) puts a command through. Sourced after live.sh and faults.sh.
#
# A SUBJECT is one command of seedbed that makes or removes something, with three functions:
#   before_SUBJECT   makes what the command needs. No fault happens here
#   do_SUBJECT       the command itself. It is run with `faulty`
#   after_SUBJECT    succeeds if the command did what it says. It is asked when do_SUBJECT succeeded
# and perhaps with a fourth one:
#   again_SUBJECT    takes back what do_SUBJECT did, and succeeds if what before_SUBJECT made works as before
# t/live/kills.t kills the subjects at any moment instead.
# A POINT is one call of libvirt in one subject (FUNCTION@PLACE:NUMBER, its number among those of the function that
# come from the same place in the program), and the fault that happens there.
# shellcheck shell=bash
: "${tmp:?} ${top:?}"

# A subject costs what its slowest part does: a few libvirt calls, or a guest that boots or starts from memory.
quick_subjects=(import remove up down gc snapshot restore)
slow_subjects=(boot freeze thaw build test snapshot-running restore-running)
# These start from a warm image, which clean_up leaves for the next point, and for the next of these subjects. (How a
# guest boots is the subject boot.)
warm_subjects=(thaw test snapshot-running restore-running)
# fail: the call fails; lost: it is made, and its answer is lost; late: it comes 2 s later;
# before, after: the process is killed before or after it
faults=(fail lost late before after)

# ---- what must not be touched ----

# foreign_things: makes a domain, a network and a volume that have neither a record nor a name of seedbed
foreign_things()
{
  virsh -q define /dev/stdin <<<'<domain type="qemu"><name>other-m-1</name><memory>65536</memory><os>
    <type arch="aarch64" machine="virt">hvm</type></os></domain>' &&
    virsh -q net-define /dev/stdin <<<'<network><name>seedbed-foreign</name><bridge/>
      <ip address="10.99.0.1" netmask="255.255.255.0"/></network>' &&
    virsh -q vol-create-as seedbed foreign-m-1.qcow2 1M --format qcow2
}

# remove_foreign_things: the opposite
remove_foreign_things()
{
  virsh -q undefine other-m-1
  virsh -q net-undefine seedbed-foreign
  virsh -q vol-delete --pool seedbed foreign-m-1.qcow2
}

# foreign_state: prints them as they are, with the image that the machines are made of
foreign_state()
{
  virsh 'dumpxml --inactive other-m-1; net-dumpxml --inactive seedbed-foreign'
  (cd /var/lib/libvirt/seedbed && stat -c '%n %i %s %a %u %Y' foreign-m-1.qcow2 pocket.*)
}

# ---- the subjects ----

pool=/var/lib/libvirt/seedbed

# limited COMMAND...: COMMAND, which is ended when it hangs. (On a busy host, a boot and a freeze took five minutes.)
limited()
{
  timeout -k 10 600 "$@"
}

# The commands of the subjects run with $with: limited, or exec in a subshell that wants their process.
with=limited

mill_files()
{
  fleet mill 2
  fleet one 1
  fleet warm 1 'warm: true'
  printf 'test:\n  - { name: works, run: "true", results: exit }\n' >>"$tmp/warm.yaml"
  printf '#cloud-config\nwrite_files: [{ path: /etc/golden, content: golden }]\n' >"$tmp/golden.user-data"
  fleet gold 1 'user-data: golden.user-data'
  qemu-img create -q -f qcow2 "$tmp/extra.qcow2" 1M
}

# is_running FLEET NUMBER: it has this many machines that run
is_running()
{
  [ "$(virsh -q list --name | grep -c "^$1-m-")" = "$2" ]
}

before_import() { :; }
do_import() { $with seedbed -q image import extra "$tmp/extra.qcow2"; }
after_import() { seedbed -q image verify extra; }

before_remove() { do_import; }
do_remove() { $with seedbed -q image rm extra; }
after_remove() { ! compgen -G "$pool/extra.*"; }

before_up() { :; }
do_up() { $with seedbed -q up --no-wait "$tmp/mill.yaml"; }
after_up() { is_running mill 2; }

before_down() { do_up; }
do_down() { $with seedbed -q down mill; }
after_down() { is_clean down; }

# One machine is whole and has expired; the domain of the other was removed by hand.
before_gc()
{
  $with seedbed -q up --no-wait --lifetime 1min "$tmp/mill.yaml" && expire mill-m-1 &&
    virsh -q destroy mill-m-2 && virsh -q undefine mill-m-2
}
do_gc() { $with seedbed -q gc --older-than 1ms; }
after_gc() { is_clean gc; }

before_snapshot() { $with seedbed -q up --no-wait "$tmp/one.yaml" && virsh -q destroy one-m-1; }
do_snapshot() { $with seedbed -q snapshot one-m-1 clean; }
after_snapshot() { seedbed list | grep -q 'one-m-1.*clean'; }

before_restore() { before_snapshot && do_snapshot; }
do_restore() { $with seedbed -q restore one-m-1; }
after_restore() { virsh -q domstate one-m-1 | grep -q 'shut off'; }

before_boot() { :; }
do_boot() { $with seedbed -q up "$tmp/one.yaml"; }
after_boot() { seedbed -q exec one -- true; }

before_freeze() { :; }
do_freeze() { $with seedbed -q up "$tmp/warm.yaml"; }
after_freeze() { seedbed -q exec warm -- true; }

# The warm image is made once (see warm_subjects), and again when one is called unfit: libvirt failed to start from it.
# A second one shows that the first was not found.
before_thaw()
{
  local usable
  usable=$(grep -sL '"problem"' "$pool"/warm-[0-9a-f]*.json)
  [ -n "$usable" ] || { clean_up && do_freeze && seedbed -q down warm; }
}
do_thaw() { $with seedbed -q up "$tmp/warm.yaml"; }
after_thaw() { seedbed -q exec warm -- true && [ "$(find "$pool" -name 'warm-[0-9a-f]*.json' | wc -l)" = 1 ]; }

before_build() { :; }
do_build() { $with seedbed -q build "$tmp/gold.yaml" --name gold; }
after_build() { seedbed -q image verify gold; }

before_test() { before_thaw; }
do_test() { $with seedbed -q test "$tmp/warm.yaml"; }
after_test() { is_clean test; }

before_snapshot-running() { before_thaw && do_thaw; }
do_snapshot-running() { $with seedbed -q snapshot warm-m-1 clean; }
after_snapshot-running() { seedbed list | grep -q 'warm-m-1.*clean' && after_thaw; }
again_snapshot-running() { seedbed -q snapshot --remove warm-m-1 clean; seedbed -q exec warm -- true; }

before_restore-running() { before_snapshot-running && do_snapshot-running; }
do_restore-running() { $with seedbed -q restore warm-m-1; }
after_restore-running() { after_thaw; }
again_restore-running() { seedbed -q exec warm -- true; }

# ---- one point ----

# The subject whose before_SUBJECT was not spent by the last point, and the things that it made
ready='' made=''

# is_warm SUBJECT: whether it starts from a warm image
is_warm()
{
  [[ " ${warm_subjects[*]} " == *" $1 "* ]]
}

# clean_up [SUBJECT]: removes all that it may have left. It fails if a command says that it cannot.
clean_up()
{
  local image images=() wanted='extra|gold|warm-[0-9a-f]+' age=1ms
  ! is_warm "${1:-}" || wanted='extra' age=1h
  limited seedbed -q down mill one warm gold >>"$tmp/clean.log" 2>&1 || return
  limited seedbed -q gc --older-than $age >>"$tmp/clean.log" 2>&1 || return
  for image in $(find "$pool" -printf '%f\n' | grep -oE "^($wanted)\." | sort -u); do
    images+=("${image%.}")
  done
  [ ${#images[@]} = 0 ] || limited seedbed -q image rm "${images[@]}" >>"$tmp/clean.log" 2>&1
}

# is_clean [SUBJECT]: whether nothing is left but what is foreign, the image of the machines and, where the subject
# starts from it, the warm image; prints the rest
is_clean()
{
  local wanted='domain other-m-1|network seedbed-foreign|file (foreign-m-1\.qcow2|pocket\.[^ ]*)'
  ! is_warm "${1:-}" || wanted+='|file warm-[0-9a-f]+\.(layer\.qcow2|memory|json)'
  ! {
    leftovers | grep -v '^volume '
    find "$pool" -mindepth 1 -printf 'file %P\n'
  } | grep -vE "^($wanted)$"
}

# fault_word CALL FAULT: FAULT at CALL, as LIBVIRT_FAULTS wants it
fault_word()
{
  case $2 in
  fail) echo "$1" ;;
  lost) echo "$1!" ;;
  late) echo "$1=late" ;;
  before) echo "$1=kill" ;;
  after) echo "$1=kill!" ;;
  esac
}

# remains [SUBJECT]: cleans up, and prints what cannot be removed or is left
remains()
{
  local left
  : >"$tmp/clean.log"
  clean_up "${1:-}" || echo " It cannot be removed: $(<"$tmp/clean.log")"
  left=$(is_clean "${1:-}") || echo " This is left: $left"
}

# things: all that a command may make, by name, with the states and the definitions of the machines
things()
{
  local machine
  virsh -q list --all | sed -E 's/^ *[^ ]+ +//'
  for machine in $(virsh -q list --all --name); do virsh -q dumpxml --inactive "$machine"; done
  virsh -q net-list --all
  find "$pool" "$XDG_STATE_HOME/seedbed" -name .evidence -prune -o -type f -printf '%p %m %u\n' 2>/dev/null |
    sort
  grep -sl '"problem"' "$pool"/*.json
  pgrep -fc '^(/usr/bin/)?qemu-system'
}

# is_as_before SUBJECT: whether there is now what before_SUBJECT made, and nothing else. Then there is nothing to
# clean up, and the next point can begin with it.
is_as_before()
{
  if declare -F "again_$1" >/dev/null; then "again_$1" >"$tmp/again.log" 2>&1 || return; fi
  [ "$(things)" = "$made" ]
}

# seed_random WORD: the same WORD gives the same $RANDOMs (in this shell: each subshell has other ones)
seed_random()
{
  RANDOM=$((16#$(printf '%s' "$1" | sha256sum | cut -c 1-7)))
}

# count_calls SUBJECT: sets $number, how many calls it makes when nothing fails
count_calls()
{
  rm -f "$tmp/calls.log"
  ready=''
  "before_$1" >"$tmp/before.log" 2>&1 || return
  LIBVIRT_FAULTS_LOG=$tmp/calls.log faulty '' "do_$1" >"$tmp/do.log" 2>&1 || return
  "after_$1" >>"$tmp/do.log" 2>&1 || return
  clean_up "$1" || return
  number=$(wc -l <"$tmp/calls.log")
}

# different_calls: the calls that were counted, as FUNCTION@PLACE:NUMBER, without those that repeat: of each place in
# the program that calls libvirt the first 3, and the last; of the timers and descriptors of libvirt's main loop
# (virEvent...) the first 5, and the last. A machine that boots is looked at in more than 1,000 calls.
different_calls()
{
  awk '{ limit = $2 ~ /^virEvent/ ? 5 : 3; place = $2 "@" $4; last[place] = $5 > limit ? $5 : 0 }
    $5 <= limit { print place ":" $5 }
    END { for (place in last) if (last[place]) print place ":" last[place] }' "$tmp/calls.log"
}

# all_points: each of them with each fault, as "CALL FAULT"; first one fault for each call, then the next one
all_points()
{
  different_calls | awk -v words="${faults[*]}" '
    { calls[NR] = $0 }
    END {
      count = split(words, faults)
      for (round = 0; round < count; round++)
        for (i = 1; i <= NR; i++) print calls[i], faults[(i + round) % count + 1]
    }'
}

# sampled_points SEED COUNT: at most COUNT of all_points, in any order: one call of each function, then one more of
# each, and so on. All virEvent... count as one function.
sampled_points()
{
  different_calls | awk -v seed="$1" -v wanted="$2" -v words="${faults[*]}" '
    function kind(call) { sub(/^virEvent.*|@.*/, "", call); return call }
    { calls[NR] = $0 }
    END {
      srand(seed)
      count = split(words, faults)
      next_fault = int(rand() * count)
      for (i = NR; i > 1; i--) { j = int(rand() * i) + 1; call = calls[i]; calls[i] = calls[j]; calls[j] = call }
      for (left = NR; left > 0; round++)
        for (i = 1; i <= NR; i++)
          if ((i in calls) && chosen[kind(calls[i])] <= round) {
            print calls[i], faults[next_fault++ % count + 1]
            if (--wanted == 0) exit
            chosen[kind(calls[i])] = round + 1
            delete calls[i]
            left--
          }
    }'
}

# part_of: the lines of the input that belong to SEEDBED_MILL_PART, such as 2/5
part_of()
{
  awk -v part="${SEEDBED_MILL_PART:-1/1}" '{ lines[NR] = $0 }
    END {
      split(part, of, "/")
      for (i = 1; i <= NR; i++)
        if (i > NR * (of[1] - 1) / of[2] && i <= NR * of[1] / of[2]) print lines[i]
    }'
}

# was_ok POINT: whether SEEDBED_MILL_RESULTS says so
was_ok()
{
  [ -n "${SEEDBED_MILL_RESULTS:-}" ] && grep -qsxF "ok $1" "$SEEDBED_MILL_RESULTS"
}

# judge SUBJECT STATUS FAULT: prints what is wrong with the answer of the command
judge()
{
  local text
  text=$(<"$tmp/do.log")
  case $2 in
  0) "after_$1" >"$tmp/after.log" 2>&1 || echo "it says that it succeeded, and did not: $(<"$tmp/after.log")" ;;
  124) echo "it hangs" ;;
  137) [[ $3 == before || $3 == after ]] || echo "it was killed after a hang" ;;
  2 | 3)
    [ "$3" != late ] || echo "it does not wait for a late answer"
    # Of its own main loop, libvirt has words of its own.
    [[ $3 == late || $text == *'the test lets vir'* || $text == *'could not initialize domain event timer'* ]] ||
      echo "it does not say why it failed"
    # A list of all that the host has needs no name.
    [[ $text == *"'"*"'"* || $text =~ 'cannot '(list|watch)' the '(domains|networks|'storage pools') ]] ||
      echo "it does not name what it failed on"
    ;;
  *) echo "it ends with status $2" ;;
  esac
}

# point SUBJECT CALL FAULT: one test
point()
{
  local wrong='' verdict status foreign
  foreign=$(foreign_state)
  [ "$ready" = "$1" ] || {
    "before_$1" >"$tmp/before.log" 2>&1 || wrong="before it: $(<"$tmp/before.log")"
    made=$(things)
  }
  rm -f "$tmp/point.log"
  LIBVIRT_FAULTS_LOG=$tmp/point.log faulty "$(fault_word "$2" "$3")" "do_$1" >"$tmp/do.log" 2>&1
  status=$?
  # The number of calls can differ from run to run: a call that did not come proves nothing.
  if grep -q ' fault$' "$tmp/point.log"; then verdict=ok wrong+=$(judge "$1" $status "$3"); else verdict=skipped; fi
  [ "$(foreign_state)" = "$foreign" ] || wrong+=" Something foreign was changed."
  if is_as_before "$1"; then
    ready=$1
  else
    ready='' wrong+=$(remains "$1")
  fi
  [ -z "$wrong" ] || verdict='not ok'
  [ -z "${SEEDBED_MILL_RESULTS:-}" ] || echo "$verdict $1 $2 $3" >>"$SEEDBED_MILL_RESULTS"
  case $verdict in
  ok) result 0 "$1: $2: $3" ;;
  skipped) result 0 "$1: $2: $3 # SKIP no such call came" ;;
  *) result 1 "$1: $2: $3" || note "$wrong
status $status, and it said: $(<"$tmp/do.log")" ;;
  esac
}
