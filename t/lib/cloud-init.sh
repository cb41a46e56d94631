# SPDX-License-Identifier: LGPL-2.1-or-later
# cloud-init.sh: a cloud-init to compare with, for tests that source test.sh first
#
# That is the one in build/unpacked, which scripts/unpack-packages puts there (with CI=true, now), or
# the one that this host is installed with. It is never installed for a test, and never run but for
# its `schema`.
# shellcheck shell=bash
build_dir=$(realpath "${builddir:-$top/build}")

# find_cloud_init: sets $cloud_init_root and $cloud_init_version, or ends the test as passed so far
find_cloud_init()
{
  cloud_init_root=$build_dir/unpacked
  if [ ! -x "$cloud_init_root/usr/bin/cloud-init" ] && [ "${CI:-}" = true ]; then
    # A run of CI that compares with nothing would be a quiet one.
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

# skip_rest WHY: one skipped test instead of all that would follow
skip_rest()
{
  echo "ok $((++count)) - the same as cloud-init # SKIP $1"
  done_testing
  exit 0
}

# python3_of_cloud_init ARGUMENT...: python3 with that cloud-init's modules, and no others of ours
python3_of_cloud_init()
{
  local isolated=(-s)
  [ -z "$cloud_init_root" ] || isolated+=(-S)
  PYTHONPATH=${cloud_init_root:+$cloud_init_root/usr/lib/python3/dist-packages} \
    PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "${isolated[@]}" "$@"
}
