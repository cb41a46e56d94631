#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fleets do not reach each other, and each kind of network does what its name says.
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket

# in_guest MACHINE COMMAND: its exit status. What must fail there begins with '!': ssh itself must not fail
in_guest()
{
  seedbed ssh "$1" -- "$2" >/dev/null 2>&1
}

# address MACHINE
address()
{
  seedbed list "$1" | awk 'NR == 2 { print $4 }'
}

# says TEXT PORT: whether what listens to the port of the host says TEXT
says()
{
  contains "$(timeout 100 bash -c "exec 3<>/dev/tcp/127.0.0.1/$2; head -c 9 <&3")" "$1" "port $2 of the host leads to $1"
}

# In two networks of a subnet that the file chooses
fleet a 1 'networks: [ nat, { kind: isolated, address: 10.84.77.20 } ]'
echo 'subnet: 10.84.76.0/24' >>"$tmp/a.yaml"
fleet b 1 'ports: [ "8077:7777", "0.0.0.0:5377:7777/udp", "0:22" ]'
seedbed -q up "$tmp/a.yaml" &
seedbed -q up "$tmp/b.yaml"
result $? "one fleet is up"
wait $!
result $? "and so is another, at the same time"
a=$(address a-m-1) b=$(address b-m-1)
[ "${a%.*}" != "${b%.*}" ]
result $? "they have subnets of their own ($a, $b)"
in_guest a-m-1 "ping -c 1 -W 60 ${a%.*}.1"
result $? "a machine reaches its own network"
in_guest a-m-1 "! ping -c 1 -W 5 $b"
result $? "it does not reach a machine of the other fleet"
in_guest b-m-1 "! nc -w 5 $a 22 </dev/null"
result $? "nor does the other way, over TCP"
in_guest a-m-1 'ip route | grep -q "^default via 10.84.76.1 "'
result $? "nat has a way out"
is "$a" 10.84.76.10 "the first is in the subnet of the file"
is "$(seedbed ssh a-m-1 -- "ip -4 -o addr show eth1 | awk '{ print \$4 }'")" 10.84.77.20/24 \
  "its second card has the fixed address, in the next subnet"
timeout 60 bash -c ': </dev/tcp/10.84.77.20/22'
result $? "the host reaches it there"
seedbed ssh b-m-1 -- 'nc -ll -p 7777 -e hostname >/dev/null 2>&1 </dev/null &'
wait_for 60 in_guest b-m-1 'netstat -ltn | grep ":7777 "'
chosen=$(seedbed list --format json | grep -o '127.0.0.1:[1-9][0-9]*:22/tcp' | cut -d : -f 2)
says b-m-1 8077
says SSH- "$chosen"
# datagrams: how many came to a UDP port of b-m-1 that nobody listens to
datagrams()
{
  seedbed ssh b-m-1 -- "awk '/^Udp: [0-9]/ { print \$3 }' /proc/net/snmp"
}
more_datagrams() { echo hello >/dev/udp/127.0.0.1/5377; [ "$(datagrams)" -gt "$1" ]; }
ok "UDP leads there too" wait_for 60 more_datagrams "$(datagrams)"
in_guest b-m-1 'ip route get 192.0.2.1 | grep -q eth0'
result $? "the way out is that of its first network"
fleet d 1 'ports: [ "8077:80" ]'
run seedbed up "$tmp/d.yaml"
is "$status" 3 "a port that is taken is refused"
contains "$err" "'d-m-1' cannot have the TCP port 127.0.0.1:8077 of the libvirt host" "and named"
lacks "$err" "firmware" "before the boot"
virsh -q destroy b-m-1
! (: </dev/tcp/127.0.0.1/8077) 2>/dev/null
result $? "the port is free when the machine is off"
ok "started again, it has its ports" seedbed -q start --no-wait b-m-1
(: </dev/tcp/127.0.0.1/8077)
result $? "before the guest boots"

