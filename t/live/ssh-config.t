#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Commands that write a fleet's ssh_config at the same time: what one has left out comes back
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
command -v python3 >/dev/null || skip_all "python3 not found: it makes the terminals"
need_pocket
fleet c 1
config=$XDG_STATE_HOME/seedbed/qemu-system/c/ssh_config

# As by a command that had asked libvirt before the machine ran, and writes what it knows after that.
seedbed up "$tmp/c.yaml" 2>"$tmp/up.err" &
up=$!
wait_for 120 grep -q '^Host c-m-1$' "$config"
result $? "up writes where the machine is"
echo '# nothing' >"$config"
wait "$up"
is $? 0 "up logs in all the same, when that was overwritten" || note "$(<"$tmp/up.err")"
ok "it is there again" grep -q '^Host c-m-1$' "$config"

rm "$config"
is "$(seedbed ssh c-m-1 -- hostname)" c-m-1 "ssh writes it when it is missing"

# ---- options of ssh ----

# The end of script's own input can be seen before it.
contains "$(script -qec 'seedbed ssh c-m-1 -- tty' /dev/null </dev/null)" /dev/pts/ "on a terminal, a command gets one"
run seedbed ssh c-m-1 -- tty
is "$out" "not a tty" "into a pipe it gets none"
is "$(script -qec 'seedbed ssh -T c-m-1 -- tty' /dev/null </dev/null | tr -d '\r')" "not a tty" "nor with -T"
eval "$(ssh-agent)" >/dev/null
at_exit 'ssh-agent -k >/dev/null'
# shellcheck disable=SC2016  # the guest evaluates it
is "$(seedbed ssh -A c-m-1 -- 'test -S "$SSH_AUTH_SOCK" && echo an agent')" "an agent" "-A forwards the agent"
# shellcheck disable=SC2016
is "$(ssh -A -S none -F "$config" c-m-1 'test -S "$SSH_AUTH_SOCK" && echo an agent')" "an agent" "so does plain ssh"
# shellcheck disable=SC2016
is "$(seedbed ssh c-m-1 -- 'echo "$SSH_AUTH_SOCK"')" '' "without -A there is none"
seedbed ssh -N -L 127.0.0.1:2200:127.0.0.1:22 c-m-1 &
forward=$!
# shellcheck disable=SC2016
has_banner() { timeout 60 bash -c 'read -r -n 4 text </dev/tcp/127.0.0.1/2200 && [ "$text" = SSH- ]'; }
ok "-L forwards a port" wait_for 60 has_banner
kill $forward
run seedbed ssh -l nobody c-m-1 -- true
is "$status" 255 "-l does not get the connection of another account"
run ssh -F "$config" nobody@c-m-1 true
is "$status" 255 "nor does plain ssh"
for option in StrictHostKeyChecking=no 'userknownhostsfile /dev/null'; do
  run seedbed ssh -o "$option" c-m-1 -- true
  is "$status" 2 "-o $option: refused"
  contains "$err" "the host key of each machine is pinned" "and it says why"
done

# ---- the keys of a terminal ----

run python3 "${srcdir:-.}/t/lib/ssh-terminal.py" c-m-1
is "$out" "login True
ctrl-c True
suspended True
continued True
status True
shell True
disconnected True" "Ctrl-C goes to the guest, ~^Z stops the job and 'fg' continues it, the status is the command's, ~. ends it" || note "$err"

# ---- an inventory for Ansible ----

run seedbed inventory
python3 -c 'import shlex, sys
assert shlex.split(sys.argv[1]) == ["c-m-1", "ansible_ssh_common_args=-F \x27" + sys.argv[2] + "\x27"]' "${out%%$'\n'*}" "$config"
result $? "inventory prints an INI file" || note "$out"
contains "$out" $'\n[c]\nc-m-1\n\n[m]\nc-m-1' "fleets and groups are its groups"
printf '#!/bin/sh\nexec seedbed inventory "$@"\n' >"$tmp/inventory"
chmod +x "$tmp/inventory"
python3 - "$tmp/inventory" "$config" <<'END'
import json, subprocess, sys
def ask(*arguments):
    return json.loads(subprocess.run([sys.argv[1], *arguments], check=True, capture_output=True).stdout)
