#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A real C project's own suite in a real guest: installed tests of GLib
[ -n "${SEEDBED_TEST_IMAGE:-}" ] || {
  echo "1..0 # SKIP takes minutes and a cloud image: SEEDBED_TEST_IMAGE=/path/to/debian-12-arm64.qcow2"
  exit 0
}
# In the namespaces of live.sh there is no network: the tests are fetched before.
here=$(realpath "${srcdir:-$(dirname "$0")/../..}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/seedbed
export suite=$cache/glib-tests
if [ -z "${SEEDBED_LIBVIRTD_PIDFILE:-}" ] && [ -r "$cache/pocket/aarch64/apt/apt.conf" ]; then
  APT_CONFIG=$cache/pocket/aarch64/apt/apt.conf "$here/scripts/unpack-packages" "$suite" libglib2.0-tests >&2
fi
# shellcheck source=t/lib/live.sh
. "$here/t/lib/live.sh"
[ -d "$suite/usr/libexec/installed-tests/glib" ] ||
  skip_all "no libglib2.0-tests:arm64 (scripts/make-pocket-image sets up apt for arm64 packages)"
cd "$tmp" || exit 1

mkdir glib
for name in array-test base64 bytes checksum hash list slist queue strfuncs string uri utf8-validate; do
  cp "$suite/usr/libexec/installed-tests/glib/$name" glib/
done
size=$(qemu-img info --output=json "$SEEDBED_TEST_IMAGE" | sed -n 's/.*"virtual-size": \([0-9]*\).*/\1/p')
cat >g.yaml <<END
fleet: g
image: debian
machines: { m: { vcpus: 2, memory: 1 GiB, disk: $size B } }
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
seedbed -q image import debian "$SEEDBED_TEST_IMAGE"
run seedbed test --json r.json --junit r.xml g.yaml
note "$(grep g-m run.err)"
is "$status" 1 "a suite of a real project, in real guests: only what hangs fails"
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
is "$(leftovers)" '' "nothing is left"
done_testing