fleet c 1
echo 'subnet: 10.84.77.0/24' >>"$tmp/c.yaml"
run seedbed up "$tmp/c.yaml"
is "$status" 3 "a subnet that is in use is refused"
contains "$err" "the subnet 10.84.77.0/24 of the fleet file cannot be used: the libvirt host has a route or a network for \
10.84.77.0/24" "and by what"
ip route add 10.84.90.0/23 dev lo table 52
sed -i 's/10.84.77.0/10.84.91.0/' "$tmp/c.yaml"
run seedbed up "$tmp/c.yaml"
contains "$err" "the libvirt host has a route or a network for 10.84.90.0/23" "as is one that only the table of a VPN has"
virsh -q net-destroy seedbed-a.isolated
run timeout 300 seedbed up "$tmp/a.yaml"
contains "$err" "'a-m-1' runs, but its network 'seedbed-a.isolated' was stopped meanwhile" "a second network is missed too"
seedbed -q down a b

fleet i 2 'network: isolated'
ok "a fleet on an isolated network comes up" seedbed -q up "$tmp/i.yaml"
in_guest i-m-1 'ping -c 1 -W 60 i-m-2'
result $? "its machines reach each other by name"
in_guest i-m-1 '! ip route | grep -q ^default'
result $? "and have no way out"
# With another MAC than its own, and a name that others may look for. Meanwhile ssh cannot reach it.
cat >"$tmp/intrude" <<'END'
mac=$(cat /sys/class/net/eth0/address)
new_mac() { ip link set eth0 down; ip link set eth0 address "$1"; ip link set eth0 up; }
new_mac 52:54:00:00:00:99
udhcpc -f -n -q -t 4 -T 2 -i eth0 -x hostname:registry -s /bin/true
echo $? >/tmp/lease
new_mac "$mac"
END
seedbed ssh i-m-2 -- 'cat >/tmp/intrude; setsid sh /tmp/intrude >/dev/null 2>&1 </dev/null &' <"$tmp/intrude"
wait_for 60 in_guest i-m-2 'test -s /tmp/lease'
is "$(seedbed ssh i-m-2 -- cat /tmp/lease)" 1 "a guest that changes its MAC gets no lease"
in_guest i-m-1 '! nslookup registry'
result $? "and nobody finds it by a name that it chose"
lacks "$(virsh net-dumpxml seedbed-i.isolated)" '<forward' "libvirt forwards nothing for it"
seedbed -q down i

fleet c 1
ok "a fleet" seedbed -q up "$tmp/c.yaml"
virsh -q net-destroy seedbed-c
run timeout 300 seedbed up "$tmp/c.yaml"
is "$status" 3 "somebody stopped its network: up does not wait for what it cannot reach"
contains "$err" "'c-m-1' runs, but its network 'seedbed-c' was stopped meanwhile" "it says why"
virsh -q destroy c-m-1
ok "and started anew, it is ready again" seedbed -q up "$tmp/c.yaml"
virsh -q net-destroy seedbed-c
virsh -q net-undefine seedbed-c
virsh -q destroy c-m-1
run timeout 300 seedbed up "$tmp/c.yaml"
contains "$err" "'c-m-1' was made for a network of its fleet that somebody has removed since" "the same of one removed"
seedbed -q down c

cat >"$tmp/lab.xml" <<'END'
<network><name>lab</name><bridge stp='off'/>
<ip address='10.99.1.1' netmask='255.255.255.0'>
<dhcp><range start='10.99.1.20' end='10.99.1.30'/></dhcp></ip></network>
END
virsh -q net-create "$tmp/lab.xml" >/dev/null
fleet e 1 'network: existing:lab'
ok "a fleet comes up on a network that is there" seedbed -q up "$tmp/e.yaml"
contains "$(address e-m-1)" 10.99.1. "with an address from it"
ok "ssh reaches it" seedbed ssh e-m-1 -- true
seedbed -q down e
contains "$(virsh net-list --name)" lab "down leaves that network"
virsh -q net-destroy lab

ip link add br-lab type bridge
ip address add 10.99.2.1/24 dev br-lab
ip link set br-lab up
dnsmasq --interface=br-lab --bind-interfaces --except-interface=lo --port=0 --conf-file=/dev/null \
  --dhcp-range=10.99.2.20,10.99.2.30 --dhcp-leasefile="$tmp/leases" --pid-file="$tmp/dnsmasq.pid" \
  --user=root
at_exit "kill \$(cat '$tmp/dnsmasq.pid')"
fleet g 1 'network: bridge:br-lab'
ok "a fleet comes up on a bridge of the host" seedbed -q up "$tmp/g.yaml"
ok "ssh reaches it" seedbed ssh g-m-1 -- true
seedbed -q down g
is "$(leftovers)" '' "nothing is left"
done_testing
