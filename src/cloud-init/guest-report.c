/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/guest-report.h"

#include "base/text.h"

#include <string.h>

static const char section_word[] = "seedbed-section ";
static const char doing_word[] = "seedbed-doing ";
static const char read_only_line[] = "seedbed-read-only";
static const char no_unit_word[] = "seedbed-no-unit ";
enum { MAX_SECTIONS = 32, MAX_NAME = 32, MAX_DOING = 512 };

/* The command needs a POSIX shell, and coreutils or busybox. It starts few processes, because each
 * is slow under emulation. In most images the logs belong to root, and the account may use sudo
 * without a password. */
static const char command_head[] = //
    "LC_ALL=C; export LC_ALL; echo " SB_GUEST_REPORT_BEGIN "\n"
    "read -r boot </proc/sys/kernel/random/boot_id\n"
    "printf '\\nseedbed-section %s\\n|%s\\n' " SB_GUEST_BOOT " \"$boot\"\n"
    "read -r cmdline </proc/cmdline\n"
    "printf '\\nseedbed-section %s\\n|%s\\n' " SB_GUEST_CMDLINE " \"$cmdline\"\n"
    "[ \"$boot\" != \"$settled\" ] || { ";
static const char command_more[] = //
    "; }\n"
    "log=/var/log/cloud-init.log output=/var/log/cloud-init-output.log root=''\n"
    "{ [ -r $log ] && [ -r $output ]; } || { sudo -n true 2>/dev/null && root='sudo -n'; }\n"
    "has_cloud_init() { command -v cloud-init >/dev/null 2>&1; }\n"
    "answer() { cloud-init status $1 --format=json 2>/dev/null | head -c 1000000; }\n"
    "section() { printf '\\nseedbed-section %s\\n' \"$1\"; shift; \"$@\" 2>/dev/null; }\n"
    "quote() { sed 's/^/|/' \"$@\"; }\n"
    "quote_text() { quote <<END\n$1\nEND\n}\n"
    "quote_output() { \"$@\" | quote; }\n"
    "files() {\n"
    "section " SB_GUEST_RESULT " quote /run/cloud-init/result.json\n"
    "section " SB_GUEST_STAGES " quote /run/cloud-init/status.json\n"
    "}\n"
    "logs() {\n"
    "section " SB_GUEST_LOG " quote_output $root tail -c 1000000 $log\n"
    "section " SB_GUEST_OUTPUT " quote_output $root tail -c 200000 $output\n"
    "}\n";

/* Up to 23.3, `status --wait` returns "error" as soon as one stage failed, while other stages still
 * run; result.json exists when the last one is over. The logs are sent only if they can explain
 * something, because a whole log is slow under emulation. Output of cloud-init and its scripts gets
 * into the log through `tee`. `tee` writes to the console first, so the log may be seconds late. */
