#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All errors of a fleet file are reported together, with their places, before libvirt is asked.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

# A command that accepted the file would fail with 3, because there is no libvirtd.
export LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/nonexistent'
cd "$tmp" || exit 1

# says COMMAND FILE FINDING...: exit 2, and stderr has a line for each FINDING, in order: it begins
# with FILE (unless the FINDING itself begins with another one), and has the words behind '|' in it
says()
{
  local command=$1 file=$2 lines i place words
  shift 2
  # shellcheck disable=SC2086
  run timeout 20 seedbed $command "$file"
  mapfile -t lines <<<"$err"
  is "$status:$out:${#lines[@]}" "2::$#" "$command $file: exit 2 with $# findings and no data"
  for ((i = 0; i < $#; i++)); do
    words=${*:i+1:1}
    place=${words%%|*} words=${words#*|}
    [[ $place = *:*:* ]] || place=$file${place:+:$place}
    [[ ${lines[i]-} = "$place: "*"$words"* ]]
    result $? "$place: $words" || note "got: ${lines[i]-}"
  done
}

# finds FINDING...: the fleet file on stdin has these, for every command that reads one
finds()
{
  cat >fleet.yaml
  says up fleet.yaml "$@"
  says xml fleet.yaml "$@"
}

long=$(printf '%0200d' 0)

says up missing.yaml '|No such file'
mkdir folder.yaml
says up folder.yaml '|is not a file'
mkfifo fifo.yaml
says 'up --print-xml' fifo.yaml '|is not a file'
head -c 10000000 /dev/zero | tr '\0' '#' >large.yaml
says xml large.yaml '|is larger than 1 MiB'
finds '|the file is empty' </dev/null
printf '\177ELF\002\001\001\000' >elf.yaml
says up elf.yaml '1:8|0x00 is not UTF-8'
printf 'fleet: x\nimage: \377\376\n' >latin.yaml
says up latin.yaml '2:8|0xff is not UTF-8'
finds '3:1|a tab: indent with spaces' <<<$'fleet: x\nmachines:\n\tm: {}'

finds '1:8|alias' '2:8|alias' <<<$'fleet: &a x\nimage: *a\nmachines: { m: }'
finds '2:1|duplicate key '\''fleet'\'', first given in line 1' '6:3|duplicate key '\''m'\' \
  <<<$'fleet: x\nfleet: y\nimage: i\nmachines:\n  m:\n  m:'
finds "2:1|'imagge', did you mean 'image'?" "5:5|'vcpu', did you mean 'vcpus'?" \
  "6:5|unknown key 'qemu-args' (allowed here: image, arch," <<'END'
fleet: x
imagge: i
machines:
  m:
    vcpu: 2
    qemu-args: -S
    image: i
END
finds '4:15|from 1 to 200' '5:15|from 1 to 200' '6:15|from 1 to 200' <<'END'
fleet: x
image: i
machines:
  a: { count: 0 }
  b: { count: 100000 }
  c: { count: -1 }
END
finds "4:16|write '2 GiB'" "5:16|'-1' is not a size" '6:16|from 192 MiB' \
  '7:14|write a number and a unit' <<'END'
fleet: x
image: i
machines:
  a: { memory: 2GB }
  b: { memory: -1 }
  c: { memory: 1 MiB }
  d: { disk: 4096 }
END
finds "1:8|'../x' is not allowed" "2:8|'-rf' is not allowed" "4:3|'$(printf '%.80s' "$long")" \
  <<<$'fleet: ../x\nimage: -rf\nmachines:\n  '"$long"': {}'
finds "3:12|not allowed" <<<$'fleet: x\nimage: i\nmachines: {a"b: {}}'
finds "3:27|'bridge:../x' is not allowed" \
  <<<$'fleet: x\nimage: i\nmachines: { m: { network: "bridge:../x" } }'
finds "4:16|step name '..' is not allowed" \
  <<<$'fleet: x\nimage: i\nmachines: { m: }\ntest: [{ name: .., run: "true" }]'

# A share is a folder below the fleet file's, wherever its links lead, or below one that the user allows.
mkdir folder outside fleets
cat >fleets/fleet.yaml <<'END'
fleet: x
image: i
machines:
  a: { shares: [{ from: missing, to: /a }] }
  b: { shares: [{ from: fleet.yaml, to: /a }] }
  c: { shares: [{ from: ../outside, to: /a }] }
  d: { shares: [{ from: link, to: /a }] }
  e: { shares: [{ from: ., to: /a }] }
END
ln -s ../outside fleets/link
says xml fleets/fleet.yaml "4:17|cannot share 'fleets/missing': No such file" '5:17|it is not a folder' \
  "6:17|'$tmp/outside' is not below the folder of the fleet file: 'shares: FOLDER' in your config.yaml" \
  "7:17|'$tmp/outside' is not below"
sed -i '/^  [ab]:/d' fleets/fleet.yaml
mkdir -p config/seedbed
allow()
{
  echo "shares: $1" >config/seedbed/config.yaml
  XDG_CONFIG_HOME=$tmp/config run seedbed xml fleets/fleet.yaml
}
allow "$tmp/out"
is "$status" 2 'a user allows no folder that is missing'
allow "$tmp/folder"
contains "$err" "'$tmp/outside' is not below the folder of the fleet file and not below '$tmp/folder'" 'nor another'
allow "$tmp/outside"
is "$status" 3 'but what is below the folder that the user allows'
run seedbed lint fleets/fleet.yaml
is "$status" 0 'lint does not ask whether the user allows it'

# The files that it names are read too. Their findings have their names.
printf 'packages: [git]\n' >headless
printf '#cloudconfig\n' >near
printf '#cloud-config\nusers: [\n' >broken
finds '4:19|No such file' './headless:1:1|cloud-init would ignore' './near:1:1|#cloud-config' \
  './broken:3:1|' <<'END'
fleet: x
image: i
machines:
  a: { user-data: missing }
  b: { user-data: headless }
  c: { user-data: near }
  d: { user-data: broken }
END

# With nothing wrong, libvirt is asked: the tests above would have failed otherwise.
printf '#cloud-config\npackages: [git]\n' >good
printf 'fleet: x\nimage: i\nmachines: { m: { user-data: good } }\n' >fleet.yaml
run seedbed up fleet.yaml
is "$status" 3 'a good file gets as far as libvirt'
contains "$err" 'cannot connect to libvirt' 'which is what failed'

done_testing
