#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Options that would change nothing are refused, and are not passed over: who gives one counts on it
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

export LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/nonexistent/libvirt-sock'
export XDG_CONFIG_HOME=$tmp/config XDG_CACHE_HOME=$tmp/cache
mkdir -p "$tmp/config/seedbed" "$tmp/work" && cd "$tmp/work" || exit 1
digest=$(printf '' | sha256sum | cut -c 1-64)
: >empty
printf 'x: { aarch64: { url: "file://%s/empty", sha256: %s } }\n' "$PWD" "$digest" \
  >"$XDG_CONFIG_HOME/seedbed/catalogue.yaml"
printf '#cloud-config\nhostname: a\n' >user-data
printf 'fleet: f\nimage: x\nmachines:\n  m: ~\n' >f.yaml

# refused TEXT ARGUMENT...: bad usage, and nothing was made
refused()
{
  local text=$1 what
  shift
  run seedbed "$@"
  what=${*//"$PWD"/…}
  is "$status:$out" 2: "$what: exit status 2"
  contains "$err" "$text" "$what: says why"
  is "$(ls)" "$there" "$what: makes nothing"
}
there=$(ls)

file=file://$PWD/empty
refused 'a digest is given, and then no signature is checked' \
  image fetch "$file" --sha256 "$digest" --download-only --keyring k.gpg
refused 'there is no signature to check' \
  image fetch "$file" --insecure-no-digest --download-only --keyring k.gpg
refused 'a digest is given, and then no signature is checked' \
  image fetch x --download-only --keyring k.gpg
refused "there is no signature to check" \
  image fetch rocky-9 --download-only --keyring k.gpg
refused "'mips' is not an architecture: use 'aarch64' or 'x86_64'" \
  image fetch "$file" --sha256 "$digest" --download-only --arch mips
refused '--strict is about what --no-wait does not wait for' up --no-wait --strict f.yaml
refused '--timeout is about what --no-wait does not wait for' up --no-wait --timeout '1 min' f.yaml
refused "--timeout must be longer than 0, not '0 s'" build --name b --timeout '0 s' f.yaml
refused "'f.yaml' has 0 tests" test --artifacts made f.yaml
refused "cannot write the report '/dev'" test --json /dev f.yaml
refused '--format is only for --show' seed -u user-data -o seed.iso --format text
there=$(ls)
refused 'the name comes first: seedbed image import debian_12.4 empty' image import empty debian_12.4
refused "image name 'No'" build --name No f.yaml
done_testing