static const char command_wait[] = //
    "settle() {\n"
    "size=''\n"
    "for try in 1 2 3 4 5 6 7 8 9 10; do\n"
    "before=$size; size=$($root stat -c %s $output 2>/dev/null)\n"
    "[ \"$size\" != \"$before\" ] || break; sleep 1\n"
    "done\n"
    "}\n"
    /* Whether an earlier boot ended before cloud-init did. */
    "is_cut_off() {\n"
    "boot=''\n"
    "for word in $($root grep -oE \"running 'init-local'|finish: modules-final:|received SIG\""
    " $log 2>/dev/null); do\n"
    "case $word in *init-local*) [ -z \"$boot\" ] || return 0; boot=open ;;\n"
    "modules-final:) boot='' ;; SIG) return 0 ;; esac\n"
    "done\n"
    "return 1\n"
    "}\n"
    /* The commands that a script of the user-data, or else a module, has begun and not ended, each
     * with the one that it waits for. cloud-init also starts tee, for its own output. */
    "commands() {\n"
    "$root ps -eo pid,ppid,args 2>/dev/null | awk '\n"
    "BEGIN { scripts = \"(^| )/var/lib/cloud/instance/scripts/\" }\n"
    "{ p = $1; q = $2; $1 = $2 = \"\"; sub(/^ +/, \"\"); args[p] = $0; parent[p] = q }\n"
    "END {\n"
    "for (p in args)\n"
    "if (args[p] ~ scripts) script = p\n"
    "else if (args[p] ~ /cloud-init.* (modules|init)( |$)/) module = p\n"
    "while (script && args[parent[script]] ~ scripts) script = parent[script]\n"
    "at = script ? script : module\n"
    "for (depth = 0; at && depth < 4; depth++) {\n"
    "next_one = 0\n"
    "for (p in args)\n"
    "if (parent[p] == at && p + 0 > next_one + 0 && args[p] !~ /tee -a/) next_one = p\n"
    "if (next_one) text = text (text ? \" > \" : \" \") substr(args[next_one], 1, 80)\n"
    "at = next_one\n"
    "}\n"
    "print text\n"
    "}'\n"
    "}\n"
    /* Whether cloud-init's own files cannot be written. Flags of mounts do not tell that: an
     * overlay whose upper file system is read-only says 'rw'. */
    "read_only() {\n"
    "case $({ sudo -n touch -c /var/lib/cloud || touch -c /var/lib/cloud; } 2>&1) in"
    " *'Read-only file system'*) echo yes ;; esac\n"
    "}\n"
    /* The state of cloud-init's last unit, if systemd has nothing left to start: all jobs of a boot
     * are there from its beginning. */
    "no_unit() {\n"
    "command -v systemctl >/dev/null 2>&1 && [ ! -e /run/cloud-init/result.json ] &&"
    " jobs=$(systemctl list-jobs --no-legend 2>/dev/null) && [ -z \"$jobs\" ] || return 0\n"
    "unit=$(systemctl show -p ActiveState cloud-final.service 2>/dev/null)\n"
    "case ${unit#*=} in inactive | failed) echo \"${unit#*=}\" ;; esac\n"
    "}\n"
    /* The module that runs, as often as it can be seen without slowing down an emulated guest. What
     * makes the wait vain must be seen twice. */
    "tell() {\n"
    "last='' was_ro='' rounds=0 last_unit=''\n"
    "while sleep 10 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do\n"
    "module=$($root grep -o 'start: modules-[a-z]*/config-[a-z_-]*' $log 2>/dev/null | tail -n 1)\n"
    "now=${module##*config-}$(commands)\n"
    "[ \"$now\" = \"$last\" ] || echo \"seedbed-doing $now\"\n"
    "now_ro=''; [ \"$now\" != \"$last\" ] || now_ro=$(read_only)\n"
    "[ -z \"$now_ro\" ] || [ -z \"$was_ro\" ] || echo seedbed-read-only\n"
    "last=$now was_ro=$now_ro rounds=$((rounds + 1))\n"
    "[ $((rounds % 6)) = 0 ] || continue\n"
    "unit=$(no_unit)\n"
    "[ -z \"$unit\" ] || [ \"$unit\" != \"$last_unit\" ] || echo \"seedbed-no-unit $unit\"\n"
    "last_unit=$unit\n"
    "done\n"
    "}\n"
    "has_cloud_init || exit 0\n"
    "tell & teller=$!\n"
    "state=$(answer --wait)\n"
    "case $state in *'\"error\"'*)\n"
    "while [ ! -e /run/cloud-init/result.json ]; do sleep 1; done; state=$(answer); settle ;;\n"
    "esac\n"
    "kill $teller 2>/dev/null\n"
    "section " SB_GUEST_STATUS " quote_text \"$state\"\n"
    "files\n"
    "case $state in *'\"status\": \"done\"'*)\n"
    "grep -q '\"errors\": \\[\\]' /run/cloud-init/result.json 2>/dev/null &&\n"
    "! $root grep -qE '\\[(WARNING|ERROR|CRITICAL)\\]' $log 2>/dev/null && ! is_cut_off &&"
    " exit 0 ;;\n"
    "esac\n"
    "logs\n"
    "exit 0";

static const char command_now[] = //
    /* busybox's date has no %N, but its shell has EPOCHREALTIME */
    "clock() { cat /proc/uptime; echo \"${EPOCHREALTIME:-$(date +%s.%N)}\"; }\n"
    "! has_cloud_init || section " SB_GUEST_STATUS " quote_output answer\n"
    "section " SB_GUEST_CLOCK " quote_output clock\n"
    "files\n"
    "logs\n"
    "section " SB_GUEST_SYSTEMD " quote_output systemctl show -p FirmwareTimestampMonotonic"
    " -p LoaderTimestampMonotonic -p InitRDTimestampMonotonic -p UserspaceTimestampMonotonic"
    " -p FinishTimestampMonotonic\n"
    "section " SB_GUEST_UNITS " quote_output systemctl show -p Id -p ActiveEnterTimestampMonotonic"
    " network-online.target ssh.service sshd.service multi-user.target\n"
    "exit 0";

