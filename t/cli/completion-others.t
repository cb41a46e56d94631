#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The completions for zsh and fish are valid, and show what the program knows.
# shellcheck source=t/lib/completion.sh
. "${srcdir:-.}/t/lib/completion.sh"

if type zsh >/dev/null 2>&1; then
  seedbed completion zsh >"$tmp/_seedbed"
  # The functions of zsh's completion, which print what they get
  cat >"$tmp/ask" <<'END'
compdef() { print "compdef $*" }
_describe() { print -rl -- "${(@P)4}" }
_files() { print "files $*" }
. $0/../_seedbed
words=(seedbed "$@") CURRENT=$(($# + 1))
_seedbed
END
  # zsh_completes EXPECTED WORD...
  zsh_completes()
  {
    local expected=$1
    shift
    is "$(zsh -f "$tmp/ask" "$@" | LC_ALL=C sort | paste -sd '|')" "compdef _seedbed seedbed|$expected" "zsh: seedbed $*<TAB>"
  }
  sed -i "s,\$0/..,$tmp," "$tmp/ask"
  zsh_completes 'ssh-config:print an ssh_config(5) for machines or fleets|ssh:log in to a machine, or run a command in it' ss
  zsh_completes 'db-m-1:|faas-runner-1:|faas-runner-2:' ssh ''
  zsh_completes 'lint:|suite:' test fleet.yaml --only ''
  zsh_completes 'files ' up ''
  zsh_completes 'files -/' test --artifacts ''
  zsh_completes 'db-m-1\:|db\:|files ' copy d
  is "$(zsh -f -c "autoload -Uz compinit; fpath=($tmp \$fpath); compinit -u -d $tmp/dump; print \$_comps[seedbed]" 2>&1)" \
    _seedbed "zsh: it works as a file of fpath"
else
  result 0 "the completion for zsh # SKIP zsh not found"
fi

if type fish >/dev/null 2>&1; then
  seedbed completion fish >"$tmp/seedbed.fish"
  # fish_completes EXPECTED LINE
  fish_completes()
  {
    is "$(HOME=$tmp XDG_CONFIG_HOME=$tmp fish --no-config -c "source $tmp/seedbed.fish; complete -C '$2'" |
      LC_ALL=C sort | paste -sd '|')" "$1" "fish: $2<TAB>"
  }
  fish_completes $'ssh\tlog in to a machine, or run a command in it|ssh-config\tprint an ssh_config(5) for machines or fleets' 'seedbed ss'
  fish_completes 'db-m-1|faas-runner-1|faas-runner-2' 'seedbed ssh '
  fish_completes 'lint|suite' 'seedbed test fleet.yaml --only '
  fish_completes 'fleet.yaml|my fleet.yaml' 'seedbed up '
  fish_completes $'--print-xml\tprint all XML that libvirt would get, and change nothing' 'seedbed up --pr'
else
  result 0 "the completion for fish # SKIP fish not found"
fi
done_testing
