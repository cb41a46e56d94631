#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A real Debian is frozen, and machines are thawed from it, which run a real project's suite and a
# package's tests. A boot takes minutes here: this is the only one.
[ -n "${SEEDBED_TEST_IMAGE:-}" ] || {
  echo "1..0 # SKIP takes minutes and a cloud image: SEEDBED_TEST_IMAGE=/path/to/debian-12-arm64.qcow2"
  exit 0
}
# In the namespaces of live.sh there is no network: the guest's programs and tests are fetched before.
here=$(realpath "${srcdir:-$(dirname "$0")/../..}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/seedbed
export programs=$cache/rsync-and-git suite=$cache/glib-tests
if [ -z "${SEEDBED_LIBVIRTD_PIDFILE:-}" ] && [ -r "$cache/pocket/aarch64/apt/apt.conf" ]; then
  APT_CONFIG=$cache/pocket/aarch64/apt/apt.conf "$here/scripts/unpack-packages" "$programs" \
    rsync libpopt0 libxxhash0 git >&2
  APT_CONFIG=$cache/pocket/aarch64/apt/apt.conf "$here/scripts/unpack-packages" "$suite" libglib2.0-tests >&2
fi
# shellcheck source=t/lib/live.sh
. "$here/t/lib/live.sh"

# identities: what no two machines may share: "MACHINE | KIND VALUE" in lines
# shellcheck disable=SC2016  # the guest evaluates them
identities()
{
  seedbed exec d -- 'echo name $(hostname); echo id $(cat /etc/machine-id)
    echo mac $(cat /sys/class/net/e*/address); echo ip $(hostname -I)
    echo uuid $(cat /proc/sys/kernel/random/uuid); echo random $(head -c 32 /dev/urandom | sha256sum)
    echo instance $(cat /var/lib/cloud/data/instance-id)
    echo key $(sudo cat /etc/ssh/ssh_host_ed25519_key.pub)'
}

seedbed -q image import debian "$SEEDBED_TEST_IMAGE" || exit 1
cat >"$tmp/d.yaml" <<'END'
fleet: d
image: debian
machines:
  m: { count: 2, vcpus: 2, memory: 1 GiB, disk: 4 GiB, warm: true }
END
run seedbed up "$tmp/d.yaml"
is "$status" 0 "Debian is frozen, and two machines are thawed"
note "$err"
contains "$err" "'m' is thawed from warm image" "up says so"
contains "$err" "fleet 'd': 2 machines are ready (2 made, 0 started again)" "both are ready"
identities >"$tmp/identities"
is "$(cut -d ' ' -f 3 "$tmp/identities" | sort | uniq -c | awk '{ print $2, $1 }' | xargs)" \
  "id 2 instance 2 ip 2 key 2 mac 2 name 2 random 2 uuid 2" "each tells who it is"
is "$(cut -d ' ' -f 3- "$tmp/identities" | sort | uniq -d)" "" "they share nothing"
right_clocks d "their clocks are right"
run seedbed exec d -- 'systemctl --failed --no-legend --plain'
is "$out" "" "no unit failed"
held=$(seedbed exec d-m-1 -- 'systemctl show --property=ExecStart seedbed-timers.service' |
  grep -o '[a-z0-9_-]*\.timer' | sort -u | xargs)
contains "$held" dpkg-db-backup.timer "timers with a calendar wait for another timer: $held"
# on_all COMMAND: what it prints there, each line once
on_all()
{
  seedbed exec d -- "$1" | cut -d ' ' -f 3- | sort -u
}
is "$(on_all "systemctl is-active $held")" inactive "meanwhile they are stopped"
is "$(on_all 'sudo journalctl -q -b -u ssh.service | grep -o "Received SIGHUP\|Server listening on 0"')" \
  "Server listening on 0" "their ssh servers read the new keys without a new start"
last="systemctl show --property=Id,ExecMainStartTimestampMonotonic ${held//.timer/.service}"
before=$(on_all "$last")
on_all 'sudo systemctl start --wait seedbed-timers.service' >&2
is "$(on_all "systemctl is-active $held")" active "it starts them again"
is "$(on_all "$last")" "$before" "and none of them elapses at that"
run seedbed exec d -- 'getent hosts d-m-1 && getent hosts d-m-2'
is "$status" 0 "they find each other by name"

# ---- rsync and git, which only know the user's own ssh_config ----

if [ -x "$programs/usr/bin/rsync" ] && type rsync git >/dev/null 2>&1; then
  mkdir -p "$tmp/home" "$tmp/tree/below"
  awk -F: -v OFS=: -v home="$tmp/home" '$1 == "root" { $6 = home } 1' /etc/passwd >"$tmp/passwd"
  mount --bind "$tmp/passwd" /etc/passwd
  seedbed -q ssh-config --install --yes
  tar -C "$programs" -c usr/bin/{rsync,git,git-upload-pack} usr/lib/aarch64-linux-gnu | ssh d-m-1 sudo tar -x -C /
  echo news >"$tmp/tree/below/file"
  ok "rsync finds a machine by its name" rsync -a "$tmp/tree/" d-m-1:tree/
  ok "and comes back" rsync -a d-m-1:tree/ "$tmp/back/"
  is "$(cat "$tmp/back/below/file")" news "with the files"
  ssh d-m-1 'cd tree && git init -q && git add . && git -c user.name=n -c user.email=e commit -q -m first' >&2
  home=$(ssh d-m-1 pwd)
  ok "git clones from a machine" git clone -q "ssh://d-m-1$home/tree" "$tmp/clone"
  is "$(git -C "$tmp/clone" log --format=%s)" first "with what was committed there"
  seedbed -q ssh-config --uninstall
  umount /etc/passwd
else
  result 0 "rsync and git # SKIP rsync or git not found, here or for arm64 (scripts/make-pocket-image sets up apt)"
fi
seedbed -q down d

time_up=$EPOCHREALTIME
run seedbed up "$tmp/d.yaml"
is "$status" 0 "two more machines are thawed"
awk -v a="$time_up" -v b="$EPOCHREALTIME" 'BEGIN { printf "# in %.1f s\n", b - a }'
note "$err"
seedbed -q down d

# ---- a real C project's own suite: installed tests of GLib ----

if [ -d "$suite/usr/libexec/installed-tests/glib" ]; then
  cd "$tmp" || exit 1
  mkdir glib
  for name in array-test base64 bytes checksum hash list slist queue strfuncs string uri utf8-validate; do
    cp "$suite/usr/libexec/installed-tests/glib/$name" glib/
  done
  cat >g.yaml <<END
fleet: g
image: debian
machines: { m: { vcpus: 2, memory: 1 GiB, disk: 4 GiB, warm: true } }
test:
  - name: glib
    copy: { from: glib, to: glib }
    files: '*'
    spread: true
    workdir: glib
    run: ./"\$SEEDBED_ITEM" --tap
    timeout: 5 min
  - { name: sudo, user: root, run: 'test "\$(id -u):\$PWD" = 0:/root', results: exit }
  - name: hang
    run: echo 1..1; (trap '' TERM; exec sleep 4321) & sleep 4321
    timeout: 5 s
  - { name: rest, run: "! pgrep -x sleep", results: exit }
  - name: reboot
    channel: true
    user: root
    timeout: 15 min
    run: |
      printf '%s\n' '[Unit]' 'After=systemd-udev-settle.service' '[Service]' 'ExecStart=/bin/sh -c "echo ok 2 >/dev/virtio-ports/seedbed.results"' \
        '[Install]' 'WantedBy=multi-user.target' >/etc/systemd/system/resume.service
      systemctl enable resume
      printf '1..2\nok 1\n' >"\$SEEDBED_RESULTS"
      systemctl reboot
END
  run seedbed test --json r.json --junit r.xml g.yaml
  note "$(grep g-m run.err)"
  contains "$err" "'m' is thawed from warm image" "a suite of a real project runs in a thawed machine"
  is "$status" 1 "only what hangs fails"
  is "$(grep -c '^ok .*/glib\[' run.out)" 12 "GLib's tests pass"
  is "$(python3 -c 'import json
print(sum(s["counts"]["passed"] + s["in_subtests"]["passed"] for s in json.load(open("r.json"))["suites"] if "/glib[" in s["name"]) > 100)')" \
    True "more than a hundred of them"
  is "$(grep '^not ok' run.out | sed 's/not ok [0-9]* - //' | sort | paste -sd ' ')" "g-m-1/hang" "what hangs is named"
  is "$(grep -cE '^ok .*/(sudo|rest|reboot)$' run.out)" 3 "sudo, what is left of it, and a reboot with the channel"
  is "$(python3 -c 'import json
print([s["output"] for s in json.load(open("r.json"))["suites"] if s["name"].endswith(("/sudo", "/rest"))])')" \
    "['', '']" "what says nothing has no output"
  ok "the JUnit XML is valid" xmllint --noout --schema "$top/t/data/junit.xsd" r.xml
else
  result 0 "GLib's tests # SKIP no libglib2.0-tests:arm64 (scripts/make-pocket-image sets up apt for arm64 packages)"
fi

# ---- autopkgtest: tests of a package ----

if type autopkgtest >/dev/null 2>&1; then
  cd "$tmp" || exit 1
  sed -i 's/count: 2/count: 1/' d.yaml
  mkdir -p greet/DEBIAN greet/usr/bin source/debian/tests
  printf '%s: %s\n' Package greet Version 1 Architecture all Maintainer 'Nobody <nobody@example.invalid>' \
    Description 'says hello' >greet/DEBIAN/control
  # shellcheck disable=SC2016  # they are scripts
  echo 'echo "hello, $1"' >greet/usr/bin/greet
  printf 'Tests: good, bad\nDepends:\n' >source/debian/tests/control
  # shellcheck disable=SC2016
  echo '[ "$(greet world)" = "hello, world" ]' >source/debian/tests/good
  echo 'greet world; exit 3' >source/debian/tests/bad
  sed -i '1i #!/bin/sh' greet/usr/bin/greet source/debian/tests/{good,bad}
  chmod +x greet/usr/bin/greet source/debian/tests/{good,bad}
  dpkg-deb --root-owner-group --build greet >&2
  run timeout 1500 autopkgtest --summary-file summary --copy "$tmp/greet.deb:/greet.deb" \
    --setup-commands 'dpkg -i /greet.deb' ./source -- \
    ssh --setup-script "$top/scripts/autopkgtest/seedbed-autopkgtest" -- "$tmp/d.yaml"
  is "$status" 4 "a test of the package failed: autopkgtest says so" || note "$err"
  is "$(tr -s ' ' <summary)" $'good PASS\nbad FAIL non-zero exit status 3' "the other passed"
else
  result 0 "tests of a package # SKIP autopkgtest not found"
fi
is "$(leftovers | grep -v warm-)" "" "nothing but the warm image is left"
done_testing
