# SPDX-License-Identifier: LGPL-2.1-or-later
# fetch.sh: helpers for tests of `seedbed image fetch`, beside test.sh: a server on loopback, a cache
# and a configuration of their own, and no proxy.
# shellcheck shell=bash disable=SC2154
export XDG_CACHE_HOME=$tmp/cache XDG_CONFIG_HOME=$tmp/config
export LIBVIRT_DEFAULT_URI="qemu+unix:///system?socket=$tmp/nonexistent"
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY CURL_CA_BUNDLE
downloads=$XDG_CACHE_HOME/seedbed/downloads
www=$tmp/www
mkdir -p "$www" "$XDG_CONFIG_HOME/seedbed"

# serve: starts a server of $www, with the certificate and key in ${tls[@]} if there are any, and sets
# $port
tls=()
serve()
{
  local output=$tmp/port.$RANDOM
  python3 "$top/t/lib/http-server.py" "$www" "${tls[@]}" >"$output" 2>"$tmp/server.log" &
  at_exit "kill $! 2>/dev/null"
  wait_for 30 test -s "$output" || note "$(<"$tmp/server.log")"
  port=$(<"$output")
}

# make_file NAME BYTES: a file of random bytes in $www
make_file()
{
  head -c "$2" /dev/urandom >"$www/$1"
}

# sha256 FILE, sha512 FILE: its digest
sha256()
{
  sha256sum "$1" | cut -d' ' -f1
}
sha512()
{
  sha512sum "$1" | cut -d' ' -f1
}

# fetch ARGUMENT...: runs `image fetch --download-only`
fetch()
{
  run timeout 100 seedbed image fetch --download-only "$@"
}

# cached: the files of the cache
cached()
{
  ls "$downloads" 2>/dev/null
}

# fetched FILE WHAT: the last run ended with a path in the cache, of a copy of FILE in $www
fetched()
{
  is "$status" 0 "$2: succeeds" || note "$err"
  [ -n "$out" ] && cmp -s "$out" "$www/$1"
  result $? "$2: the file is complete and correct"
}

# refused STATUS TEXT WHAT: the last run failed, said TEXT, and left nothing in the cache
refused()
{
  is "$status" "$1" "$3: exit status $1"
  contains "$err" "$2" "$3: the message says so"
  is "$out$(cached)" '' "$3: nothing is kept"
}
