#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The files of `make install` below DESTDIR work there, and `make uninstall` removes all of them.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
build=$(realpath "${builddir:-$top/build}")
[ -f "$build/Makefile" ] || skip_all "no build here ($build)"

# The make that runs this test must not take part.
unset MAKEFLAGS MFLAGS MAKELEVEL
dest=$tmp/dest
ok "make install" make -C "$build" install DESTDIR="$dest"
files=$(cd "$dest" && find . -type f | sed 's,^\./,,' | sort)

# installed SUFFIX: the only file whose path ends with SUFFIX
installed() { grep -E "(^|/)$1\$" <<<"$files"; }

run "$dest/$(installed bin/seedbed)" --version
is "$status" 0 "the program runs"
contains "$out" "seedbed " "and says its version"
for page in man1/seedbed.1 man5/seedbed-fleet.5 man5/seedbed-json.5; do
  ok "the manual has $page" cmp "$top/src/man/${page#*/}" "$dest/$(installed $page)"
done
run bash -c ". '$dest/$(installed bash-completion/completions/seedbed)' && complete -p seedbed"
is "$status" 0 "bash takes the completion"
for file in zsh/site-functions/_seedbed fish/vendor_completions.d/seedbed.fish; do
  [ -n "$(installed "share/$file")" ]
  result $? "$file is the completion of another shell"
done

ok 'and the schema of its JSON' cmp "$top/src/cli/seedbed.schema.json" "$dest/$(installed share/seedbed/seedbed.schema.json)"

for unit in seedbed-gc.service seedbed-gc.timer; do
  is "$(installed "lib/systemd/(system|user)/$unit" | grep -c .)" 2 "$unit is a unit of the system and of users"
done
if type systemd-analyze >/dev/null 2>&1; then
  mkdir "$tmp/units"
  cp "$top"/scripts/seedbed-gc.* "$tmp/units"
  sed -i "s,=seedbed,=$dest/$(installed bin/seedbed)," "$tmp/units/seedbed-gc.service"
  ok "systemd takes them" systemd-analyze verify --man=no "$tmp/units/seedbed-gc.timer"
fi

examples=$dest/$(dirname "$(dirname "$(installed domains/pocket.yaml)")")
for file in "$top"/domains/*.yaml; do
  ok "the example ${file##*/} is complete" "$build/seedbed" lint "$examples/domains/${file##*/}"
done
for script in slurm/seedbed-array gitlab/seedbed-executor autopkgtest/seedbed-autopkgtest; do
  run "$examples/scripts/$script" --help
  is "$status" 0 "the example $script runs"
done
is "$(grep -c 'harness\|schema.yaml' <<<"$files")" 0 "files that are in the program are not installed beside it"

ok "make uninstall" make -C "$build" uninstall DESTDIR="$dest"
is "$(find "$dest" -type f)" '' "nothing is left"
done_testing
