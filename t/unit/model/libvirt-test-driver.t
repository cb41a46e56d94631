#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt accepts the golden domains and networks, and understands the elements that seedbed needs.
#
# The test driver parses and validates like the real driver, for any architecture, without a daemon.
# Its state ends with each virsh.
set -u
cd "${srcdir:-.}/t/data" || exit 1

if ! command -v virsh >/dev/null; then
  echo '1..0 # SKIP virsh not found (libvirt-clients)'
  exit 0
fi

count=0

# ok WHAT: after a command, reports whether it succeeded
ok()
{
  local status=$?
  count=$((count + 1))
  [ "$status" = 0 ] || printf 'not '
  echo "ok $count - $1"
  return "$status"
}

# has FILE TEXT...: FILE's XML, defined and read back, still has each TEXT
has()
{
  local file=$1 dump text define=define dumpxml='dumpxml faas-runner-1'
  shift
  if [[ $file = network-* ]]; then
    define=net-define
    dumpxml="net-dumpxml $(sed -n 's,.*<name>\(.*\)</name>.*,\1,p' "$file")"
  fi
  dump=$(virsh -q -c test:///default "$define --validate $file; $dumpxml" 2>&1)
  ok "libvirt takes $file" || printf '# %s\n' "${dump//$'\n'/$'\n# '}"
  for text; do
    [[ $dump = *"$text"* ]]
    ok "$file keeps $text" || true
  done
}

for file in domain-*.xml; do
  firmware="<loader readonly='yes' type='pflash' stateless='yes'"
  [[ $file != *-secure.xml ]] || firmware="<os firmware='efi'>"
  has "$file" "$firmware" '<backingStore/>' \
    "<seclabel model='dac' relabel='no'/>" "<target dev='sda' bus='scsi'/>" \
    "<rom enabled='no'/>" "<seedbed:machine" "<memballoon model='none'/>" \
    "<on_crash>destroy</on_crash>" "model='pcie-root-port'" \
    "console.log' append='off'/>"
done
has domain-aarch64-nat.xml "<gic version='3'/>" "<model fallback='forbid'>cortex-a57</model>" \
  "<source network='seedbed-faas'/>"
has domain-x86_64-kvm-bridge.xml "<cpu mode='host-passthrough' check='none'" \
  "<source bridge='br0'/>" "<panic model='isa'/>"
has domain-aarch64-user.xml "<interface type='user'>"
has network-nat.xml "<forward mode='nat'" "stp='off' delay='0'/>" "localOnly='yes'/>" \
  "<host mac='52:54:00:aa:bb:01' name='faas-runner-1' ip='10.83.7.10'/>" \
  '<hostname>faas-runner-1</hostname>' '<seedbed:fleet>faas</seedbed:fleet>'
has network-isolated.xml '<seedbed:fleet>faas</seedbed:fleet>'

echo "1..$count"
