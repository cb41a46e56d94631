#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A call of libvirt that fails is never taken for "there is none": what deletes fails closed, and says
# what is left. t/live/mill.t lets all calls fail, each in turn
. "${srcdir:-.}/t/lib/live.sh"
# shellcheck source=t/lib/faults.sh
. "$top/t/lib/faults.sh"
cd "$tmp" || exit 1
[ "$(grep -c OBJECT calls.h)" -gt 20 ] && [ "$(grep -c NUMBER calls.h)" -gt 30 ]
result $? "the test can let all calls of libvirt fail: $(wc -l <calls.h) functions"

# calls COMMAND...: how many calls COMMAND makes, when none of them fails
calls()
{
  rm -f calls.log
  LIBVIRT_FAULTS_LOG=$tmp/calls.log faulty '' "$@" >/dev/null 2>&1
  wc -l <calls.log
}

# ---- an image that is in use ----

pool=/var/lib/libvirt/seedbed
for name in x y; do
  qemu-img create -q -f qcow2 $name.qcow2 1M
  printf '%s' $name | dd of=$name.qcow2 bs=1 seek=600 conv=notrunc status=none # another content
  ok "an image" seedbed -q image import $name $name.qcow2
done
x=$(basename "$pool"/x.*.qcow2) y=$(basename "$pool"/y.*.qcow2)
ok "an overlay on the one" virsh -q vol-create-as seedbed mine.qcow2 1M --format qcow2 \
  --backing-vol "$x" --backing-vol-format qcow2
ok "a domain that uses the other one" virsh -q define /dev/stdin <<<"<domain type='qemu'><name>user</name>
  <memory>65536</memory><os><type arch='x86_64'>hvm</type></os><devices><disk type='file'><source file='$pool/$y'/>
  <target dev='vda'/></disk></devices></domain>"
for image in x y; do
  number=$(calls seedbed image rm $image) deleted='' done=''
  [ "$number" -gt 10 ]
  result $? "$number calls to remove the image $image"
  for ((i = 1; i <= number; i++)); do
    run faulty :$i seedbed image rm $image
    [ "$status" != 0 ] || done+=" $i"
    [ -e "$pool/${!image}" ] || deleted+=" $i"
  done
  is "$deleted:$done" : "whichever call fails, the image $image stays, and rm says so"
done
virsh -q vol-delete --pool seedbed mine.qcow2
run faulty virStorageVolDelete:2 seedbed image rm x
is "$status:$(seedbed image list | grep -c '^x ')" 3:1 "a removal that ends in the middle: the image is listed"
ok "it can be removed" seedbed -q image rm x
is "$(find "$pool" -name 'x.*')" '' "with its record"
ok "the image once more" seedbed -q image import x x.qcow2
run faulty virStorageVolGetXMLDesc:1 seedbed image list
is "$status" 3 "a volume that cannot be read: image list fails"
contains "$err" "cannot read about the volume " "and says why"
run faulty virConnectListAllStoragePools seedbed image rm x
contains "$err" "the image 'x' (volume '$x') stays, because it may be in use: cannot read about the list of 'storage pools'" \
  "rm says why the image stays"
run faulty virConnectListAllStoragePools seedbed image list
is "$status" 0 "image list shows images without all of their users"
contains "$err" "the images may have more users than are shown: " "and says so"

# ---- machines ----

need_pocket
fleet f 1
ok "a machine" seedbed -q up --no-wait f.yaml
run faulty virDomainGetXMLDesc seedbed down f
is "$status" 3 "a domain that cannot be read: down fails"
contains "$err" "cannot read about the domain" "and names it"
contains "$(leftovers)" "network seedbed-f" "its network stays"
ok "its key too" test -s "$XDG_STATE_HOME/seedbed/qemu-system/f/id_ed25519"
for command in 'ssh f-m-1' 'log f-m-1' 'exec f-m-1 -- true' 'status f-m-1'; do
  # shellcheck disable=SC2086  # words
  run faulty 'virDomainLookupByName virConnectListAllDomains' seedbed $command
  lacks "$err" "no machine" "'$command' does not say that a machine is gone that it cannot see"
done
virsh -q destroy f-m-1
ok "a snapshot" seedbed -q snapshot f-m-1 clean
snapshot=$(stat -c %i "$pool"/f-m-1.clean.*)
for command in 'snapshot f-m-1 clean' 'restore f-m-1'; do
  # shellcheck disable=SC2086  # words
  run faulty virStorageVolDownload seedbed $command
  is "$status" 3 "a snapshot that cannot be read: $command fails"
done
run faulty virDomainIsActive seedbed restore f-m-1
contains "$err" "'f-m-1': the test lets virDomainIsActive() fail" "restore says why it does not know that the machine is off"
is "$(stat -c %i "$pool"/f-m-1.clean.*)" "$snapshot" "and the snapshot is as it was"
key=$XDG_STATE_HOME/seedbed/qemu-system/f/id_ed25519
mv "$key" key && ln -s /nonexistent "$key"
run seedbed up --no-wait f.yaml
is "$status" 3 "a key that cannot be read: up fails"
ok "and leaves the folder of the key as it is" test -L "$key"
rm "$key" && mv key "$key"
run faulty virNetworkLookupByName seedbed down f
is "$status" 3 "a network that cannot be looked for: down fails"
ok "down" seedbed -q down f
is "$(leftovers | grep -v 'domain user')" '' "nothing is left"
run faulty 'virDomainDefineXMLFlags:1!' seedbed up --no-wait f.yaml
is "$status" 0 "the answer to the definition of a domain is lost: it is there, so up goes on"
ok "down" seedbed -q down f
LIBVIRT_FAULTS_MESSAGE="bridge name 'virbr9' already in use." run faulty virNetworkDefineXML:1 seedbed up --no-wait f.yaml
is "$status" 0 "a network that has just got the bridge of another one is kept when that is gone" || note "$err"
ok "down" seedbed -q down f
run faulty virDomainResume seedbed up --no-wait f.yaml
is "$status" 3 "a machine that cannot be let run: up fails, also without a wait"
contains "$err" "the whole evidence: " "with evidence"
is "$(leftovers | grep -vE 'domain user|^state ')" '' "and takes the machine back"
run faulty virConnectGetDomainCapabilities seedbed up --no-wait f.yaml
contains "$err" "can do for 'aarch64' guests: the test lets vir" "capabilities that cannot be read are not a missing emulator"
for fault in virConnectGetLibVersion virConnectGetVersion; do
  run faulty $fault seedbed up --no-wait f.yaml
  is "$status" 3 "without $fault nobody knows which warm image fits: up fails"
  contains "$err" "cannot read the version of '" "and says why"
done
ok "down" seedbed -q down f
run faulty virConnectGetVersion seedbed doctor -q
contains "$out" "warning: versions: cannot read the version of 'QEMU': " "doctor does not take it for fine"

done_testing
