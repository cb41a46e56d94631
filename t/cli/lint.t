#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `seedbed lint`: its options, its output, and its exit status.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$tmp" || exit 1

printf '#cloud-config\npackages: [git]\n' >good.yaml
printf '#cloud-config\npassword: x\n' >warned.yaml
printf '#cloud-config\npassword: x\npackage_update: maybe\nusers: [{nam: a}]\n' >bad.yaml

run seedbed lint good.yaml
is "$status:$out:$err" '0::1 file: 0 errors, 0 warnings' 'nothing found: exit 0'
run seedbed lint warned.yaml
is "$status" 0 'warnings alone: exit 0'
is "$out" "warned.yaml:2:11: warning: password: the password can be read in this file, in the seed and in the\
 guest's /var/lib/cloud: write a hash, which 'mkpasswd -m sha-512' makes, or use a key [plain-password]" \
  'a finding has its place, its severity, the key'\''s path, and its rule'
run seedbed lint good.yaml bad.yaml warned.yaml
is "$status" 2 'errors: exit 2'
is "$err" '3 files: 3 errors, 2 warnings' 'all files are counted'
contains "$out" "bad.yaml:3:17: package_update: must be true or false, but 'maybe' is text" 'the message says which values are allowed'
contains "$out" "bad.yaml:4:10: users[0]: unknown key 'nam', did you mean 'name'?" 'the message says the nearest key'
run seedbed -q lint warned.yaml
is "$err" '' '-q: no summary'
run seedbed lint missing.yaml good.yaml
is "$status" 2 'a missing file: exit 2'
contains "$out" "missing.yaml: cannot read 'missing.yaml': No such file" 'the message names it'

# ---- JSON ----

run seedbed lint --format json bad.yaml
is "$status:$err" 2: 'as JSON: exit 2, nothing on stderr'
is "$(perl -MJSON::PP -e 'local $/; my $all = decode_json(<STDIN>);
  print join(",", sort keys %$all), " ", join(",", sort keys %{$all->{findings}[0]}), " ",
    join(",", @$all{qw(files errors warnings)})' <run.out)" \
  'errors,files,findings,seedbed,warnings column,file,line,message,path,rule,severity 1,3,1' \
  'it has these members, and no others'
run seedbed lint --format json good.yaml
is "$(tr -d ' \n' <run.out)" '{"seedbed":{"format":1,"kind":"lint"},"findings":[],"files":1,"errors":0,"warnings":0}' 'nothing found, as JSON'
printf '#cloud-config\n"a\\e[31m\\u202e": 1\n' >escapes.yaml
for format in text json; do
  run seedbed lint --format $format escapes.yaml
  LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae' run.out
  is $? 1 "$format has no control character of a file" || note "$(cat -v run.out)"
done

# ---- options ----

