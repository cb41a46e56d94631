#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Debian packages: built twice with the same bytes, clean for lintian, installed, used and removed
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
for program in autopkgtest dh lintian fakeroot doxygen; do
  type $program >/dev/null 2>&1 || skip_all "$program not found: scripts/install-packages package"
done
unset MAKEFLAGS MFLAGS MAKELEVEL builddir srcdir
export LC_ALL=C.UTF-8
tarball=$("$top/scripts/make-dist" 2>"$tmp/log") || cat "$tmp/log"

ok "packages are built from the checkout" "$top/scripts/package-deb" "$tmp/one" "$tarball"
mkdir "$tmp/elsewhere"
tar -x -f "$tarball" -C "$tmp/elsewhere"
source=$(echo "$tmp"/elsewhere/seedbed-*)
ok "and from the tarball, where no checkout is" "$source/scripts/package-deb" "$tmp/two" "$tarball"
cd "$tmp/one" || exit 1
is "$(printf '%s\n' *.deb | sed 's/_.*//' | grep -v dbgsym | sort | paste -sd ' ')" "libseedbed-dev libseedbed0 seedbed seedbed-doc" "there are four"
for package in *.deb *.dsc *.tar.xz; do
  cmp "$package" "../two/$package"
done >"$tmp/differences" 2>&1
is "$(<"$tmp/differences")" '' "both builds give the same bytes"
ok "lintian finds no error and no warning" lintian --fail-on error,warning --tag-display-limit 0 --allow-root -- ./*.deb ./*.dsc

# ---- installed, on top of a copy of this system that is thrown away ----

[ "$(id -u)" = 0 ] && mkdir "$tmp/over" && unshare --mount true || {
  note "not root: the packages are not installed"
  done_testing
  exit
}
cat >"$tmp/inside" <<'END'
set -u
cd /packages || exit
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
dpkg -i $(ls *.deb | grep -v dbgsym) >/log 2>&1 || cat /log
echo "installed: $(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' seedbed libseedbed0 libseedbed-dev seedbed-doc | paste -sd ' ')"
echo "version: $(seedbed --version)"
for page in man1/seedbed.1 man3/seedbed.3 man5/seedbed-fleet.5; do
  test -s /usr/share/man/$page.gz && echo "manual: $page"
done
for file in lib/systemd/system/seedbed-gc.timer usr/lib/systemd/user/seedbed-gc.service \
  usr/share/bash-completion/completions/seedbed usr/share/zsh/vendor-completions/_seedbed \
  usr/share/fish/vendor_completions.d/seedbed.fish usr/share/doc/seedbed/NEWS.gz usr/share/doc/seedbed/README.md.gz \
  usr/share/doc/seedbed/examples/domains/pocket.yaml usr/share/doc/seedbed-doc/html/index.html; do
  test -s /$file || echo "missing: $file"
done
test -e /etc/systemd/system/timers.target.wants/seedbed-gc.timer && echo "the timer is on"
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/* # all that is needed is there
autopkgtest --summary-file /summary *.deb *.dsc -- null >/log 2>&1 || [ $? = 8 ] || cat /log # 8: only superficial tests passed
sed 's/^/autopkgtest: /; s/  */ /g' /summary
dpkg --purge seedbed libseedbed-dev seedbed-doc libseedbed0 >/log 2>&1 || cat /log
find /etc /lib /usr /var -name '*seedbed*' -cnewer /packages/inside | sed 's/^/left: /'
END
# shellcheck disable=SC2016  # the inner shell expands them
unshare --mount bash -c 'mount -t tmpfs none "$1/over" && mkdir "$1/over/upper" "$1/over/work" "$1/over/root" &&
  mount -t overlay overlay -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$1/over/root" &&
  mount --rbind /proc "$1/over/root/proc" && mount --rbind /dev "$1/over/root/dev" &&
  mkdir "$1/over/root/packages" && cp "$1/one"/*.deb "$1/one"/*.dsc "$1/one"/*.tar.xz "$1/inside" "$1/over/root/packages" &&
  exec chroot "$1/over/root" bash /packages/inside' . "$tmp" >"$tmp/out" 2>&1
version=$("$source/scripts/version" -)
is "$(<"$tmp/out")" "installed: libseedbed-dev ii  libseedbed0 ii  seedbed ii  seedbed-doc ii 
version: seedbed $version
manual: man1/seedbed.1
manual: man3/seedbed.3
manual: man5/seedbed-fleet.5
autopkgtest: command PASS (superficial)
autopkgtest: library PASS (superficial)" "they are installed, their own tests pass, and nothing is left when they are removed"

done_testing
