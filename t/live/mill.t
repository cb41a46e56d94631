#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The mill: whichever call of libvirt fails, is lost, comes late, or is the last one of a killed process,
# the command says what happened, 'down' and 'gc' remove all, and nothing foreign is touched
#
# SEEDBED_MILL is how many points are tried, or "all" (hours); SEEDBED_MILL_SEED chooses them; SEEDBED_MILL_SUBJECTS
# are the commands (t/lib/mill.sh). scripts/faults explains SEEDBED_MILL_PART and SEEDBED_MILL_RESULTS.
. "${srcdir:-.}/t/lib/live.sh"
# shellcheck source=t/lib/faults.sh
. "$top/t/lib/faults.sh"
# shellcheck source=t/lib/mill.sh
. "$top/t/lib/mill.sh"
points=${SEEDBED_MILL:-60}
seed=${SEEDBED_MILL_SEED:-$(git -C "$top" rev-parse --short=7 HEAD 2>/dev/null || echo 1)}
seed_random "$seed"

# In a sample, one of the slow subjects is enough.
read -ra subjects <<<"${SEEDBED_MILL_SUBJECTS:-}"
if [ ${#subjects[@]} = 0 ]; then
  subjects=("${quick_subjects[@]}" "${slow_subjects[@]}")
  [ "$points" = all ] || subjects=("${quick_subjects[@]}" "${slow_subjects[RANDOM % ${#slow_subjects[@]}]}")
fi

need_pocket
mill_files
foreign_things || exit 1
note "seed $seed, subjects ${subjects[*]}"
total=0 number=0
for subject in "${subjects[@]}"; do
  is_warm "$subject" || clean_up
  count_calls "$subject"
  result $? "$subject: makes $number calls" || {
    note "$(cat "$tmp/before.log" "$tmp/do.log")"
    continue
  }
  total=$((total + number))
  choice=(all_points)
  [ "$points" = all ] || choice=(sampled_points $RANDOM $((points / ${#subjects[@]} + 1)))
  mapfile -t chosen < <("${choice[@]}" | part_of)
  for word in "${chosen[@]}"; do
    read -r call fault <<<"$word"
    was_ok "$subject $word" || point "$subject" "$call" "$fault"
  done
  is "$(remains "$subject")" '' "$subject: nothing is left in the end"
done
note "$total calls in ${#subjects[@]} subjects"
clean_up
remove_foreign_things
is "$(leftovers)" '' "nothing is left"
done_testing