variables = {"ansible_ssh_common_args": "-F '" + sys.argv[2] + "'"}
assert ask("--list") == {"c": {"hosts": ["c-m-1"]}, "m": {"hosts": ["c-m-1"]},
                         "_meta": {"hostvars": {"c-m-1": variables}}}, ask("--list")
assert ask("--host", "c-m-1") == variables
assert ask("--host", "other") == {}
END
result $? "--list and --host are a dynamic inventory"
contains "$(seedbed inventory --format yaml c)" "    c-m-1:
      ansible_ssh_common_args: \"-F " "there is a YAML form too"
is "$(ssh -F "$config" c-m-1 hostname)" c-m-1 "ssh reaches the machine with these arguments"
if type ansible >/dev/null 2>&1; then
  # The pocket guest has no Python: 'raw' is the module that needs none.
  run ansible -i "$tmp/inventory" m -m raw -a hostname
  is "$status" 0 "so does Ansible, with the inventory alone" || note "$err"
  contains "$out" "c-m-1 | CHANGED | rc=0 >>"$'\n'"c-m-1" "and its command runs there"
else
  result 0 "Ansible reads the inventory # SKIP ansible not found (ansible-core)"
fi

# ---- a plan of tmt ----

run seedbed list --format tmt c
python3 - "$tmp/run.out" <<'END'
import subprocess, sys, yaml
(guest,) = yaml.safe_load(open(sys.argv[1]))["provision"]
assert guest["how"] == "connect" and guest["name"] == "c-m-1" and guest["role"] == "m", guest
# As tmt calls ssh, without its own options
options = [f"-o{option}" for option in guest["ssh-option"]]
ssh = ["ssh", *options, "-p", str(guest["port"]), "-i", guest["key"], f"{guest['user']}@{guest['guest']}", "hostname"]
assert subprocess.run(ssh, check=True, capture_output=True, text=True).stdout == "c-m-1\n", ssh
assert "StrictHostKeyChecking=yes" in guest["ssh-option"]
END
result $? "list prints the step 'provision' of tmt, and ssh reaches the machine with its keys" || note "$out"

# ---- in the user's own ssh_config ----

mkdir "$tmp/home"
awk -F: -v OFS=: -v home="$tmp/home" '$1 == "root" { $6 = home } 1' /etc/passwd >"$tmp/passwd"
mount --bind "$tmp/passwd" /etc/passwd
run seedbed ssh-config --install </dev/null
is "$status" 2 "without a terminal, --install wants --yes"
run script -qec 'seedbed ssh-config --install' /dev/null <<<n
is "$(ls -A "$tmp/home")" '' "on a terminal it asks, and 'n' changes nothing"
run seedbed ssh-config --install --yes
contains "$status $err" "0 '$tmp/home/.ssh/config' includes the machines now" "--yes does it"
is "$(ssh c-m-1 hostname)" c-m-1 "then ssh finds the machine by its name"
ok "so does scp" scp -q "$tmp/c.yaml" c-m-1:copy
ok "and back" scp -q c-m-1:copy "$tmp/copy"
ok "with nothing lost" cmp "$tmp/c.yaml" "$tmp/copy"
# The pocket guest has neither git nor rsync. That it says so shows that they have reached it.
run git ls-remote ssh://c-m-1/repository
contains "$err" "git-upload-pack: not found" "so does git"
if type rsync >/dev/null 2>&1; then
  run rsync "$tmp/copy" c-m-1:
  contains "$err" "rsync: not found" "so does rsync"
else
  result 0 "so does rsync # SKIP rsync not found"
fi
ok "--uninstall" seedbed ssh-config --uninstall
is "$(find "$tmp/home" -type f)" '' "takes it back"

seedbed -q down c
is "$(leftovers)" '' "nothing is left"
done_testing
