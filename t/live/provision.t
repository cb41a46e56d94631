#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the fleet file puts into a machine beside its user-data: variables
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
cat >"$tmp/p.yaml" <<'END'
fleet: p
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB, env: { GREETING: other, SECRET: '7f3a-secret' } }
machines:
  m:
    env:
      GREETING: |
        it's "$HOME" `id`
        and a=b
test:
  - name: variables
    run: '[ "$SECRET $STEP" = "7f3a-secret 1" ] && [ "${GREETING#it}" != "$GREETING" ]'
    env: { STEP: 1 }
    results: exit
END
run seedbed up "$tmp/p.yaml"
is "$status" 0 "a machine with variables gets ready"

# ---- variables ----

# shellcheck disable=SC2016  # for the guest
run seedbed exec p -- 'echo "$GREETING"'
is "$out" $'p-m-1 | it\'s "$HOME" `id`\np-m-1 | and a=b\np-m-1 | ' "exec has them, as they are"
# shellcheck disable=SC2016
run seedbed ssh p-m-1 -- 'echo $SECRET $#; exit 3'
is "$status $out" "3 7f3a-secret 0" "a command of ssh has them"
run seedbed exec p -- sleep 2 &
wait_for 20 pgrep -f 'sleep 2'
is "$(pgrep -af '7f3a-secret')" '' "they are on no command line here"
wait $!
run seedbed test "$tmp/p.yaml"
is "$status" 0 "a step has them, and its own"

ok "down" seedbed -q down p
is "$(leftovers)" '' "nothing is left"
done_testing
