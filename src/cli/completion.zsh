#compdef seedbed
# zsh completion for seedbed, which says itself what can come next
_seedbed()
{
  local line
  local -a open closed
  local -i files=0 folders=0
  for line in "${(@f)$(seedbed completion words -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case ${line%%$'\t'*} in
      '') ;;
      :files) files=1 ;;
      :folders) folders=1 ;;
      *[:=]) open+=("${${line%%$'\t'*}//:/\\:}") ;;
      *) closed+=("${${line%%$'\t'*}//:/\\:}:${${(M)line:#*$'\t'*}#*$'\t'}") ;;
    esac
  done
  (( ${#closed} )) && _describe -t words word closed
  (( ${#open} )) && _describe -t words word open -S ''
  (( files )) && _files
  (( folders )) && _files -/
  return 0
}
# As a file of fpath it is called; read by a shell, it says for which program it is.
if [[ ${funcstack[1]-} == _seedbed ]]; then
  _seedbed "$@"
else
  compdef _seedbed seedbed
fi
