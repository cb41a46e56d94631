#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the fleet file brings into a machine beside its user-data: variables, files, and commands that run once
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"

need_pocket
mkdir "$tmp/files"
echo one >"$tmp/files/one"
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
    provision:
      - run: echo "$(id -un) $SECRET $PWD" >>/srv/steps
        user: root
      - copy: { from: files, to: in }
      - name: picky
        run: echo picky; cat in/one wanted || exit 5
      - run: '(id -un; cat wanted) >>steps; sleep 1000 >/dev/null 2>&1 &'
test:
  - name: variables
    run: '[ "$SECRET $STEP" = "7f3a-secret 1" ] && [ "${GREETING#it}" != "$GREETING" ]'
    env: { STEP: 1 }
    results: exit
END

# ---- steps ----

run seedbed up --keep "$tmp/p.yaml"
is "$status" 3 "a step fails: up fails"
contains "$err" "'p-m-1' is not ready: provision step 3 of 4 (picky) failed with exit status 5, and its output ends with:
picky
one
cat: can't open 'wanted'" "the step is named, with its exit status and its output"
ok "what it needs comes" seedbed exec p -- 'echo wanted >wanted'
sed 's/exit 5/exit 6/' "$tmp/p.yaml" >"$tmp/other.yaml"
run seedbed up "$tmp/other.yaml"
contains "$status $err" "other steps of 'provision' were begun in it and not finished" "other steps do not go on with it"
run seedbed up "$tmp/p.yaml"
is "$status" 0 "up again goes on"
is "$(grep -o 'provision step .*' <<<"$err")" "provision step 3 of 4 (picky)
provision step 4 of 4 ((id -un; cat wanted) >>steps; sleep 1000 >/dev/null 2>&1 &)" "with the step that failed"
is "$(seedbed exec p -- 'cat /srv/steps steps')" "p-m-1 | root 7f3a-secret /root
p-m-1 | seedbed
p-m-1 | wanted" "each step ran once, as its account, with the variables"
ok "the machine starts again" seedbed -q restart p
run seedbed up "$tmp/p.yaml"
lacks "$status $err" "provision step" "after that no step runs again"
run seedbed up "$tmp/other.yaml"
is "$status" 0 "with other steps in the file, too"

# ---- variables ----

# shellcheck disable=SC2016  # for the guest
run seedbed exec p -- 'echo "$GREETING"'
is "$out" $'p-m-1 | it\'s "$HOME" `id`\np-m-1 | and a=b\np-m-1 | ' "exec has them, as they are"
# shellcheck disable=SC2016
run seedbed ssh p-m-1 -- 'echo $SECRET $#; exit 3'
is "$status $out" "3 7f3a-secret 0" "a command of ssh has them"
seedbed exec p -- 'echo begun; until [ -e go ]; do sleep 1; done' >"$tmp/begun" &
wait_for 60 grep -q begun "$tmp/begun"
is "$(pgrep -af '7f3a-secret')" '' "they are on no command line here"
wait_for 60 seedbed exec p -- touch go
wait $!
run seedbed test "$tmp/p.yaml"
is "$status" 0 "a step of a test has them, and its own"
ok "down" seedbed -q down p

# ---- images ----

cat >"$tmp/b.yaml" <<'END'
fleet: b
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB, env: { SECRET: 7f3a } }
machines:
  m:
    warm: true
    provision: [{ run: echo "$SECRET" >>/srv/steps, user: root }]
END
run seedbed build --name gold "$tmp/b.yaml"
is "$status" 0 "a golden image is made with a step"
contains "$err" "provision step 1 of 1" "which runs"
run seedbed build --name gold "$tmp/b.yaml"
contains "$status $err" "0 " "and the image is there"
lacks "$err" "provision step" "so nothing runs again"
cat >"$tmp/g.yaml" <<'END'
fleet: g
image: gold
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB }
machines: { m: }
END
ok "a machine of it" seedbed -q up "$tmp/g.yaml"
ok "a thawed machine" seedbed -q up "$tmp/b.yaml"
# shellcheck disable=SC2016
is "$(seedbed exec b g -- 'cat /srv/steps; echo "<$SECRET>"' | sort)" "b-m-1 | 7f3a
b-m-1 | <7f3a>
g-m-1 | 7f3a
g-m-1 | <>" "a thawed machine ran no step again, and the golden image has no variables"
ok "down" seedbed -q down b g
ok "the images go" seedbed -q image rm gold "$(virsh -q vol-list seedbed | grep -o 'warm-[0-9a-f]*' | head -n 1)"
is "$(leftovers)" '' "nothing is left"
done_testing
