#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A hostile guest floods, lies and sends what is not asked for. Each command ends, has a limited size, prints
# no escapes, and writes nothing outside its folder. The limits: section LIMITS of seedbed(1)
# (Results over the channel: t/live/test-channel.t. Other archives: t/unit/local/tar.c)
# shellcheck source=t/lib/live.sh
. "${srcdir:-.}/t/lib/live.sh"
need_pocket
cd "$tmp" || exit 1
readonly memory_kib=$((64 * 1024))

# bounded COMMAND...: run, and one test: the command ends by itself, without a signal, and its memory, or that of
# its ssh, stayed within $memory_kib
bounded()
{
  run timeout -k 5 400 "$top/t/lib/peak.py" "$tmp/peak" "$@"
  [ "$status" -le 3 ] && [ "$(<"$tmp/peak")" -le $memory_kib ]
  result $? "it ends, within its memory: ${*: -4}" || note "status $status, $(<"$tmp/peak") KiB: $(tail -n 5 run.err)"
}

# harmless WHAT FILE...: none has control characters or bidi marks
harmless()
{
  is "$(cat "${@:2}" | LC_ALL=C tr -d '\n\t\040-\176\200-\377' | wc -c) $(
    cat "${@:2}" | grep -caP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]')" "0 0" "$1 without escapes" || note "$(cat -v "${@:2}" | grep -m 3 '[\^M]')"
}

# ---- ssh servers that are none: on loopback, in place of machines that boot meanwhile ----

fleet s 4
ok "four machines" seedbed -q up --no-wait s.yaml
ip link set lo up
for i in 1 2 3 4; do
  record=$(virsh -q metadata s-m-$i urn:seedbed:domain:1 | sed "s|<address>[^<]*|<address>127.0.1.$i|")
  virsh -q metadata s-m-$i urn:seedbed:domain:1 --key seedbed --set "$record" --live --config
done
"$top/t/lib/hostile-sshd.py" 127.0.1. &
at_exit "kill $!"
listening() { (exec 3<>/dev/tcp/127.0.1.4/22) 2>/dev/null; }
wait_for 30 listening
timeout -k 5 300 "$top/t/lib/peak.py" exec.peak seedbed exec s -- true >exec.out 2>exec.err &
exec_pid=$!

# ---- one guest that does it all ----

python3 - <<'END'
import io, tarfile
with tarfile.open("hostile.tar", "w", format=tarfile.GNU_FORMAT, encoding="utf-8", errors="surrogateescape") as tar:
    def add(name, kind=tarfile.REGTYPE, link="", data=b"evil"):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.mode = kind, link, 0o6777
        info.size = len(data) if kind == tarfile.REGTYPE else 0
        tar.addfile(info, io.BytesIO(data))
    add("good/first")
    for target in ("/", "../../../victim", "/etc/passwd"):
        add("link" + target.replace("/", "_"), tarfile.SYMTYPE, target)
        add("link" + target.replace("/", "_") + "/victim")
        add("hard" + target.replace("/", "_"), tarfile.LNKTYPE, target)
    for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
        add("device" + kind.decode(), kind)
    for name in ("../victim", "/victim", "a/../../victim", "new\nline", "esc\033[2J", "\udcff\udcfe", "csi\u009b2J",
                 "x" * 255, "y" * 300, "d/" * 500 + "deep", "-rf", "$(id)"):
        add(name)
    # A sparse terabyte, as GNU tar 1.0 writes it
    info = tarfile.TarInfo("sparse")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "sparse",
                        "GNU.sparse.realsize": str(1 << 40)}
    data = b"1\n%d\n4\n" % ((1 << 40) - 4)
    data = data.ljust(512, b"\0") + b"evil"
    info.size = len(data)
    tar.format = tarfile.PAX_FORMAT
    tar.addfile(info, io.BytesIO(data))
    tar.format = tarfile.GNU_FORMAT
    add("behind")
END
echo safe >victim
cat >prepare <<'END'
echo 'echo $$ >/run/flood.pid; while :; do printf "\033]0;title\007\033[31m%01000d\r" 0; done >/dev/console' >/run/flood
setsid sh /run/flood >/dev/null 2>&1 </dev/null &
nic=$(ip -o link | sed -n 's/^[0-9]*: \(e[a-z0-9]*\):.*/\1/p')
for name in "$(printf '\033[31mred')" ../../../etc/passwd "$(printf '%0255d' 0)"; do
  udhcpc -n -q -t 1 -i "$nic" -s /bin/true -x "hostname:$name" >/dev/null 2>&1
done
mkdir /var/lib/tree && mount -t tmpfs -o size=32m,nr_inodes=40000 tmpfs /var/lib/tree && cd /var/lib/tree || exit
echo good >good
ln -s / root; ln -s ../../../victim victim; ln good hard; mknod device c 1 5; mkfifo fifo
touch "$(printf 'new\nline')" "$(printf 'esc\033[2J')" "$(printf '\377\376')" "$(printf '%0255d' 0)"
# More than the limit. A million would only take minutes of an emulated guest.
mkdir many && cd many && seq 21000 | xargs touch
END
cat >g.yaml <<'END'
fleet: g
image: pocket
machines: { m: { vcpus: 1, memory: 256 MiB, disk: 256 MiB } }
test:
  - name: prepares
    user: root
    results: exit
    copy: [ { from: hostile.tar, to: /var/lib/hostile }, { from: prepare, to: /var/lib/hostile } ]
    run: sh /var/lib/hostile/prepare
  - { name: many, timeout: 10 s, run: yes 'not ok - x' }
  - { name: files, results: exit, run: 'true', artifacts: [ /var/lib/tree/good, /var/lib/tree ] }
