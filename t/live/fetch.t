#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image fetch into a pool: over HTTP with a cut, once more, another version, the wrong file
. "${srcdir:-.}/t/lib/live.sh"
# shellcheck source=t/lib/fetch.sh
uri=${LIBVIRT_DEFAULT_URI:-}
. "$top/t/lib/fetch.sh"
export LIBVIRT_DEFAULT_URI=${uri:-qemu:///system}

# volumes: of the pool
volumes()
{
  virsh -q pool-refresh seedbed >/dev/null && virsh -q vol-list seedbed | awk 'NF && !/json/ { print $1 }'
}

for file in one two; do
  qemu-img create -q -f qcow2 "$tmp/$file.qcow2" 64M
  qemu-io -c "write -P $((RANDOM % 255 + 1)) 0 8M" "$tmp/$file.qcow2" >"$tmp/qemu-io.log"
  cp "$tmp/$file.qcow2" "$www"
done
head -c 100000 /dev/urandom >"$www/garbage"
serve
base=http://127.0.0.1:$port
one=$(sha256 "$www/one.qcow2") two=$(sha256 "$www/two.qcow2")

run seedbed image fetch "$base/plain/one.qcow2" --sha256 "$two" --name x
is "$status" 3 "the wrong file: exit status 3"
run virsh -q vol-list seedbed
lacks "$out" x. "the wrong file does not get into the pool"
run seedbed image fetch "$base/cut-once-3000000/one.qcow2" --sha256 "$one" --name x
is "$status" 0 "fetch, with a connection that is cut" || note "$err"
is "$(volumes)" "x.${one:0:16}.qcow2" "the volume has the name and the digest"
ok "it can be read" virsh -q vol-download --pool seedbed "x.${one:0:16}.qcow2" "$tmp/back"
is "$(sha256 "$tmp/back")" "$one" "it is byte-identical"
run seedbed image fetch "$base/plain/one.qcow2" --sha256 "$one" --name x
is "$status" 0 "the same once more"
contains "$err" "is there already" "is not sent again"

cat >"$XDG_CONFIG_HOME/seedbed/catalogue.yaml" <<END
x: { aarch64: { url: "file://$www/two.qcow2", sha256: $two } }
END
ok "another version, by the catalogue" seedbed image fetch x
is "$(volumes | sort)" "$(printf 'x.%.16s.qcow2\n' "$one" "$two" | sort)" "both versions are there"
run seedbed image fetch "$base/plain/garbage" --sha256 "$(sha256 "$www/garbage")" --name y
is "$status" 2 "a file that is no image: exit status 2"
contains "$err" "this is not an image that is known here" "it says so"
is "$(volumes | grep -c '^y')" 0 "and it is not in the pool"

# ---- newer versions ----

# publish FILE: makes it the file that the catalogue has
publish()
{
  cp "$tmp/$1.qcow2" "$www/latest.qcow2"
  (cd "$www" && sha512sum latest.qcow2 >SUMS)
}
publish one
cat >>"$XDG_CONFIG_HOME/seedbed/catalogue.yaml" <<END
latest: { url: "file://$www/latest.qcow2", checksums: "file://$www/SUMS" }
END
ok "an image is fetched by its name in the catalogue" seedbed -q image fetch latest --name mine
run seedbed image update
is "$status $(grep ^mine <<<"$out")" "0 mine   aarch64  latest     up to date" "the image is up to date"
publish two
run seedbed image update --format json mine
contains "$out" '"name":"mine","arch":"aarch64","catalogue":"latest","state":"newer_version"' "a newer version is seen"
is "$(volumes | grep -c ^mine)" 1 "it is not fetched"
run seedbed image update --fetch
is "$status $(grep ^mine <<<"$out")" "0 mine   aarch64  latest     updated" "it is fetched on demand"
is "$(volumes | grep ^mine | sort)" "$(printf 'mine.%.16s.qcow2\n' "$one" "$two" | sort)" "both versions are there"
run seedbed image update
is "$status $(grep -c "up to date" <<<"$out")" "0 2" "then all images are up to date"
rm "$www/SUMS"
run seedbed image update
is "$status" 3 "without the checksum file: exit status 3"
contains "$err" "seedbed: 'mine': cannot fetch 'file://$www/SUMS'" "the image and the file are named"
contains "$out" "not known" "the state is not known"
run seedbed image update one-is-not-there
is "$status" 2 "an unknown image: exit status 2"
ok "an image from a file" seedbed -q image import elsewhere "$tmp/one.qcow2"
run seedbed image update elsewhere
contains "$err" "the image 'elsewhere' was not fetched by a name of the catalogue" "an image from elsewhere is refused"

# ---- by a fleet file ----

cat >"$tmp/f.yaml" <<END
fleet: f
image: { url: "$base/plain/one.qcow2", sha256: $one }
machines: { m: { vcpus: 1, memory: 256 MiB, disk: 256 MiB } }
END
sed "s/$one/$(sha256 "$tmp/f.yaml")/" "$tmp/f.yaml" >"$tmp/wrong.yaml"
run seedbed up --no-wait "$tmp/wrong.yaml"
is "$status:$(virsh -q list --all --name)" 3: "up with the wrong digest makes nothing"
contains "$err" "received $one" "it says what came"
{ cat "$tmp/wrong.yaml" && echo 'test: [ { name: one, run: "true", results: exit } ]'; } >"$tmp/test.yaml"
run seedbed test "$tmp/test.yaml"
is "$status:$(virsh -q list --all --name)" 3: "a test with the wrong digest makes nothing"
contains "$out" "not ok 1 - " "the report says of each suite that it did not run"
contains "$out" "received $one" "and why"
ok "up fetches the image of a fleet file" seedbed up --no-wait "$tmp/f.yaml"
contains "$(volumes)" "one-${one:0:8}.${one:0:16}.qcow2" "it is in the pool"
contains "$(virsh -q vol-dumpxml --pool seedbed f-m-1.qcow2)" "one-${one:0:8}.${one:0:16}.qcow2" \
  "the machine's overlay is on it"
: >"$www/requests"
ok "up once more" seedbed up --no-wait "$tmp/f.yaml"
is "$(<"$www/requests")" '' "does not fetch it again"
ok "down" seedbed -q down f

xz -k -0 "$www/two.qcow2"
packed=$(sha256 "$www/two.qcow2.xz")
sed "s|^image: .*|image: { path: www/two.qcow2.xz, sha256: $one }|" "$tmp/f.yaml" >"$tmp/wrong.yaml"
run seedbed up --no-wait "$tmp/wrong.yaml"
is "$status:$(virsh -q list --all --name)" 2: "up with another file makes nothing"
contains "$err" "found    $packed" "it says what the file has"
sed "s/$one/$packed/" "$tmp/wrong.yaml" >"$tmp/g.yaml"
ok "up imports the file of a fleet file, unpacked" seedbed up --no-wait "$tmp/g.yaml"
contains "$(virsh -q vol-dumpxml --pool seedbed f-m-1.qcow2)" "two-qcow2-${packed:0:8}.${two:0:16}.qcow2" \
  "the machine's overlay is on it"
mv "$www/two.qcow2.xz" "$tmp/moved"
ok "up once more does not need the file" seedbed up --no-wait "$tmp/g.yaml"
ok "down" seedbed -q down f
done_testing
