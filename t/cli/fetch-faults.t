#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image fetch from a server with faults: a verified file or a clear error, never another file
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
# shellcheck source=t/lib/fetch.sh
. "$top/t/lib/fetch.sh"

make_file x.qcow2 1000000
make_file x.qcow2.new 1000000
serve
base=http://127.0.0.1:$port
digest=$(sha256 "$www/x.qcow2")
new=$(sha256 "$www/x.qcow2.new")

# requests: how many there were, and then none
requests()
{
  wc -l <"$www/requests"
  : >"$www/requests"
}

# gets FILE DIGEST MODE WHAT: FILE comes whole from /MODE/x.qcow2
gets()
{
  rm -rf "$downloads"
  : >"$www/requests"
  fetch "$base/$3/x.qcow2" --sha256 "$2"
  fetched "$1" "$4"
  is "$(cached)" "sha256-$2" "$4: nothing else is left"
}

# fails TEXT MODE WHAT: nothing comes from /MODE/x.qcow2
fails()
{
  rm -rf "$downloads"
  fetch "$base/$2/x.qcow2" --sha256 "$digest"
  refused 3 "$1" "$3"
}

gets x.qcow2 "$digest" cut-once-400000 "a connection that is cut"
contains "$(<"$www/requests")" "bytes=400000- \"" "it goes on where it ended, if nothing changed"
gets x.qcow2 "$digest" cut-300000 "a connection that is cut again and again"
is "$(requests)" 4 "the file comes in as many pieces"
gets x.qcow2 "$digest" no-range "a server without ranges"
gets x.qcow2 "$digest" no-tag "a server that does not name the version of the file"
lacks "$(<"$www/requests")" "bytes=" "no range of an unknown version is asked for"
gets x.qcow2.new "$new" changing "a file that changes between two pieces"
gets x.qcow2 "$digest" wrong-range "a range that was not asked for"
gets x.qcow2 "$digest" range-416 "a range that is refused"
gets x.qcow2 "$digest" busy-once "a server that was busy"
gets x.qcow2 "$digest" slow "a slow server"
gets x.qcow2 "$digest" long "a right file whose length is given as too large"
rm -rf "$downloads"
fetch "$base/long/x.qcow2" --sha256 "$new"
contains "$status $err" "(tried" "a wrong file whose length is given as too large: the fetch fails"
is "$(cached | grep -cv '\.part')" 0 "a wrong file whose length is given as too large: nothing of it gets a final name"

# It says that the file is the same: only the digest shows that it is not.
gets x.qcow2.new "$new" lying "a file that changes, while its version stays"
fails "received" changing "a file that has changed into a wrong file"
fails "received $(head -c 999000 "$www/x.qcow2" | sha256sum | cut -d' ' -f1)" short "a length that is given as too small"
fails "tried" cut-0 "a server that sends nothing"
contains "$err" "tried 5 times" "it was tried several times"
fails "status 500 (tried 5 times)" status-500 "a server that fails"
for code in 403 404 410 416; do
  fails "status $code" "status-$code" "status $code"
done

# ---- two at once ----

rm -rf "$downloads"
: >"$www/requests"
make_file x.qcow2 8000000
digest=$(sha256 "$www/x.qcow2")
seedbed image fetch --download-only "$base/slow/x.qcow2" --sha256 "$digest" >"$tmp/first" 2>&1 &
first=$!
fetch "$base/slow/x.qcow2" --sha256 "$digest"
fetched x.qcow2 "the second of two fetches at the same time"
wait "$first"
is $? 0 "the first of two fetches succeeds"
is "$(requests)" 1 "one fetch downloads, the other waits"
is "$(cached)" "sha256-$digest" "two fetches leave nothing else"
done_testing
