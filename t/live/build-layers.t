#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Golden images in layers: what is made anew, what is not; and builds that are stopped or killed
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1

# layer NAME TEXT: NAME.user-data, which puts TEXT into /etc/NAME and adds NAME to /etc/order
layer()
{
  printf '%s\n' '#cloud-config' "runcmd: ['echo $2 >/etc/$1; echo $1 >>/etc/order']" >"$1.user-data"
}

# build [OPTION...]: builds lay.yaml as golden; "$boots" is how many machines that took
build()
{
  run seedbed build lay.yaml --name golden "$@"
  boots=$(grep -c '^build-[0-9a-f]*-vm-1: ready$' <<<"$err")
}

# images: the names of the images that are there
images()
{
  seedbed image list | sed 1d | cut -d' ' -f1 | sort | tr '\n' ' '
}

layer one 1
layer two 2
fleet lay 1
printf '%s\n' 'build:' '  - user-data: one.user-data' '  - user-data: two.user-data' >>lay.yaml
build --check 'cat /etc/one /etc/two /etc/order'
is "$status $boots" "0 2" "two layers are two boots"
is "$(sed -n 's/^check | //p' <<<"$err" | tr '\n' ' ')" "1 2 one two " "the image has what both have made"
first=$(images)
contains "$first" "golden layer-" "the lower layer is an image, too"
build
is "$status $boots" "0 0" "the same again takes no boot"
contains "$err" "image 'golden' is up to date" "and says so"

layer two 3
build --check 'grep -x 3 /etc/two'
is "$status $boots" "0 1" "a change in the upper layer is one boot"
contains "$err" "1 of 2 layers are there: 'layer-" "as the lower one is there"
is "$(images)" "$first" "and stays as it is"
layer one 4
build
is "$status $boots" "0 2" "a change in the lower layer makes both anew"
for image in $(images); do
  [[ $image != layer-* ]] || seedbed -q image rm "$image"
done
build
is "$status $boots" "0 0" "without the lower layer, the image still is up to date"
# ---- which group ----

printf '%s\n' '  n:' '    disk: 256 MiB' >group
sed '/^build:/,$d' lay.yaml | cat - group >both.yaml
run seedbed build both.yaml --name golden
is "$status" 2 "a file with several groups is not enough"
contains "$err" "both.yaml: there are several groups: say '--group NAME' with one of m, n" "it says why"
run seedbed build both.yaml --name golden --group o
contains "$err" "both.yaml: there is no group 'o': say '--group NAME' with one of m, n" "also of a wrong one"

# ---- stopped ----

# The same files, but another base: all is to be made anew.
cp "$(find /var/lib/libvirt/seedbed -name 'golden.*.qcow2' | head -n 1)" other.qcow2
ok "another base" seedbed -q image import pocket other.qcow2
before=$(images)
for signal in INT KILL; do
  # The child opens it later than the loop below looks: what the last round wrote must not be there.
  rm -f stopped.log
  seedbed build lay.yaml --name golden >stopped.log 2>&1 &
  builder=$!
  wait_for 120 grep -qs ': kernel' stopped.log
  kill -$signal $builder
  wait $builder
  is "$? $(head -n 1 stopped.log)" "$((128 + $(kill -l $signal))) layer 1 of 2: 'pocket' with one.user-data" "SIG$signal ends it"
  name=$(seedbed list | awk '/^build-/ { print $1 }')
  [ $signal = INT ] || ok "what was killed can be found, and taken down" seedbed -q down "$name"
  is "$(images) $(leftovers)" "$before " "nothing is left, and nothing was made"
done

# ---- a guest that ends otherwise than it was asked to: its disk may lack what it has not flushed ----

# It heeds neither the power button nor its agent.
printf '%s\n' '#cloud-config' 'runcmd: ["killall -STOP head; rm -f /usr/bin/shutdown"]' >deaf.user-data
fleet deaf 1 'user-data: deaf.user-data'
seedbed build deaf.yaml --name deaf >deaf.log 2>&1 &
builder=$!
wait_for 120 grep -q ': powering off' deaf.log
result $? "a guest is asked to power off"
virsh -q destroy "$(virsh -q list --name | grep '^build-')" >/dev/null
wait $builder
is "$?" 3 "a machine that is destroyed while it should power off: exit status 3"
contains "$(<deaf.log)" "has not powered off as it was asked to: somebody destroyed it" "which says so"
is "$(images) $(leftovers)" "$before " "nothing is left, and nothing was made"
done_testing
