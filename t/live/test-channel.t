#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Results over the virtio-serial port survive a reboot, and a network that goes away; ssh does not
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# A suite that goes on after a reboot: bootcmd runs at each boot, before there is a network.
cat >resume.ud <<'END'
#cloud-config
bootcmd:
  - if [ -x /var/lib/resume ]; then rm -f /var/lib/ran; /var/lib/resume; fi
END
cat >resume <<'END'
#!/bin/sh
rm /var/lib/resume
echo "ok 2 - after the reboot" >/dev/virtio-ports/seedbed.results
END
chmod +x resume
cat >c.yaml <<'END'
fleet: c
image: pocket
defaults: { vcpus: 1, memory: 256 MiB, disk: 256 MiB, user-data: resume.ud }
machines: { a: , b: }
test:
  - name: plain
    channel: true
    user: root
    run: echo "this is no TAP"; printf '1..2\nok 1\nok 2\n' >"$SEEDBED_RESULTS"; sleep 2
  - name: reboot
    on: a
    channel: true
    user: root
    timeout: 5 min
    copy: { from: resume, to: /var/lib }
    run: echo keep >kept; printf '1..2\nok 1 - before the reboot\n' >"$SEEDBED_RESULTS"; reboot; sleep 60
    artifacts: kept
  - { name: back, on: a, needs: reboot, run: echo 1..1; echo ok 1 }
  - name: network
    on: b
    channel: true
    user: root
    run: |
      exec >"$SEEDBED_RESULTS"
      echo 1..3
      nic=$(ip -o link | sed -n 's/^[0-9]*: \(e[a-z0-9]*\):.*/\1/p')
      ip link set "$nic" down; echo "ok 1 - without a network"
      sleep 3
      ip link set "$nic" up; echo "ok 2 - with one again"
      sleep 1; echo "ok 3"
  - { name: flood, on: b, channel: true, user: root,
      run: '{ echo 1..1; yes "$(printf "%0999d" 0)" | head -c 200000000; echo; echo ok 1; } >"$SEEDBED_RESULTS"' }
  - { name: endless, on: b, channel: true, user: root,
      run: 'exec >"$SEEDBED_RESULTS"; echo 1..1; echo ok 1; while :; do echo "# more"; sleep 0.2; done' }
  - { name: short, on: b, channel: true, user: root, timeout: 5 s, run: printf '1..2\nok 1\n' >"$SEEDBED_RESULTS" }
  - { name: beside, on: b, channel: true, timeout: 5 s, run: printf '1..1\nok 1\n' }
  - { name: fails, on: b, channel: true, user: root, run: printf '1..2\nok 1\n' >"$SEEDBED_RESULTS"; exit 3 }
  # What seedbed asks the guest before the command takes longer than the timeout of the command.
  - name: slow
    on: b
    user: root
    results: exit
    run: |
      sudo=$(command -v sudo) && mv "$sudo" "$sudo.real"
      printf '#!/bin/sh\ncase $* in *bytes_sent*) sleep 6 ;; esac\nexec sudo.real "$@"\n' >"$sudo"
      chmod +x "$sudo"
  - { name: later, on: b, channel: true, user: root, timeout: 5 s, run: printf '1..1\nok 1\n' >"$SEEDBED_RESULTS" }
END
run seedbed test --artifacts out c.yaml
is "$status" 1 "suites whose results come through the channel"
note "$(grep / run.err)"
is "$(sed -n 's/^\(\(not \)*ok\) [0-9]* - \(.*\)/\3 \1/p' run.out | paste -sd ';')" \
  "c-a-1/plain ok;c-b-1/plain ok;c-a-1/reboot ok;c-a-1/back ok;c-b-1/network ok;c-b-1/flood ok;c-b-1/endless ok;c-b-1/short not ok;c-b-1/beside not ok;c-b-1/fails not ok;c-b-1/slow ok;c-b-1/later ok" \
  "complete results pass: plain, over a reboot, without a network, and 200 MB; others do not"
contains "$out" $'    ok 1 - before the reboot\n    ok 2 - after the reboot' "all results are there"
contains "$out" $'\nok 12 - c-b-1/later' "with a channel too, the timeout counts from the begin of the command"
contains "$out" "something in the guest went on writing to the results channel" "what goes on writing behind the last result is named"
contains "$out" "the results were not complete within 5 s" "results that do not come are named"
contains "$out" 'nothing came through the results channel within 5 s' "TAP that is written elsewhere is named too"
is "$(cat out/c-a-1/reboot/kept)" keep "the artifacts are fetched after the reboot"
is "$(leftovers)" '' "nothing is left"
done_testing