END
bounded seedbed test --keep always --json r.json --junit r.xml --html r.html --artifacts out g.yaml
is "$status" 1 "ten seconds of failures: the test does not pass" || note "$(tail -n 5 run.err)"
note "$SECONDS s, $(<peak) KiB: $(grep ': [a-z]*,' run.err)"
harmless "its reports are" run.out run.err r.json r.xml r.html
[ "$(cat r.json r.xml r.html run.out | wc -c)" -lt 20000000 ]
result $? "and have a limited size" || note "$(wc -c r.* run.out)"
folder=out/g-m-1/files
is "$(find $folder ! -type f ! -type d) $(find $folder -perm /7022)" " " "artifacts are plain files that only their owner can change"
is "$(cat $folder/var/lib/tree/good) $(find $folder | LC_ALL=C grep -caP '[\x01-\x1f\x7f-\xff]')" "good 0" "good files are there, odd names are not"
[ "$(find $folder -mindepth 1 | wc -l)" -le 20000 ]
result $? "they are at most 20000" || note "$(find $folder -mindepth 1 | wc -l)"
ok "what is left out is said" grep -q 'files were left out (too large, too many, or no plain files)' r.json
[ "$(du -cm /var/lib/libvirt/seedbed/g-m-1.console.log* | tail -n 1 | cut -f 1)" -le 10 ]
result $? "the console log is rolled over" || note "$(ls -l /var/lib/libvirt/seedbed)"

# ---- what the false ssh servers did ----

wait $exec_pid
is "$?" 3 "endless lines, silence, an endless greeting, a gigabyte behind it: exec ends, and runs no command"
[ "$(<exec.peak)" -le $memory_kib ]
result $? "within its memory" || note "$(<exec.peak) KiB"
is "$(grep -o "'s-m-[1-4]'" exec.err | sort -u | wc -l)" 4 "each is named"
note "$(<exec.err)"
harmless "the errors are" exec.out exec.err
ok "down" seedbed -q down s

# ---- its shell sends what it likes: an archive, or an answer without end ----

cat >shell <<'END'
#!/bin/sh
case $2 in
*"cloud-init status"*) exec yes "$(printf '{"status": "\033[31m"}')" ;;
*"tar -c"*) set -- -c "$(printf %s "$2" | sed 's,tar -c,cat /var/lib/hostile/hostile.tar; : -c,')" ;;
esac
exec /bin/sh "$@"
END
ok "the guest gets a hostile shell" seedbed copy shell g-m-1:/tmp/
# shellcheck disable=SC2016  # for the guest
ok "for all connections that begin later" seedbed ssh g-m-1 -- 'sudo sh -c "kill \$(cat /run/flood.pid)
  cp /tmp/shell /usr/bin/shell; chmod 755 /usr/bin/shell; printf \"/bin/sh\n/usr/bin/shell\n\" >/etc/shells
  sed -i /^seedbed:/s,/bin/sh\$,/usr/bin/shell, /etc/passwd"'
rm -f "$XDG_STATE_HOME"/seedbed/qemu-system/g/*.s*
mkdir full && mount -t tmpfs -o size=8k none full && at_exit "umount '$tmp/full'"
while IFS='|' read -r where why; do
  run env TMPDIR="$tmp/$where" seedbed copy g-m-1:/etc/hostname copied
  contains "$status $err" "cannot keep the archive in '$tmp/$where': $why" "a copy without room: says where, and why"
done <<'END'
none|No such file or directory
full|No space left on device
END

mkdir copied
bounded seedbed copy g-m-1:/etc/hostname copied/
note "$err"
is "$(<victim) $(find . .. / -maxdepth 1 -name '*victim*') $(find copied ! -type f ! -type d)" "safe ./victim " "an archive writes nothing beside its place, and no links"
[ "$(du -sm copied | cut -f 1)" -lt 200 ]
result $? "and no terabyte" || note "$(du -sm copied)"
note "$SECONDS s: status"
bounded seedbed status g-m-1
is "$status" 3 "status does not believe it"
contains "$out$err" "cloud-init's logs have no end" "and says what floods"
harmless "status is" run.out run.err
note "$SECONDS s: log"
bounded seedbed log g-m-1
note "$SECONDS s: evidence"
bounded seedbed evidence g-m-1 -o evidence.tar.gz
mkdir evidence && tar -C evidence -xzf evidence.tar.gz
[ "$(du -sm evidence | cut -f 1)" -le 50 ]
result $? "evidence has a limited size" || note "$(find evidence -type f -size +1M -ls)"
# shellcheck disable=SC2046  # words
harmless "evidence is" $(find evidence -type f)
note "$SECONDS s: down"
ok "down" seedbed -q down g
is "$(leftovers)" '' "nothing is left"
done_testing
