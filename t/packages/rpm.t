#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The RPM packages: built by rpmbuild, installed into a folder, and removed
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
for program in rpmbuild doxygen; do
  type $program >/dev/null 2>&1 || skip_all "$program not found: scripts/install-packages package"
done
unset MAKEFLAGS MFLAGS MAKELEVEL builddir srcdir
tarball=$("$top/scripts/make-dist" 2>"$tmp/log") || cat "$tmp/log"
ok "packages are built" "$top/scripts/package-rpm" "$tmp" "$tarball"
cd "$tmp" || exit 1
is "$(rpm -qp --qf '%{NAME}\n' ./*.rpm | sort | paste -sd ' ')" "seedbed seedbed-devel seedbed-libs" "there are three"
contains "$(rpm -qp --requires seedbed-libs-*.rpm)" "libvirt.so.0" "the libraries that they need are known"
mkdir root
ok "they are installed" rpm --root "$tmp/root" --dbpath /db --nodeps --noscripts -i ./*.rpm
library=$(dirname "$(find root -name libseedbed.so.0)")
is "$(LD_LIBRARY_PATH=$library root/usr/bin/seedbed --version)" "seedbed $(rpm -qp --qf '%{VERSION}' seedbed-[0-9]*.rpm)" "the program runs"
for file in man1/seedbed.1 man3/seedbed.3 man5/seedbed-fleet.5 bash-completion/completions/seedbed system/seedbed-gc.timer \
  pkgconfig/seedbed.pc examples/scripts/library/four-machines.c; do
  find root -path "*/$file*" | grep -q . || echo "$file"
done >missing
is "$(<missing)" '' "all is in its place"
ok "they are removed" rpm --root "$tmp/root" --dbpath /db --nodeps --noscripts -e seedbed seedbed-devel seedbed-libs
is "$(find root -path root/db -prune -o -type f -print)" '' "nothing is left"
done_testing
