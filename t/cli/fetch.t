#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image fetch: digests, the cache, the catalogue, redirects, TLS
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
# shellcheck source=t/lib/fetch.sh
. "$top/t/lib/fetch.sh"

make_file x.qcow2 300000
make_file other 1000
serve
base=http://127.0.0.1:$port
digest=$(sha256 "$www/x.qcow2")
wrong=$(sha256 "$www/other")

fetch "$base/plain/x.qcow2" --sha256 "$wrong"
refused 3 "expected $wrong" "another digest"
contains "$err" "received $digest" "both digests are shown"
fetch "$base/plain/x.qcow2"
refused 2 "anybody on the way can change plain http" "plain http without a digest"
fetch "file://$www/x.qcow2"
refused 2 "is refused without a digest" "a file without a digest"
fetch ftp://127.0.0.1/x --sha256 "$digest"
refused 2 "is not a URL that can be fetched" "ftp"
fetch "$base/plain/x.qcow2" --sha256 abc
refused 2 "--sha256 must be 64 hexadecimal digits" "a digest that is too short"
fetch "$base/plain/none" --sha256 "$digest"
refused 3 "status 404" "a file that is not there"
run seedbed image fetch "$base/plain/x.qcow2" --sha256 "$digest"
refused 2 "give --name" "a URL without --name"

fetch "$base/plain/x.qcow2" --sha256 "$digest" --arch Arm
refused 2 "'Arm' is not an architecture" "an architecture that no image has"

fetch "$base/plain/x.qcow2" --sha256 "${digest^^}"
fetched x.qcow2 "with a sha256"
is "$out" "$downloads/sha256-$digest" "the file is called by its digest"
contains "$err" "verified: sha256 as given" "the message says what was verified"
: >"$www/requests"
fetch "$base/plain/x.qcow2" --sha256 "$digest"
fetched x.qcow2 "the same fetch again"
is "$(<"$www/requests")" '' "the second fetch reads the cache only"
fetch "$base/plain/other" --sha256 "$(sha512 "$www/other" | head -c 64)"
is "$status:$(cached)" "3:sha256-$digest" "a mismatch leaves what was there"
chmod u+w "$downloads/sha256-$digest"
echo damage >>"$downloads/sha256-$digest"
fetch "$base/plain/x.qcow2" --sha256 "$digest"
fetched x.qcow2 "after the cache was damaged"
fetch "$base/plain/x.qcow2" --sha512 "$(sha512 "$www/x.qcow2")"
fetched x.qcow2 "with a sha512"
fetch "file://$www/x.qcow2" --insecure-no-digest
fetched x.qcow2 "without a digest, with --insecure-no-digest"
contains "$err" "verified: nothing" "the message says that nothing was verified"
rm -rf "$downloads"

# The view without a terminal, after ten seconds, and at one, after one. 36 MB come in about 12 s.
make_file longer 36000000
fetch "$base/slow/longer" --sha256 "$(sha256 "$www/longer")"
grep -qE "^downloading +[0-9]+ %, [0-9.]+ MiB of 34.3 MiB, [0-9.]+ [KM]iB/s, [0-9]+ (s|ms) left$" <<<"$err"
result $? "without a terminal, lines tell the share, the rate and the time left" || note "$err"
make_file long 9000000
long=$(sha256 "$www/long")
rm -rf "$downloads"
if command -v script >/dev/null; then
  script -qec "stty rows 24 cols 80; seedbed image fetch --download-only $base/slow/long --sha256 $long" \
    "$tmp/typescript" >/dev/null </dev/null
  seen=$(tr '\r' '\n' <"$tmp/typescript" | sed 's/\x1b\[K//')
  grep -qE "^downloading +[0-9]+ % \[#+-+\] [0-9.]+ MiB of 8.6 MiB, [0-9.]+ [KM]iB/s, [0-9]+ (s|ms) left$" <<<"$seen"
  result $? "at a terminal, a bar tells them too" || note "$seen"
  is "$(grep ^downl <<<"$seen" | awk 'length > 80')" '' "it fits into 80 columns"
