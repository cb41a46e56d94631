#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples in the manual and in README are read by the program: fleet files, settings, catalogues, and
# the options of commands.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

# ---- files ----

mkdir -p "$tmp"/{cloud-init,domains/{arch/arm64/boot,out,src},blocks,config/seedbed}
cp "$top"/cloud-init/*.yaml "$tmp/cloud-init"
printf '#cloud-config\n{}\n' | tee "$tmp"/cloud-init/{common,test-runner}.yaml >"$tmp/keys.gpg"
printf 'version: 2\n' >"$tmp/cloud-init/db-network.yaml"
touch "$tmp/domains/initrd.img"
{ printf MZ && head -c 54 /dev/zero && printf 'ARM\x64\x40\0\0\0PE\0\0\x64\xaa'; } >"$tmp/domains/arch/arm64/boot/Image"

# blocks PREFIX: each example on stdin of mdoc(7) becomes a file PREFIX-N
blocks()
{
  awk -v prefix="$tmp/blocks/$1" '/^\.Ed/ { inside = 0 } inside { print >file }
    /^\.Bd -literal/ { inside = 1; file = prefix "-" ++n }'
}
blocks fleet <"$top/src/man/seedbed-fleet.5"
blocks command <"$top/src/man/seedbed.1"
awk -v file="$tmp/blocks/fleet-readme" '/^$/ { inside = 0 } /^    test:$/ { inside = 1 }
  inside { print substr($0, 5) >file }' "$top/README.md"

# whole FILE: what is in it, as a whole fleet file
whole()
{
  case $(<"$1") in
  fleet:*) cat "$1" ;;
  test:*) printf 'fleet: f\nimage: i\nmachines: { runner: }\n' && cat "$1" ;;
  subnet:*) printf 'fleet: f\nimage: i\n' && cat "$1" ;;
  *) printf 'fleet: f\nimage: i\nmachines:\n  m:\n' && sed 's/^/    /' "$1" ;;
  esac
}
read_files=0
for file in "$tmp"/blocks/fleet-*; do
  [[ $(head -n 1 "$file") =~ ^[a-z]+:( |$) ]] || continue # not an error message
  whole "$file" >"$tmp/domains/f.yaml"
  run seedbed lint "$tmp/domains/f.yaml"
  is "$status:$err" '0:1 file: 0 errors, 0 warnings' "the fleet file is read: $(head -n 1 "$file")" || note "$out"
  read_files=$((read_files + 1))
done
[ $read_files -ge 8 ]
result $? "fleet files were found: $read_files"

# block LINE: the example of seedbed(1) that begins with LINE
block() { grep -lx -- "$1" "$tmp"/blocks/command-* | xargs cat; }
block 'connect: qemu:///session' >"$tmp/config/seedbed/config.yaml"
run env XDG_CONFIG_HOME="$tmp/config" seedbed config
is "$status:$err" 0: 'the settings are read' || note "$out"
contains "$out" fast 'with their values'
block mine: | sed "s/\.\.\.\$/$(printf %064d 0)/; s,/path/of,$tmp," >"$tmp/config/seedbed/catalogue.yaml"
run env XDG_CONFIG_HOME="$tmp/config" seedbed image fetch --list
is "$status:$err" 0: 'the catalogue is read'
contains "$out" mine 'with its image'

# ---- commands ----

# lines: the command lines of seedbed in the examples, also in those of README
lines()
{
  sed -n 's/^    //p' "$top/README.md" | cat - "$tmp"/blocks/command-* | sed 's/  *#.*//; s/^\$ //' |
    grep -oE '(^|[ /])seedbed (-|[a-z])[^|&]*' | sed 's/^[ /]//' | sort -u
}
commands=$(seedbed --help | sed -n '/^Commands:/,/^$/s/^  \([a-z -]*[a-z]\)  .*/\1/p')
checked=0
while read -r line; do
  words=$(sed -E 's/^seedbed ((-c|--connect) [^ ]+ |(-q|--quiet) )*//; s/ -- .*//' <<<"$line")
  command=$(while read -r name; do [[ "$words " != "$name "* ]] || echo "$name"; done <<<"$commands" | sort | tail -n 1)
  # shellcheck disable=SC2086  # two words
  help=$(seedbed $command --help)
  grep -oE -- ' --?[a-z][a-z-]*' <<<"${words#"$command"}" | while read -r option; do
    grep -qE -- "(^|[ ,])$option([ ,=]|\$)" <<<"$help" || echo "$line: $command has no $option"
  done
  [ -n "$command" ] || echo "$line: no command"
  checked=$((checked + 1))
done < <(lines) >"$tmp/unknown"
is "$(<"$tmp/unknown")" '' "the options in examples exist"
[ $checked -gt 20 ]
result $? "commands were found: $checked"
done_testing
