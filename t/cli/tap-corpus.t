#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The verdict on each stream of t/data/tap is that of perl's harness, or there is a reason why not;
# and the reports about them are what other programs take.
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

# In any order, because a '-' and the '.' before "tap" sort in another way than the names do.
# same ONE OTHER: what differs between two files
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
is "$(same "$tmp/expected" "$tmp/ours")" '' 'the verdicts are those that are written down'

perl "$top/t/lib/prove-verdicts.pl" "${streams[@]}" >"$tmp/perls"
diff "$tmp/perls" "$tmp/ours" | sed -n 's/^> //p' | cut -d ' ' -f 1 >"$tmp/differ"
sed -n 's/^\([^#:]*\): ..*/\1/p' differs-from-prove >"$tmp/explained"
is "$(same "$tmp/explained" "$tmp/differ")" '' \
  "they are perl's, but for $(wc -l <"$tmp/explained") that are explained (> not explained, < the same)"

# prove-verdicts.pl asks perl's parser: prove itself says the same, of some that it takes its time for.
disagree=''
for stream in 12-common.tap 12-bail-out.tap 12-skip-all.tap 13-yaml.tap plan-twice.tap yaml-open.tap; do
  prove --exec cat "$stream" >"$tmp/prove.log" 2>&1 && said=good || said=bad
  grep -qx "${stream%.tap} $said" "$tmp/perls" || disagree+="$stream: $said "
done
is "$disagree" '' "and perl's are prove's"

# One test point for each suite: prove counts those that are bad, and has nothing to complain about.
bad=$(grep -c ' bad$' "$tmp/ours")
run prove --exec cat "$tmp/all.tap"
is "$status" 1 'prove of the report fails, too'
contains "$out" "Failed $bad/${#streams[@]} subtests" 'as many suites failed'
lacks "$out" 'Parse errors' 'and it is sound TAP'

if command -v xmllint >/dev/null; then
  seedbed tap --format junit "${streams[@]}" >"$tmp/all.xml"
  ok 'the JUnit report is valid' xmllint --noout --schema ../junit.xsd "$tmp/all.xml"
  is "$(xmllint --xpath 'count(//testsuite[testcase/failure or testcase/error])' "$tmp/all.xml")" "$bad" \
    'and in it as many suites failed'
  is "$(xmllint --xpath 'count(//testsuite[@tests != count(testcase)])' "$tmp/all.xml")" 0 \
    'and each has as many tests as it says'
  # A schema that allows anything shows nothing.
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
