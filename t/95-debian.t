#!/bin/bash
# A real cloud image with a real cloud-init, to its very end; and a user-data with users of its own,
# which must not cost the harness its account.
# shellcheck source=t/live.sh
. "${srcdir:-.}/t/live.sh"
[ -n "${SEEDBED_TEST_IMAGE:-}" ] ||
  skip_all "takes minutes and a cloud image: SEEDBED_TEST_IMAGE=/path/to/debian-12-arm64.qcow2"

ok "the image is imported" seedbed -q image import debian "$SEEDBED_TEST_IMAGE"
cat >"$tmp/users.yaml" <<'END'
#cloud-config
users:
  - name: alice
    shell: /bin/bash
runcmd:
  - echo hello > /root/hello
END
cat >"$tmp/deb.yaml" <<'END'
fleet: deb
image: debian
machines:
  box: { vcpus: 2, memory: 1 GiB, disk: 4 GiB, user-data: users.yaml }
END
ok "it boots until cloud-init is done" seedbed up "$tmp/deb.yaml"
contains "$(seedbed ssh deb-box-1 -- cloud-init status)" 'status: done' "cloud-init says so itself"
contains "$(seedbed ssh deb-box-1 -- id alice)" '(alice)' "the user's own account is there"
is "$(seedbed ssh deb-box-1 -- sudo -n cat /root/hello)" hello \
  "the user's command ran, and the harness' account may use sudo without a password"
seedbed -q down deb
is "$(leftovers)" '' "nothing is left"
done_testing
