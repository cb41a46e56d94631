# SPDX-License-Identifier: LGPL-2.1-or-later
# completion.sh: for tests of the completion. Sourced instead of test.sh:
# . "${srcdir:-.}/t/lib/completion.sh"
#
# libvirt's test driver has three machines of two fleets, and a pool with two images. The working folder
# has the files fleet.yaml, which has the group 'runner' and the steps 'lint' and 'suite', and "my fleet.yaml".
# shellcheck shell=bash
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"

# make_domain NAME FLEET GROUP
make_domain()
{
  local key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq'
  cat <<END
<domain type='test'><name>$1</name><memory>1024</memory><os><type>hvm</type></os><metadata>
  <s:machine xmlns:s='urn:seedbed:domain:1'><s:fleet>$2</s:fleet><s:group>$3</s:group><s:index>${1##*-}</s:index>
    <s:owner-uid>0</s:owner-uid><s:image>pocket</s:image><s:image-volume>pocket.0123456789abcdef.qcow2</s:image-volume>
    <s:pool>seedbed</s:pool><s:created>2024-01-31T12:00:00Z</s:created>
    <s:spec-hash>5e884898da28047151d0e56f8dc62927</s:spec-hash><s:network>nat</s:network><s:address>10.83.7.10</s:address>
    <s:login>seedbed</s:login><s:host-key>$key</s:host-key><s:client-key>$key</s:client-key>
    <s:creator>3f9c-41/pid:[4026531836]/123/4567</s:creator></s:machine></metadata></domain>
END
}

make_volume()
{
  echo "<volume type='file'><name>$1</name><capacity>1</capacity><target><path>$tmp/$1</path><format type='qcow2'/></target></volume>"
}

{
  echo '<node>'
  make_domain db-m-1 db m
  make_domain faas-runner-1 faas runner
  make_domain faas-runner-2 faas runner
  echo "<pool type='dir'><name>seedbed</name><target><path>$tmp</path></target>"
  make_volume debian.0123456789abcdef.qcow2
  make_volume debian.4567456745674567.qcow2
  make_volume pocket_1.0.89ab89ab89ab89ab.qcow2
  echo '</pool></node>'
} >"$tmp/host.xml"
export LIBVIRT_DEFAULT_URI=test://$tmp/host.xml
mkdir "$tmp/files"
cd "$tmp/files" || exit 1
touch 'my fleet.yaml'
printf 'fleet: f\nimage: i\nmachines: { runner: }\ntest:\n  - { name: lint, run: a }\n  - { name: suite, run: b }\n' >fleet.yaml