run seedbed lint --disable plain-password -d schema bad.yaml
is "$status:$out" 0: '--disable: these rules do not count'
run seedbed lint --disable nosuch good.yaml
is "$status" 2 '--disable of an unknown rule: exit 2'
contains "$err" "unknown rule 'nosuch': --list-rules shows the rules" 'the message says what to do'
run seedbed lint --disable yaml good.yaml
is "$status" 2 'a rule that all others need cannot be switched off'
run seedbed lint --list-rules
is "$status:$err" 0: '--list-rules'
mapfile -t rules < <(sed -n '2,$s/ .*//p' <<<"$out")
[ ${#rules[@]} -ge 20 ]
result $? "it has ${#rules[@]} rules"
is "$(document seedbed lint --list-rules --format json | grep -c '"rule"')" ${#rules[@]} 'JSON has the same number'

printf '#cloud-config\nrpi: {interfaces: {spi: true}}\nusers: [{name: a, doas: [permit a]}]\n' >new.yaml
run seedbed lint new.yaml
is "$status:$out" 0: 'without a version, all keys of any cloud-init are right'
run seedbed lint --cloud-init 22.4.2-1+deb12u3 new.yaml
is "$status" 2 '--cloud-init: keys that this version does not know are wrong'
contains "$out" 'new.yaml:3:19: users[0].doas: this came with cloud-init 23.3 (for 22.4 an error)' 'the message says why'
contains "$out" 'new.yaml:2:1: warning: rpi: this came with cloud-init 25.2 (for 22.4 ignored)' 'or cloud-init ignores them'
run seedbed lint --cloud-init 24.1 new.yaml
contains "$out" 'new.yaml:2:1: rpi: this came with cloud-init 25.2 (for 24.1 an error)' 'or refuses them'
printf '#cloud-config\npackges: [git]\n' >typo.yaml
for version in 22.4 23.3; do
  run seedbed lint --cloud-init $version typo.yaml
  is "$status" 0 "$version: an unknown key at the top is a warning"
  contains "$out" "typo.yaml:2:1: warning: cloud-init does not know the key 'packges' (for $version ignored):\
 did you mean 'packages'? [unknown-key]" 'which says what becomes of it'
done
run seedbed lint --cloud-init 26.2 typo.yaml
is "$status" 2 '26.2: it is an error'
contains "$out" "typo.yaml:2:1: cloud-init does not know the key 'packges' (for 26.2 an error):" 'which says so'
run seedbed lint typo.yaml
is "$status" 2 'any version: it is an error, because the newest refuses it'
contains "$out" "the key 'packges' (for 23.4 and later an error, before ignored):" 'which says who does not'
for version in latest 22 '' -1; do
  run seedbed lint "--cloud-init=$version" good.yaml
  is "$status:$out" 2: "--cloud-init='$version': exit 2"
done

# ---- kinds ----

printf 'network:\n  version: 2\n  ethernets: {a: {dhcp: true}}\n' >50-cloud-init.yaml
run seedbed lint 50-cloud-init.yaml
contains "$out" "50-cloud-init.yaml:3:19: network.ethernets.a: unknown key 'dhcp'" \
  "a network-config below 'network:' is one"
printf 'x: y\n' >some
for kind in user-data vendor-data; do
  run seedbed lint --kind $kind some
  contains "$out" "some:1:1: cloud-init would ignore the whole file" "--kind $kind: user-data"
done
run seedbed lint --kind meta-data some
contains "$out" "some:1:1: warning: without an 'instance-id'" '--kind meta-data'
run seedbed lint --kind network-config good.yaml some
is "$status" 2 '--kind network-config'
contains "$out" "some:1:1: the key 'version' is missing" 'is for a file that does not say what it is'
contains "$out" "good.yaml:2:1: the key 'version' is missing" 'and for a file that says something else'
for kind in fleet '' x; do
  run seedbed lint "--kind=$kind" some
  is "$status:$out" 2: "--kind='$kind': exit 2"
done
contains "$err" "'x' is none of user-data, vendor-data, network-config and meta-data" 'and what there is'

printf '{"type": "object", "properties": {"packages": {"maxItems": 0}}}' >schema.json
run seedbed lint --schema schema.json good.yaml
is "$status" 2 '--schema: cloud-configs are checked against it'
contains "$out" 'good.yaml:2:11: packages: has 1 item, and must have at most 0' 'only this schema counts'
printf '{"type": "text"}' >schema.json
run seedbed lint --schema schema.json good.yaml
is "$status:$out" 2: 'a schema that is not a schema: exit 2'
contains "$err" "schema.json:1:10: in the schema: there is no type 'text'" 'the message has the place in the schema'
run seedbed lint --schema nosuch.json good.yaml
is "$status" 2 'a missing schema: exit 2'
for arguments in '' '--format xml good.yaml' '--nosuch good.yaml'; do
  # shellcheck disable=SC2086
  run seedbed lint $arguments
  is "$status:$out" 2: "lint $arguments: exit 2, nothing on stdout"
done
run bash -c 'seedbed lint warned.yaml >/dev/full'
is "$status" 3 'findings that cannot be written are a failure'

done_testing
