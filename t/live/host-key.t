#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Nothing is sent to a machine that has another host key, and nothing is believed that another user
# of the same libvirtd wrote into its metadata
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
state=$XDG_STATE_HOME/seedbed/qemu-system/h
uri=urn:seedbed:domain:1

fleet h 2
ok "two machines" seedbed -q up "$tmp/h.yaml"
run seedbed exec h -- hostname
is "$status" 0 "both answer"

# ---- another key at the address ----

# In the background, because it ends the connection that it comes over
cat >"$tmp/rekey" <<'END'
sudo setsid sh -c 'sleep 1
  key=/etc/dropbear/dropbear_ed25519_host_key
  rm $key && dropbearkey -t ed25519 -f $key
  killall dropbear
  while killall -0 dropbear; do sleep 0.2; done
  dropbear -s -r $key -p 22
  echo "the host key was replaced" >/dev/console' >/dev/null 2>&1 </dev/null &
END
seedbed ssh h-m-1 "$(<"$tmp/rekey")" >/dev/null 2>&1
log_has() { seedbed log h-m-1 | grep -q "the host key was replaced"; }
ok "one gets another host key, and serves it" wait_for 120 log_has

run seedbed ssh h-m-1 -- touch /tmp/reached
is "$status" 255 "ssh does not go there: ssh's own exit status"
contains "$err" "Host key verification failed" "and says why"
run seedbed exec h -- 'touch /tmp/reached; hostname'
is "$status" 3 "exec does not reach all: exit status 3"
contains "$err" "'h-m-1' shows another ssh host key than the one that was made for it" "and says which, and why"
is "$out" "h-m-2 | h-m-2" "the other one is reached"
run seedbed up "$tmp/h.yaml"
is "$status" 3 "up does not take it for ready: exit status 3"
contains "$err" "'h-m-1' is not ready: it shows another ssh host key" "and says why"
contains "$err" "  | the host key that was made for it: $(ssh-keygen -lf <(grep h-m-1 "$state/known_hosts" | cut -d' ' -f2-) | cut -d' ' -f2)" \
  "and which key was awaited"
contains "$err" "  | the host key that it shows: SHA256:" "and which one came"
is "$(virsh -q domstate h-m-1)" running "what up did not make, it does not take back"
seedbed ssh-config h >"$tmp/config"
run ssh -F "$tmp/config" h-m-1 true
is "$status" 255 "plain ssh with the fleet's ssh_config does not go there either"

# ---- metadata that is not true ----

genuine=$(virsh metadata h-m-2 --uri $uri)
# tamper ELEMENT VALUE: as somebody with virsh might
tamper()
{
  local new
  [[ $genuine =~ (.*"<$1>")[^'<']*("</$1>".*) ]] || return 1
  new=${BASH_REMATCH[1]}$2${BASH_REMATCH[2]}
  virsh -q metadata h-m-2 --uri $uri --key seedbed --config --live --set "$new"
}
while IFS='|' read -r element value; do
  ok "somebody writes into <$element>: $value" tamper "$element" "$value"
  run seedbed list --format json
  lacks "$out" '"name" : "h-m-2"' "$element: the machine is not taken for ours"
  contains "$out" '"name" : "h-m-1"' "$element: the others are there"
  run seedbed exec h -- true
  lacks "$(cat "$state/ssh_config" "$state/known_hosts")" "evil" "$element: nothing of it gets into a file"
  run seedbed ssh h-m-2 -- true
  is "$status" 3 "$element: ssh refuses"
  contains "$err" "the domain 'h-m-2' exists, but seedbed did not make it" "$element: and says why"
done <<END
address|192.0.2.1&#10;  ProxyCommand touch $tmp/evil
address|evil.example.com
login|root&#10;ProxyCommand evil
host-key|ssh-ed25519 AAAA&#10;* ssh-ed25519 evil
host-key|@revoked evil
fleet|../../evil
fleet|other
group|evil
pool|/evil
END
[ ! -e "$tmp/evil" ]
result $? "no command of it ran"
seedbed -q down h-m-2
is "$(virsh -q domstate h-m-2)" running "down leaves alone what is not seedbed's"

ok "somebody writes another key" tamper host-key \
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDGbzzAYsWBYNQqmTMQ2mTzU5jHOpUyVnzVeOSMexlzf'
seedbed ssh-config h >"$tmp/config"
ssh -F "$tmp/config" -O exit h-m-2 2>/dev/null
run seedbed exec h-m-2 -- true
is "$status" 3 "then the machine itself is refused"
contains "$err" "'h-m-2' shows another ssh host key" "and it is said why"

ok "the truth again" virsh -q metadata h-m-2 --uri $uri --key seedbed --config --live --set "$genuine"
run seedbed ssh h-m-2 -- hostname
is "$status $out" "0 h-m-2" "the machine is reached again"
ok "down" seedbed -q down h
is "$(leftovers)" '' "nothing is left"
done_testing