else
  result 0 "the view at a terminal # SKIP script not found (util-linux)"
fi
rm -rf "$downloads"

fetch "$base/redirect/$base/plain/x.qcow2" --sha256 "$digest"
fetched x.qcow2 "a redirect"
rm -rf "$downloads"
fetch "$base/redirect/file://$www/x.qcow2" --sha256 "$digest"
refused 3 "redirects to a URL that is not followed" "a redirect to a file"
fetch "$base/loop/x.qcow2" --sha256 "$digest"
refused 3 "redirects" "a loop of redirects"

# ---- TLS ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$tmp/key.pem" -out "$tmp/ca.pem" 2>"$tmp/openssl.log"
plain=$base
tls=("$tmp/ca.pem" "$tmp/key.pem")
serve
base=https://127.0.0.1:$port
fetch "$base/plain/x.qcow2" --sha256 "$digest"
refused 3 "certificate" "an authority that is not known"
export CURL_CA_BUNDLE=$tmp/ca.pem
fetch "$base/redirect/$plain/plain/x.qcow2" --sha256 "$digest"
refused 3 "redirects to a URL that is not followed" "from https to http"
fetch "$base/plain/x.qcow2" --sha256 "$digest"
fetched x.qcow2 "https"
rm -rf "$downloads"

# ---- the catalogue ----

run seedbed image fetch --list
contains "$out" "debian-12           both    checksums" "--list shows the images and what verifies them"
is "$(awk 'length > 80' <<<"$out")" '' "--list fits into 80 columns"
run seedbed image fetch --list --wide
contains "$out" "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-generic-amd64.qcow2" \
  "--list --wide shows the URLs"
(cd "$www" && sha256sum other x.qcow2 >SHA256SUMS)
cat >"$XDG_CONFIG_HOME/seedbed/catalogue.yaml" <<END
mine:
  about: of the user's own
  aarch64: { url: "$base/plain/x.qcow2", checksums: "$base/plain/SHA256SUMS" }
END
fetch mine
fetched x.qcow2 "a name of the user's own catalogue"
contains "$err" "SHA256SUMS', which is not signed" "the message names the checksum file"
fetch mine --arch x86_64
is "$status" 2 "another architecture than there is: exit status 2"
contains "$err" "has 'mine' for aarch64" "the message names the architecture that exists"
fetch debian-21
contains "$err" "did you mean 'debian-11'" "a similar name is proposed for an unknown name"

# The name of the newest image changes: an index names it.
make_file k-1.9.qcow2 1000
make_file k-1.10.qcow2 2000
(cd "$www" && sha256sum k-*.qcow2 >K-SUMS)
printf '<a href="k-1.9.qcow2">k-1..</a> <a href="k-1.10.qcow2">k-1..</a>\n' >"$www/listing"
for name in 1.9 1.10; do
  sha256 "$www/k-$name.qcow2" >"$www/k-$name.qcow2.sha256"
done
cat >>"$XDG_CONFIG_HOME/seedbed/catalogue.yaml" <<END
sums:
  url: file://$www/k-*.qcow2
  checksums: file://$www/K-SUMS
listed:
  url: file://$www/k-*.qcow2
  checksums: file://$www/k-*.qcow2.sha256
  index: file://$www/listing
none:
  url: file://$www/m-*.qcow2
  checksums: file://$www/K-SUMS
END
fetch sums
fetched k-1.10.qcow2 "the newest image that the checksum file names"
fetch listed --arch x86_64
fetched k-1.10.qcow2 "the newest image that an index names"
contains "$err" "fetched 'file://$www/k-1.10.qcow2'" "the message names it"
fetch none
is "$status" 3 "no image of that form: exit status 3"
contains "$err" "K-SUMS' names no file of the form 'm-*.qcow2'" "the index and the form are named"
sed -i 's/checksums/checksum/' "$XDG_CONFIG_HOME/seedbed/catalogue.yaml"
fetch mine
contains "$err" "catalogue.yaml:3:" "the place of a mistake in the catalogue is named"
contains "$err" "did you mean 'checksums'?" "the right key is proposed"
done_testing
