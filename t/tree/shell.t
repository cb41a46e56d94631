#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All shell scripts are clean for shellcheck, and scripts that are run are executable.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$top" || exit 1

command -v shellcheck >/dev/null || skip_all 'shellcheck not found'

# starting_with PATTERN FILE...: the FILEs whose first line matches PATTERN
starting_with()
{
  local pattern=$1 file line
  shift
  for file; do
    if [ -f "$file" ] && read -r line <"$file" && [[ $line =~ $pattern ]]; then
      printf '%s\n' "$file"
    fi
  done
}

# check OPTIONS FILE...: SC2015 is about `A && B || C`, which we write on purpose
check()
{
  local options=$1 file
  shift
  for file; do
    # shellcheck disable=SC2086
    ok "$file is clean" shellcheck -x -e SC2015 $options "$file"
  done
}

mapfile -t scripts < <(starting_with '^#!/bin/bash' scripts/* scripts/{autopkgtest,gitlab,slurm}/* .ci/* t/*/*.t t/unit/*/*.t)
mapfile -t busybox_scripts < <(starting_with '^#!/bin/(busybox )?sh' scripts/pocket/* scripts/debian/tests/* src/*/*.sh)
check '' "${scripts[@]}"
check '-s bash' src/cli/completion.bash
# Their variables are for the scripts that source them.
check '-e SC2034' t/lib/*.sh
# busybox's sh is an ash; so is dash.
check '-s dash' "${busybox_scripts[@]}"
[ "${#scripts[@]}" -gt 10 ] && [ "${#busybox_scripts[@]}" -gt 3 ]
result $? "scripts were found: ${#scripts[@]} and ${#busybox_scripts[@]}"

# shellcheck disable=SC2016
printf '#!/bin/bash\ncd $1\n' >"$tmp/bad"
! shellcheck "$tmp/bad" >/dev/null
result $? 'a bad script would be found'

is "$(find scripts .ci t -type f ! -path 'scripts/pocket/*' ! -path 't/data/*' ! -perm -100 -exec grep -l '^#!' {} +)" '' "scripts that are run are executable"

done_testing
