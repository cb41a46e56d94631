# SPDX-License-Identifier: LGPL-2.1-or-later
# test.sh: helpers for every shell test. A test sources it first: . "${srcdir:-.}/t/lib/test.sh"
#
# A test prints TAP with ok and similar functions, and ends with done_testing. It has a fresh folder
# $tmp, which is removed at the end, after the commands of at_exit.
# shellcheck shell=bash
set -u
# A critical message of GLib is a bug: the program that prints it ends.
export G_DEBUG=fatal-criticals
top=$(realpath "${srcdir:-$(dirname "${BASH_SOURCE[0]}")/../..}")
count=0
tmp=$(mktemp -d "${TMPDIR:-/tmp}/seedbed-test.XXXXXX") || exit 1
exit_commands=()
# Not the language, the terminal, the defaults, the catalogue and the umask of the user who runs the tests
export LC_ALL=C.UTF-8 TERM=xterm XDG_CONFIG_HOME=$tmp/no-config
unset LANGUAGE NO_COLOR COLUMNS LINES
umask 022

# at_exit COMMAND: runs it when the test ends; the last command runs first
at_exit()
{
  exit_commands=("$1" "${exit_commands[@]}")
}

finish()
{
  local command
  for command in "${exit_commands[@]}"; do
    eval "$command"
  done
  rm -rf "$tmp"
}
trap finish EXIT
# stopped: a signal ends the test. It tells t/lib/limit.sh where it was: its output may be redirected
stopped()
{
  echo "after test $count, in '$BASH_COMMAND' (lines ${BASH_LINENO[*]})" >"${SEEDBED_TEST_PLACE:-/dev/null}"
  exit 143
}
trap stopped TERM INT HUP

# skip_all WHY: ends the test as skipped
skip_all()
{
  echo "1..0 # SKIP $1"
  exit 0
}

# result STATUS WHAT [NOTE]: one test, passed if STATUS is 0; otherwise it fails, and says NOTE
result()
{
  count=$((count + 1))
  if [ "$1" = 0 ]; then
    echo "ok $count - $2"
  else
    echo "not ok $count - $2"
    [ $# = 2 ] || note "$3"
    return 1
  fi
}

# note TEXT: a comment, also of several lines
note()
{
  printf '# %s\n' "${1//$'\n'/$'\n# '}"
}

# ok WHAT COMMAND...: COMMAND succeeds
ok()
{
  local what=$1
  shift
  "$@" >"$tmp/ok.log" 2>&1
  result $? "$what" "$(tail -n 40 "$tmp/ok.log")"
}

# is ACTUAL EXPECTED WHAT
is()
{
  [ "$1" = "$2" ]
  result $? "$3" "got:      $1
expected: $2"
}

# contains TEXT PART WHAT: PART stands in TEXT
contains()
{
  [[ $1 == *"$2"* ]]
  result $? "$3" "looked for: $2
in: $1"
}

# lacks TEXT PART WHAT: PART does not stand in TEXT
lacks()
{
  [[ $1 != *"$2"* ]]
  result $? "$3" "found: $2
in: $1"
}

# run COMMAND...: sets $status, $out (stdout) and $err (stderr), and keeps the JSON documents that it makes
# shellcheck disable=SC2034
run()
{
  "$@" >"$tmp/run.out" 2>"$tmp/run.err"
  status=$?
  out=$(<"$tmp/run.out")
  err=$(<"$tmp/run.err")
  [[ " $* " != *' --format json '* || $out != '{'* ]] || keep_documents "$tmp/run.out"
  if [[ " $*" =~ ' --json '([^ /]+) && -f ${BASH_REMATCH[1]} ]]; then keep_documents "${BASH_REMATCH[1]}"; fi
}

# keep_documents FILE...: each is a JSON document of seedbed; done_testing checks the forms of all
keep_documents()
{
  local file
  mkdir -p "$tmp/documents"
  for file; do
    cp "$file" "$(mktemp "$tmp/documents/XXXXXX")"
  done
}

# document COMMAND...: runs it, and keeps the JSON document that it prints
document()
{
  local printed status
  printed=$(mktemp "$tmp/document.XXXXXX")
  "$@" >"$printed"
  status=$?
  keep_documents "$printed"
  cat "$printed"
  rm "$printed"
  return $status
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds; says so if it never does. On a busy host all takes
# longer, and the limit is only for what hangs: so it is five minutes or more
wait_for()
{
  local deadline=$((SECONDS + ($1 > 300 ? $1 : 300)))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || {
      echo "# waited in vain for: $*" >&2
      return 1
    }
    sleep 0.2
  done
}

done_testing()
{
  [ ! -d "$tmp/documents" ] ||
    is "$("$top/t/lib/check-documents.py" "$top/src/cli/seedbed.schema.json" "$tmp"/documents/* 2>&1)" '' \
      'each JSON document has its form'
  echo "1..$count"
}
