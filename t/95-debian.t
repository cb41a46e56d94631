#!/bin/bash
# A real cloud image, with real cloud-init: what the pocket guest stands for elsewhere is so
. "${srcdir:-.}/t/live.sh"
[ -n "${SEEDBED_TEST_IMAGE:-}" ] ||
  skip_all "takes ten minutes and a cloud image: SEEDBED_TEST_IMAGE=/path/to/debian-12-arm64.qcow2"
cd "$tmp" || exit 1

ok "the image is imported" seedbed image import debian "$SEEDBED_TEST_IMAGE"
cat >users.yaml <<'END'
#cloud-config
users:
  - name: alice
    shell: /bin/bash
    ssh_authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDGbzzAYsWBYNQqmTMQ2mTzU5jHOpUyVnzVeOSMexlzf alice]
write_files:
  - { path: /etc/written, content: "by cloud-config\n" }
runcmd:
  - echo ran >/root/runcmd
END
cat >script.sh <<'END'
#!/bin/sh
echo "as $(id -un)" >/root/script
END
cat >d.yaml <<'END'
fleet: d
image: debian
defaults: { vcpus: 1, memory: 768 MiB }
machines:
  users: { user-data: users.yaml }
  script: { user-data: script.sh }
  none: {}
END
run seedbed up d.yaml
is "$status" 0 "three machines are ready: with users of their own, with a script, with nothing" || note "$err"
lacks "$err" "cloud-init is done, with errors" "cloud-init found nothing wrong"
lacks "$err" "cloud-init says" "and is done"

# in_all WHAT EXPECTED COMMAND: what COMMAND prints in each machine
in_all()
{
  local answers
  answers=$(seedbed exec d -- "$3" 2>&1 | sed 's/^[^|]* | //' | sort | uniq -c)
  is "$answers" "      3 $2" "in each: $1"
}

# in_one MACHINE WHAT EXPECTED COMMAND
in_one()
{
  run seedbed ssh "$1" -- "$4"
  is "$out" "$3" "$1: $2" || note "$err"
}

in_all "the account is seedbed's own" seedbed 'id -un'
in_all "which may do everything, and is not asked" root 'sudo -n id -un'
in_all "its password is locked" L "sudo -n passwd -S seedbed | cut -d' ' -f2"
in_all "cloud-init is done" 'status: done' 'cloud-init status'
in_all "no other host key than the one of the seed" /etc/ssh/ssh_host_ed25519_key 'ls /etc/ssh/ssh_host_*_key'
key=$(cut -d' ' -f2 "$XDG_STATE_HOME/seedbed/qemu-system/d/id_ed25519.pub")
in_all "it is the only one that our key opens" /home/seedbed/.ssh/authorized_keys \
  "sudo grep -ls '$key' /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys"

# address MACHINE
address()
{
  seedbed ssh-config d | awk -v name="$1" '$1 == "Host" { on = $2 == name } on && $1 == "HostName" { print $2 }'
}
while read -r name key; do
  served=$(ssh-keyscan -t ed25519 "$(address "$name")" 2>/dev/null | cut -d' ' -f2-)
  is "$served" "$key" "$name: serves the key that is pinned"
  in_one "$name" "has its name" "$name" hostname </dev/null
done <"$XDG_STATE_HOME/seedbed/qemu-system/d/known_hosts"

# ---- what the user wrote is what there is ----

in_one d-users-1 "the user's own user is there" alice 'id -un alice'
in_one d-users-1 "with the user's key" 1 'sudo grep -c "alice$" ~alice/.ssh/authorized_keys'
in_one d-users-1 "and no default account, which 'users' without it means" no 'id debian >/dev/null 2>&1 && echo yes || echo no'
in_one d-users-1 "files are written" "by cloud-config" 'cat /etc/written'
in_one d-users-1 "commands ran" ran 'sudo cat /root/runcmd'
in_one d-script-1 "the script ran" "as root" 'sudo cat /root/script'
in_one d-script-1 "the default account is there" debian 'id -un debian'
in_one d-none-1 "the default account is there" debian 'id -un debian'

run seedbed exec d -- cat /etc/machine-id
is "$(cut -d'|' -f2 <<<"$out" | sort -u | wc -l)" 3 "machine ids differ"
reach=''
for machine in d-users-1 d-script-1 d-none-1; do
  reach+="bash -c 'exec 3<>/dev/tcp/$machine/22' || echo not $machine; "
done
run seedbed exec d -- "$reach"
is "$status$out" 0 "they reach each other by name"

ok "down" seedbed -q down d
is "$(leftovers)" '' "nothing is left"
done_testing
