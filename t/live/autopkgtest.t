#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The setup script for autopkgtest keeps the protocol of autopkgtest-virt-ssh(1), and checks host keys.
# (autopkgtest itself needs a Debian in the machine: t/debian/warm.t.)
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
script=$top/scripts/autopkgtest/seedbed-autopkgtest
need_pocket
fleet a 1
run "$script" cleanup "$tmp/a.yaml"
is "$status" 1 "cleanup without open is an error"

# ---- open that fails when the machine is there ----

mkdir "$tmp/bin"
# shellcheck disable=SC2016  # for the script
printf '#!/bin/sh\n[ "$1" != ssh ] || exit 3\nexec %s "$@"\n' "$(type -P seedbed)" >"$tmp/bin/seedbed"
chmod +x "$tmp/bin/seedbed"
run env PATH="$tmp/bin:$PATH" TMPDIR="$tmp" "$script" open "$tmp/a.yaml"
is "$status:$out" 1: "open fails when the account's shell cannot be set"
is "$(leftovers; find "$tmp" -name 'autopkgtest-*')" '' "and leaves nothing"

# ---- a machine, as autopkgtest uses it ----

run "$script" open "$tmp/a.yaml"
is "$status $(cut -d = -f 1 <<<"$out" | paste -sd ' ')" "0 login hostname options capabilities extraopts" \
  "open makes a machine, and says how it is reached" || note "$err"
contains "$out" capabilities=isolation-machine,revert,revert-full-system "tests that break it are run"
value() { sed -n "s/^$1=//p" <<<"$out"; }
name=$(value hostname)
read -ra extra < <(value extraopts)
read -ra options < <(value options)
# As autopkgtest calls it.
ssh=(ssh -q -o BatchMode=yes -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -l "$(value login)" "${options[@]}" "$name")
is "$("${ssh[@]}" hostname)" "$name" "ssh with these options reaches it"
pinned=${extra[1]}/pinned
cp "$pinned" "$tmp/pinned"
sed -i 's,^\( *UserKnownHostsFile\) .*,\1 /dev/null,' "$pinned"
run "${ssh[@]}" true
is "$status" 255 "it does not reach a machine whose host key is not known"
cp "$tmp/pinned" "$pinned"
run "$script" debug-failure "$tmp/a.yaml" "${extra[@]}"
is "$status" 0 "debug-failure collects evidence"
run "$script" cleanup "$tmp/a.yaml" "${extra[@]}"
is "$status$(leftovers)" 0 "cleanup removes everything"
[ ! -e "${extra[1]}" ]
result $? "its folder too"
done_testing
