#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# kill -9 at any moment of a command, with libvirtd or without it: 'down' and 'gc' remove all, and nothing
# foreign is touched
#
# SEEDBED_MILL is the number of rounds, SEEDBED_MILL_SEED chooses the moments, SEEDBED_MILL_SUBJECTS are
# the commands (t/lib/mill.sh).
. "${srcdir:-.}/t/lib/live.sh"
# shellcheck source=t/lib/mill.sh
. "$top/t/lib/mill.sh"
rounds=${SEEDBED_MILL:-8}
seed=${SEEDBED_MILL_SEED:-$(git -C "$top" rev-parse --short=7 HEAD 2>/dev/null || echo 1)}
seed_random "$seed"
slow=(boot test build thaw)
# In a sample, one of the slow subjects is enough.
read -ra subjects <<<"${SEEDBED_MILL_SUBJECTS:-import up gc ${slow[RANDOM % 4]}}"
log=$tmp/do.log

# restart_libvirtd: it is killed as well, and comes back
restart_libvirtd()
{
  kill -KILL "$(<"$SEEDBED_LIBVIRTD_PIDFILE")"
  "$SEEDBED_LIBVIRTD_START"
}

# round SUBJECT SECONDS [libvirtd]: one test
round()
{
  local foreign wrong='' pid
  foreign=$(foreign_state)
  "before_$1" >"$tmp/before.log" 2>&1 || wrong="before it: $(<"$tmp/before.log")"
  (with="exec" && "do_$1") >"$log" 2>&1 & # exec: $pid is the command itself
  pid=$!
  sleep "$2"
  kill -KILL $pid 2>/dev/null
  { wait $pid; } 2>/dev/null
  [ "${3:-}" != libvirtd ] || restart_libvirtd || wrong+=" libvirtd does not come back."
  [ "$(foreign_state)" = "$foreign" ] || wrong+=" Something foreign was changed."
  wrong+=$(remains "$1")
  [ -z "$wrong" ]
  result $? "$1${3:+ and $3} killed after $2 s" || note "$wrong
it had said: $(<"$log")"
}

need_pocket
mill_files
foreign_things || exit 1
note "seed $seed"
declare -A length
for subject in "${subjects[@]}"; do
  "before_$subject" >"$tmp/before.log" 2>&1
  begin=$(date +%s%N)
  "do_$subject" >"$log" 2>&1 && "after_$subject" >>"$log" 2>&1
  result $? "$subject works" || note "$(<"$log")"
  length[$subject]=$((($(date +%s%N) - begin) / 1000000))
  clean_up "$subject"
done
for ((i = 0; i < rounds; i++)); do
  subject=${subjects[i * ${#subjects[@]} / rounds]} # in turn: thaw keeps its warm image from round to round
  ms=$(((RANDOM * 32768 + RANDOM) % length[$subject]))
  if ((RANDOM % 3)); then also=''; else also=libvirtd; fi
  round "$subject" "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))" $also
done
is "$(remains)" '' "nothing is left in the end"
remove_foreign_things
is "$(leftovers)" '' "not even what is foreign"
done_testing