struct SbGuestReport {
    GHashTable *sections; /**< from name to GString */
};

char *sb_guest_report_command(gboolean is_waiting, const char *settled_boot, const char *settled)
{
    return g_strconcat("settled='", settled_boot ? settled_boot : "", "'\n", command_head,
                       settled ? "echo " SB_GUEST_REPORT_SETTLED "; " : "",
                       settled ? settled : "exit 0", command_more,
                       is_waiting ? command_wait : command_now, NULL);
}

static void section_free(gpointer section)
{
    g_string_free(section, TRUE);
}

/* The section that begins with the LENGTH bytes at LINE; NULL if none begins there. Of two sections
 * with one name, our command made the first. */
static GString *begin_section(SbGuestReport *report, const char *line, gsize length)
{
    gsize head = strlen(section_word);
    if (length <= head || length > head + MAX_NAME || memcmp(line, section_word, head) != 0)
        return NULL;
    g_autofree char *name = g_strndup(line + head, length - head);
    if (g_hash_table_contains(report->sections, name) ||
        g_hash_table_size(report->sections) >= MAX_SECTIONS)
        return NULL;
    GString *section = g_string_new(NULL);
    g_hash_table_insert(report->sections, g_steal_pointer(&name), section);
    return section;
}

SbGuestReport *sb_guest_report_parse(const char *text, gsize length)
{
    SbGuestReport *report = g_new0(SbGuestReport, 1);
    report->sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, section_free);
    GString *section = NULL;
    const char *end = text + MIN(length, SB_GUEST_REPORT_MAX_BYTES);
    while (text < end) {
        const char *newline = memchr(text, '\n', end - text);
        const char *stop = newline ? newline : end;
        if (section && text < stop && *text == '|') {
            g_string_append_len(section, text + 1, stop - text - 1);
            g_string_append_c(section, '\n');
        } else if (stop > text) {
            section = begin_section(report, text, stop - text);
        }
        text = stop + 1;
    }
    return report;
}

/* What stands after WORD in LINE, sanitised. (transfer full) (nullable) NULL: LINE has another word
 */
static char *after_word(const char *word, const char *line, gsize length)
{
    gsize head = strlen(word);
    return length > head && length <= head + MAX_DOING && memcmp(line, word, head) == 0
               ? sb_text_sanitize(line + head, length - head)
               : NULL;
}

static char *describe_doing(const char *text)
{
    static const char letters[] = G_CSET_a_2_z G_CSET_DIGITS "-_";
    gsize name = strspn(text, letters);
    if (text[name] != '\0' && text[name] != ' ')
        return NULL;
    return text[name] ? g_strdup_printf("cloud-init runs its module '%.*s', and in it '%s'",
                                        (int)name, text, text + name + 1)
                      : g_strdup_printf("cloud-init runs its module '%s'", text);
}

char *sb_guest_report_doing(const char *line, gsize length, SbGuestVain *vain_out)
{
    g_autofree char *doing = after_word(doing_word, line, length);
    gboolean is_read_only =
        length == strlen(read_only_line) && memcmp(line, read_only_line, length) == 0;
    g_autofree char *state = after_word(no_unit_word, line, length);
    *vain_out = is_read_only ? SB_GUEST_READ_ONLY : state ? SB_GUEST_NO_UNIT : SB_GUEST_NOT_IN_VAIN;
    if (is_read_only)
        return g_strdup("the guest's file system at /var/lib/cloud is read-only");
    if (state)
        return g_strdup_printf("its unit cloud-final.service is '%s', and systemd starts nothing "
                               "more",
                               state);
    return doing ? describe_doing(doing) : NULL;
}

void sb_guest_report_free(SbGuestReport *report)
{
    g_hash_table_unref(report->sections);
    g_free(report);
}

const GString *sb_guest_report_get(const SbGuestReport *report, const char *name)
{
    return g_hash_table_lookup(report->sections, name);
}
