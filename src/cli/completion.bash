# bash completion for seedbed, which says itself what can come next
_seedbed()
{
  local word=${COMP_WORDS[COMP_CWORD]} words=() line prefix i
  # bash has cut the words at ':' and '=', which are in every URI: put them together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == [:=]* && ${#words[@]} -gt 0 ]]; then
      words[-1]+=${COMP_WORDS[i]}
      ((i == COMP_CWORD)) || words[-1]+=${COMP_WORDS[++i]}
    else
      words+=("${COMP_WORDS[i]}")
    fi
  done
  [[ $word != [:=]* ]] || word=
  prefix=${words[-1]%"$word"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word") ;;
      :folders) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$word") ;;
      *)
        line=${line%%$'\t'*}
        COMPREPLY+=("${line#"$prefix"}")
        ;;
    esac
  done < <(seedbed completion words -- "${words[@]}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[:=] ]] || compopt -o nospace 2>/dev/null
}
complete -o filenames -F _seedbed seedbed
