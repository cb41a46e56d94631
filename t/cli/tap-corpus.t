#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The verdict on each stream of t/data/tap equals that of perl's harness, or a reason is written down.
# Other programs can read the reports about the streams.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$top/t/data/tap" || exit 1
streams=(*.tap)

perl -MTAP::Parser -e 1 2>/dev/null || skip_all "TAP::Parser not found (perl)"

# verdicts: "NAME good|bad" for each test point "ok N - NAME.tap" of the TAP on stdin
verdicts()
{
  sed -nE 's/^not ok [0-9]+ - (.*)\.tap( #.*)?$/\1 bad/p; s/^ok [0-9]+ - (.*)\.tap( #.*)?$/\1 good/p'
}

[ ${#streams[@]} -ge 100 ]
result $? "there are ${#streams[@]} streams"
is "$(grep -v '^#' verdicts | cut -d ' ' -f 1 | LC_ALL=C sort)" \
  "$(printf '%s\n' "${streams[@]%.tap}" | LC_ALL=C sort)" \
  'each has its verdict written down'

# The order does not matter: '-' and the '.' before "tap" sort differently from the names.
# same ONE OTHER: the differences between two files
same()
{
  diff <(grep -v '^#' "$1" | LC_ALL=C sort) <(LC_ALL=C sort "$2")
}

run seedbed tap --format tap "${streams[@]}"
is "$status:$err" 1: 'all of them in one report'
cp "$tmp/run.out" "$tmp/all.tap"
verdicts <"$tmp/all.tap" >"$tmp/ours"
sed -nE 's/^([^# ]+) (passed|skipped)$/\1 good/p; s/^([^# ]+) (failed|untrusted .*)$/\1 bad/p' verdicts \
  >"$tmp/expected"
is "$(same "$tmp/expected" "$tmp/ours")" '' 'the verdicts are as written down'

perl "$top/t/lib/prove-verdicts.pl" "${streams[@]}" >"$tmp/perls"
diff "$tmp/perls" "$tmp/ours" | sed -n 's/^> //p' | cut -d ' ' -f 1 >"$tmp/differ"
sed -n 's/^\([^#:]*\): ..*/\1/p' differs-from-prove >"$tmp/explained"
is "$(same "$tmp/explained" "$tmp/differ")" '' \
  "they are perl's, but for $(wc -l <"$tmp/explained") that are explained (> not explained, < the same)"

# prove-verdicts.pl uses perl's parser. For some streams, compare with prove itself, which is slow.
disagree=''
for stream in 12-common.tap 12-bail-out.tap 12-skip-all.tap 13-yaml.tap plan-twice.tap yaml-open.tap; do
  prove --exec cat "$stream" >"$tmp/prove.log" 2>&1 && said=good || said=bad
  grep -qx "${stream%.tap} $said" "$tmp/perls" || disagree+="$stream: $said "
done
is "$disagree" '' "the verdicts of perl's parser are those of prove"

# There is one test point for each suite: prove counts the bad ones, and does not complain.
bad=$(grep -c ' bad$' "$tmp/ours")
run prove --exec cat "$tmp/all.tap"
is "$status" 1 'prove fails for the report, too'
contains "$out" "Failed $bad/${#streams[@]} subtests" 'the same number of suites failed'
lacks "$out" 'Parse errors' 'the report is valid TAP'

if command -v xmllint >/dev/null; then
  seedbed tap --format junit "${streams[@]}" >"$tmp/all.xml"
  ok 'the JUnit report is valid' xmllint --noout --schema ../junit.xsd "$tmp/all.xml"
  is "$(xmllint --xpath 'count(//testsuite[testcase/failure or testcase/error])' "$tmp/all.xml")" "$bad" \
    'and in it as many suites failed'
  is "$(xmllint --xpath 'count(//testsuite[@tests != count(testcase)])' "$tmp/all.xml")" 0 \
    'and each has as many tests as it says'
  # A schema that allows anything would prove nothing.
  for change in 's/<testcase name=/<testcase nome=/' 's/<failure type="failed"/<failure/' \
    's/ tests="[0-9]*"//' 's/<system-err\/>//' 's/timestamp="[^"]*"/timestamp="today"/'; do
    sed "$change" "$tmp/all.xml" >"$tmp/broken.xml"
    xmllint --noout --schema ../junit.xsd "$tmp/broken.xml" >/dev/null 2>&1
    is $? 3 "$change makes it invalid"
  done
else
  echo "ok $((++count)) - the JUnit report is valid # SKIP xmllint not found (libxml2-utils)"
fi

seedbed tap --format json "${streams[@]}" >"$tmp/all.json"
perl -MJSON::PP -e 'local $/; my $all = decode_json(<STDIN>);
  for (@{$all->{suites}}) {
    my %seen; my @kinds = grep { !$seen{$_}++ } map { $_->{kind} } @{$_->{problems}};
    print join(" ", $_->{name} =~ s/\.tap$//r, $_->{result}, @kinds ? join(",", @kinds) : ()), "\n";
  }' <"$tmp/all.json" >"$tmp/in-json"
is "$(same verdicts "$tmp/in-json")" '' 'the JSON report has the verdicts and the kinds of problems'

done_testing
