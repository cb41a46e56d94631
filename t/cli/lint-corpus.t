#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The findings of `seedbed lint` in each document of t/data/lint are as written down. Its verdict for
# cloud-init 22.4 equals the verdict of cloud-init itself.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
# shellcheck source=t/lib/cloud-init.sh
. "${srcdir:-.}/t/lib/cloud-init.sh"
cd "$top/t/data/lint" || exit 1
documents=(*.yaml)

# Findings as "FILE:LINE:COLUMN SEVERITY RULE": the messages may change.
# findings ARGUMENT...: of `seedbed lint ARGUMENT...`
findings()
{
  document seedbed lint --format json "$@" | perl -MJSON::PP -e '
    local $/; my $all = decode_json(<STDIN>);
    printf "%s:%d:%d %s %s\n", @$_{qw(file line column severity rule)} for @{$all->{findings}};
    printf "%d files\n", $all->{files};'
}

# refused: the documents with an error, of findings on stdin
refused()
{
  sed -n 's/^\([^:]*\):[0-9:]* error .*/\1/p' | LC_ALL=C sort -u
}

# uncovered: the modules of the schema for which there is no good document, or no bad one; $tmp/bad
# has the names of the latter
uncovered()
{
  awk '
    FILENAME ~ /schema.yaml$/ {
      if (/^  - \$ref: "#\/\$defs\//) { gsub(/.*\/|"/, ""); modules[$0] }
      else if (/^  [a-z0-9_-]+:$/) { module = $1; sub(/:/, "", module) }
      else if (/^      [a-z0-9_-]+:/ && module in modules) { sub(/:.*/, "", $1); of[$1] = module }
      next
    }
    FILENAME ~ /bad$/ { bad[$1]; next }
    /^[a-z0-9_-]+:/ { key = $1; sub(/:.*/, "", key)
      if (key in of) seen[of[key], FILENAME in bad ? "bad" : "good"] }
    END { for (module in modules) {
      if (!((module, "good") in seen)) print module, "good"
      if (!((module, "bad") in seen)) print module, "bad" } }' \
    "$top/cloud-init/schema.yaml" "$tmp/bad" "${documents[@]}"
}

[ ${#documents[@]} -ge 200 ]
result $? "there are ${#documents[@]} documents"
findings "${documents[@]}" >"$tmp/findings"
is "$(diff findings "$tmp/findings")" '' 'the findings are as written down'
refused <"$tmp/findings" >"$tmp/bad"
is "$(uncovered)" '' 'every module has good documents and bad documents'

(cd network && findings -- *.yaml) >"$tmp/network"
is "$(diff network/findings "$tmp/network")" '' "the findings in network-configs are as written down"

# There is no cloud-init of this version to compare with: see the schema for what it refuses.
findings --cloud-init 26.2 "${documents[@]}" | refused >"$tmp/newest"
is "$(diff refused-by-26.2 "$tmp/newest")" '' "$(wc -l <"$tmp/newest") are bad for cloud-init 26.2"
findings --cloud-init 22.4 "${documents[@]}" | refused >"$tmp/ours"
is "$(diff refused-by-22.4 "$tmp/ours")" '' "$(wc -l <"$tmp/ours") are bad for cloud-init 22.4"

find_cloud_init
case $cloud_init_version in
22.4*) ;;
*) skip_rest "cloud-init is $cloud_init_version here, and this is about 22.4" ;;
esac
cloud_init=("$top/t/lib/cloud-init-verdicts.py")
python3_of_cloud_init "${cloud_init[@]}" "${documents[@]}" >"$tmp/verdicts"
is "$(wc -l <"$tmp/verdicts")" ${#documents[@]} "cloud-init $cloud_init_version judged all of them"
sed -n 's/ bad$//p' "$tmp/verdicts" | LC_ALL=C sort >"$tmp/theirs"
is "$(diff "$tmp/theirs" "$tmp/ours")" '' 'its verdicts equal those of seedbed (< refused by cloud-init, > by seedbed)'

schema=$(find "$cloud_init_root/usr/lib/python3/dist-packages/cloudinit" -name schema-cloud-config-v1.json)
findings --cloud-init 22.4 --schema "$schema" "${documents[@]}" | refused >"$tmp/with-theirs"
is "$(diff "$tmp/theirs" "$tmp/with-theirs")" '' "they equal those of seedbed with cloud-init's own schema"

# cloud-init-verdicts.py calls the code of the command. For some documents, run the command itself.
disagree=''
for document in yaml-anchors.yaml users-broken-key.yaml; do
  python3_of_cloud_init "$cloud_init_root/usr/bin/cloud-init" schema --config-file "$document" \
    >"$tmp/command.log" 2>&1 && said=good || said=bad
  grep -qx "$document $said" "$tmp/verdicts" || disagree+="$document: $said "
done
is "$disagree" '' 'the command itself has the same verdicts'

done_testing
