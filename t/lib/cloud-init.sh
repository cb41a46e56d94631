# SPDX-License-Identifier: LGPL-2.1-or-later
# cloud-init.sh: a cloud-init to compare with, for tests that source test.sh first
#
# It is in build/unpacked, where scripts/unpack-packages puts it (with CI=true: now), or it is
# installed on this host. A test never installs it, and runs only its `schema`.
# shellcheck shell=bash
build_dir=$(realpath "${builddir:-$top/build}")

# find_cloud_init: sets $cloud_init_root and $cloud_init_version, or ends the test with one skipped test
find_cloud_init()
{
  cloud_init_root=$build_dir/unpacked
  if [ ! -x "$cloud_init_root/usr/bin/cloud-init" ] && [ "${CI:-}" = true ]; then
    # In CI, a run without anything to compare with must fail.
    "$top/scripts/unpack-packages" "$cloud_init_root" || exit 1
  elif [ ! -x "$cloud_init_root/usr/bin/cloud-init" ]; then
    cloud_init_root=
  fi
  [ -x "$cloud_init_root/usr/bin/cloud-init" ] ||
    skip_rest "no cloud-init to compare with: 'scripts/unpack-packages build/unpacked' gets one"
  cloud_init_version=$(python3_of_cloud_init -c \
    'from cloudinit.version import version_string; print(version_string())') ||
    skip_rest "the cloud-init in '$cloud_init_root/' does not run with this host's Python"
}

# skip_rest WHY: one skipped test instead of all further tests
skip_rest()
{
  echo "ok $((++count)) - the same as cloud-init # SKIP $1"
  done_testing
  exit 0
}

# python3_of_cloud_init ARGUMENT...: python3 with the modules of that cloud-init
python3_of_cloud_init()
{
  local isolated=(-s)
  [ -z "$cloud_init_root" ] || isolated+=(-S)
  PYTHONPATH=${cloud_init_root:+$cloud_init_root/usr/lib/python3/dist-packages} \
    PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "${isolated[@]}" "$@"
}
