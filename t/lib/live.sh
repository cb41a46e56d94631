# SPDX-License-Identifier: LGPL-2.1-or-later
# live.sh: for tests with guests, which need a libvirtd. Sourced instead of test.sh:
# . "${srcdir:-.}/t/lib/live.sh"
#
# The test has a private libvirtd (scripts/with-libvirtd): it may break it, and tests may run at the
# same time. `make check-live` runs them; by hand: sudo t/live/main-job.t
# shellcheck shell=bash
live_top=$(realpath "${srcdir:-$(dirname "${BASH_SOURCE[0]}")/../..}")
if [ -z "${SEEDBED_LIBVIRTD_PIDFILE:-}" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "1..0 # SKIP needs root, for a private libvirtd in its own namespaces"
    exit 0
  fi
  exec "$live_top/scripts/with-libvirtd" bash "$0" "$@"
fi
# shellcheck source=t/lib/test.sh
. "$live_top/t/lib/test.sh"

# Use the program that was just built, even if the test is run by hand.
PATH=$(realpath "${builddir:-$top/build}"):$PATH
pocket=${SEEDBED_POCKET_IMAGE:-$top/build/pocket.qcow2}

# need_pocket_of ARCH NAME FILE: imports the pocket image of ARCH as NAME, and makes FILE if it does not exist
need_pocket_of()
{
  [ -r "$3" ] || "$top/scripts/make-pocket-image" --arch "$1" "$3" >&2 ||
    skip_all "no pocket image, and it cannot be made here (scripts/make-pocket-image says why)"
  seedbed -q image import "$2" "$3" || exit 1
}

# need_pocket: imports the pocket image
need_pocket()
{
  need_pocket_of aarch64 pocket "$pocket"
}

# kernel_of ARCH FILE: prints a line of a fleet file, whose machines then boot the kernel and the initrd of the
# pocket image FILE, with the command line of its boot loader and the word "direct"
kernel_of()
{
  local efi=$tmp/$1.efi
  qemu-img convert -O raw "$2" "$tmp/raw.disk" &&
    mcopy -n -i "$tmp/raw.disk@@1M" '::/EFI/BOOT/*.EFI' "$efi" &&
    "$1-linux-gnu-objcopy" --dump-section .linux="$tmp/$1.kernel" --dump-section .initrd="$tmp/$1.initrd" \
      --dump-section .cmdline="$tmp/cmdline" "$efi" "$tmp/copy.efi" || return
  rm "$tmp/raw.disk" "$tmp/copy.efi" "$efi"
  echo "kernel: { image: $1.kernel, initrd: $1.initrd, cmdline: '$(<"$tmp/cmdline")direct' }"
}

# fleet NAME COUNT [LINE...]: writes $tmp/NAME.yaml: a fleet of small pocket machines, with more LINEs for
# its one group, called m
fleet()
{
  local name=$1 number=$2 line
  shift 2
  {
    printf 'fleet: %s\nimage: pocket\nmachines:\n  m:\n' "$name"
    printf '    count: %s\n    vcpus: 1\n    memory: 256 MiB\n    disk: 256 MiB\n' "$number"
    for line; do
      printf '    %s\n' "$line"
    done
  } >"$tmp/$name.yaml"
}

# readable_by_others: the files of the pool and of the state directory that every user of this machine can
# read. Nobody can list the folders; so the names are told.
readable_by_others()
{
  # shellcheck disable=SC2016  # the other user's shell expands it
  find /var/lib/libvirt/seedbed "$XDG_STATE_HOME" -type f |
    setpriv --reuid 65534 --regid 65534 --clear-groups bash -c 'while read -r file; do
      if head -c 0 "$file" 2>/dev/null; then echo "${file##*/}"; fi
    done' | sort
}

# leftovers: everything beside the pool with its images and the evidence of failures: nothing, after all
# machines were removed
leftovers()
{
  virsh -q list --all --name | sed '/^$/d; s/^/domain /'
  virsh -q net-list --all --name | sed '/^$/d; s/^/network /'
  virsh -q pool-refresh seedbed >/dev/null
  # not awk: mawk does not know {16}
  virsh -q vol-list seedbed |
    sed -E 's/^ *([^ ]*).*/\1/; /^([a-z0-9._-]+\.[0-9a-f]{16}\.(qcow2|raw)(\.json)?)?$/d; s/^/volume /'
  find /var/lib/libvirt/qemu/nvram -type f 2>/dev/null | sed 's/^/nvram /'
  pgrep -af '^(/usr/bin/)?qemu-system' | sed 's/^/process /'
  find "$XDG_STATE_HOME/seedbed" -name .evidence -prune -o -type f -print 2>/dev/null | sed 's/^/state /'
}

# stop_libvirtd: it ends, and is gone; "$SEEDBED_LIBVIRTD_START" starts another one
stop_libvirtd()
{
  local pid
  pid=$(<"$SEEDBED_LIBVIRTD_PIDFILE")
  kill "$pid" && wait_for 60 test ! -d "/proc/$pid"
}

# right_clocks FLEET WHAT: one test: the clocks of its machines are right within a second
right_clocks()
{
  local machines
  mapfile -t machines < <(virsh -q list --name | grep "^$1-")
  ok "$2" "$top/t/lib/clocks.py" "${machines[@]}"
}

# expire MACHINE: its lifetime, which must be set, has ended in the past
expire()
{
  local metadata
  metadata=$(virsh -q metadata "$1" urn:seedbed:domain:1 |
    sed 's,<expires>[^<]*<,<expires>2024-01-31T12:00:00Z<,') &&
    virsh -q metadata "$1" urn:seedbed:domain:1 --key seedbed --set "$metadata" --live --config
}
