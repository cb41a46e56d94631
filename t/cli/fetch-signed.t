#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image fetch of signed checksums: detached and inside, binary and armoured keyrings, wrong keys
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
# shellcheck source=t/lib/fetch.sh
. "$top/t/lib/fetch.sh"

export GNUPGHOME=$tmp/gnupg
mkdir -m 0700 "$GNUPGHOME"
at_exit "gpgconf --kill all"
for user in Signer Stranger; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$user <$user@example.org>" ed25519 sign \
    1d 2>"$tmp/gpg.log" || note "$(<"$tmp/gpg.log")"
done
gpg --batch --quiet --export Signer >"$tmp/signer.gpg"
gpg --batch --quiet --export --armor Signer >"$tmp/signer.asc"
gpg --batch --quiet --export Stranger >"$tmp/stranger.gpg"

make_file x.qcow2 100000
make_file y.qcow2 100000
(cd "$www" && sha256sum x.qcow2 y.qcow2 >SUMS)
gpg --batch --quiet -u Signer --output "$www/SUMS.gpg" --detach-sign "$www/SUMS"
gpg --batch --quiet -u Signer --output "$www/SUMS.asc" --clear-sign "$www/SUMS"

# catalogue CHECKSUMS SIGNATURE: for the image x
catalogue()
{
  cat >"$XDG_CONFIG_HOME/seedbed/catalogue.yaml" <<END
x:
  keyring: $tmp/signer.gpg
  keyring-package: some-keyring
  aarch64: { url: "file://$www/x.qcow2", checksums: "file://$www/$1", signature: "$2" }
END
}

# gets WHAT OPTION...: x comes, and is said to be signed
gets()
{
  local what=$1
  shift
  rm -rf "$downloads"
  fetch x "$@"
  fetched x.qcow2 "$what"
  contains "$err" "signed by Signer <Signer@example.org> (key " "$what: says who signed"
}

# fails STATUS TEXT WHAT OPTION...
fails()
{
  local code=$1 text=$2 what=$3
  shift 3
  rm -rf "$downloads"
  fetch x "$@"
  refused "$code" "$text" "$what"
}

catalogue SUMS "file://$www/SUMS.gpg"
gets "a detached signature"
gets "with a keyring in armour" --keyring "$tmp/signer.asc"
fails 3 "the signature is not good" "signed by somebody else" --keyring "$tmp/stranger.gpg"
fails 2 "there is no keyring '$tmp/none.gpg'" "no keyring" --keyring "$tmp/none.gpg"
mkdir "$tmp/bin"
ln -s "$(type -P seedbed)" "$(type -P timeout)" "$tmp/bin"
PATH=$tmp/bin fetch x
refused 2 "install the package 'gpgv'" "no gpgv"
mv "$tmp/signer.gpg" "$tmp/moved.gpg"
fails 2 "install the package 'some-keyring'" "a keyring that is not installed"
mv "$tmp/moved.gpg" "$tmp/signer.gpg"
sed -i "1s/^./f/; 1s/^ff/0f/" "$www/SUMS"
echo "# another line" >>"$www/SUMS"
fails 3 "cannot trust 'file://$www/SUMS'" "checksums that were changed after they were signed"

catalogue SUMS.asc inside
gets "a signature inside"
good=$(<"$www/SUMS.asc")
digest=$(sha256 "$www/y.qcow2")
printf '%s  x.qcow2\n%s\n%s  x.qcow2\n' "$digest" "$good" "$digest" >"$www/SUMS.asc"
gets "other text around what is signed does not count"
printf '%s\n' "${good/$(sha256 "$www/x.qcow2")/$digest}" >"$www/SUMS.asc"
fails 3 "the signature is not good" "checksums changed inside"
printf '%s\n' "$good" | sed '/BEGIN PGP SIGNATURE/,$d' >"$www/SUMS.asc"
fails 3 "the signature is not good" "a signature that was cut off"
(cd "$www" && sha256sum x.qcow2 >SUMS.asc)
fails 3 "the signature is not good" "no signature at all"
printf '%s\n' "$good" >"$www/SUMS.asc"
cp "$www/y.qcow2" "$www/x.qcow2"
fails 3 "expected" "another image than was signed"
contains "$err" "received $digest" "both digests are shown"
done_testing
