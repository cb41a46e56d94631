#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The completion script for bash is valid, and completes what the program takes.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
export LC_ALL=C.UTF-8

run seedbed completion bash
is "$status:$err" 0: 'the script is printed'
printf '%s\n' "$out" >"$tmp/completion"
ok 'it is valid bash' bash -n "$tmp/completion"
commands=$(seedbed --help | sed -n '/^Commands:/,/^$/s/^  \([a-z -]*[a-z]\)  .*/\1/p')
seedbed up --help >"$tmp/up-help"

# The script asks `seedbed list` and `seedbed image list`: here, a stub that has two fleets.
mkdir "$tmp/bin" "$tmp/files"
cat >"$tmp/bin/seedbed" <<'END'
#!/bin/bash
printf '%s\n' "$*" >>"${0%/bin/*}/asked"
case $* in
*'image list') printf '%s\n' 'IMAGE  VERSION' 'debian  0123' 'debian  4567' 'pocket  89ab' ;;
*list) printf '%s\n' 'FLEET  MACHINE  STATE' 'db  db-m-1  running' 'faas  faas-runner-1  running' \
  'faas  faas-runner-2  shut off' 'zz  -  only its network' ;;
esac
END
chmod +x "$tmp/bin/seedbed"
PATH=$tmp/bin:$PATH
cd "$tmp/files" || exit 1
touch fleet.yaml 'my fleet.yaml'
# shellcheck source=/dev/null
. "$tmp/completion"

# completes EXPECTED WORD...: what the last WORD can become; words are cut as readline does it
completes()
{
  local expected=$1
  shift
  COMP_WORDS=(seedbed "$@") COMP_CWORD=$#
  _seedbed seedbed "${*: -1}" ''
  is "$(printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' ')" "$expected" "seedbed $*<TAB>"
}

contains "$(complete -p seedbed)" '-F _seedbed seedbed' 'it is registered'
while read -r command; do
  # shellcheck disable=SC2086
  completes "${command##* }" $command
done < <(grep -vx ssh <<<"$commands")
completes 'image' im
completes 'help' he
completes 'ssh ssh-config' ss
completes '--help export fetch import info list rm update verify' image ''
completes '--version' --v
completes '--print-xml' up --pr
while read -r option; do
  completes "$option" up "$option"
done < <(grep -o -- ' --[a-z][a-z-]*' "$tmp/up-help" | tr -d ' ')

completes 'fleet.yaml my fleet.yaml' up ''
completes 'fleet.yaml' xml f
completes 'faas-runner-1 faas-runner-2' ssh fa
completes 'db-m-1' console d
completes 'db db-m-1 faas faas-runner-1 faas-runner-2 zz' ssh-config ''
completes 'db db-m-1 faas faas-runner-1 faas-runner-2 zz' down ''
completes 'faas-runner-2' -q exec faas-runner-2
completes 'debian pocket' image rm ''
completes 'debian pocket' image info ''
completes 'bash' completion b
completes '' nosuch ''

# The values of options are not arguments, and a URI is one word.
completes 'text' list --format t
completes '' up --pool f
completes '' up --timeout ''
completes 'fleet.yaml' up --pool x f
completes '' -c qemu : ///sys
completes 'db-m-1' -c qemu : ///session ssh d
completes 'db-m-1' --connect = qemu : ///session ssh d
completes 'db-m-1' ssh -c qemu : ///session d
is "$(LC_ALL=C sort -u "$tmp/asked")" "--connect=qemu:///session list
-c qemu:///session list
image list
list" 'and the same libvirt is asked'
completes 'my fleet.yaml' exec db -- m

done_testing
