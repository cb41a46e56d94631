/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/account-problem.h"

#include "base/text.h"
#include "libvirt/agent.h"

#include <string.h>

enum { AGENT_SECONDS = 5 };

/* sshd looks at owner and mode of all three, and says what it dislikes only in its log. */
static const char script[] =
    "line=$(getent passwd \"$login\" 2>/dev/null || grep \"^$login:\" /etc/passwd)\n"
    "if [ -z \"$line\" ]; then echo \"it does not exist\"; exit; fi\n"
    "IFS=: read -r name pass uid gid gecos home shell <<END\n"
    "$line\n"
    "END\n"
    "[ -z \"$shell\" ] || [ -x \"$shell\" ] ||"
    " echo \"its shell '$shell' does not exist, or is not executable\"\n"
    "keys=$home/.ssh/authorized_keys\n"
    "for file in \"$home\" \"$home/.ssh\" \"$keys\"; do\n"
    "[ -e \"$file\" ] || { echo \"'$file' does not exist\"; exit; }\n"
    "set -- $(ls -ldn \"$file\")\n"
    "case $1 in ?????w*|????????w*)"
    " echo \"others than its owner can write to '$file' (its mode is $1)\" ;; esac\n"
    "[ \"$3\" = \"$uid\" ] || [ \"$3\" = 0 ] ||"
    " echo \"'$file' belongs to the user number $3, and not to the account\"\n"
    "done\n"
    "grep -qF \"$key\" \"$keys\" || { echo \"'$keys' does not have the fleet's key\"; exit; }\n"
    "words='Authentication refused|not allowed because|User .* from|bad ownership|not in '\n"
    "{ journalctl -q -o cat -b -t sshd -t sshd-session 2>/dev/null;"
    " grep -hE 'sshd|dropbear' /var/log/auth.log /var/log/secure /var/log/messages 2>/dev/null; } "
    "|\n"
    "grep -E \"$words\" | tail -n 1 | sed 's/^/its log says: /'\n"
    "PATH=$PATH:/usr/sbin:/usr/local/sbin\n"
    "sshd -T 2>/dev/null | grep -E '^(allow|deny)(users|groups) ' | head -n 1 |"
    " sed \"s/.*/sshd is set to '&', and the groups of the account are '$(id -Gn \"$login\")'/\"\n"
    "echo \"the account, its shell and its key are in order, so a setting of its ssh server, or "
    "PAM, refuses it\"\n";

char *sb_account_script(const char *login, const char *client_key)
{
    return g_strdup_printf("LC_ALL=C login='%s' key='%s'\n%s", login, client_key, script);
}

/* sshd does not read its settings without the folder that its unit makes. A socket unit starts the
 * service for each connection, so that the service may be disabled. */
const char sb_sshd_script[] =
    "sshd=$(command -v sshd || ls /usr/sbin/sshd /usr/local/sbin/sshd 2>/dev/null | head -n 1)\n"
    "if [ -z \"$sshd\" ]; then\n"
    "command -v dropbear >/dev/null 2>&1 || echo \"no ssh server is installed\"; exit; fi\n"
    "[ -d /run/sshd ] || mkdir -m 0755 /run/sshd\n"
    "words=$(\"$sshd\" -t 2>&1 | head -n 1)\n"
    "[ -z \"$words\" ] || { echo \"sshd refuses its settings: $words\"; exit; }\n"
    "\"$sshd\" -T 2>/dev/null | sed -n 's/^port //p' | grep -qx 22 ||"
    " { echo \"sshd is set to the port $(\"$sshd\" -T 2>/dev/null | sed -n 's/^port //p' | head -n "
    "1)\"; "
    "exit; }\n"
    "command -v systemctl >/dev/null 2>&1 || exit\n"
    "for unit in ssh.socket sshd.socket; do\n"
    "systemctl is-active -q $unit && exit; done 2>/dev/null\n"
    "for unit in ssh.service sshd.service; do\n"
    "active=$(systemctl is-active $unit 2>/dev/null) enabled=$(systemctl is-enabled $unit "
    "2>/dev/null)\n"
    "case $active,$enabled in failed,*) echo \"its unit $unit failed:"
    " $(journalctl -q -o cat -b -u $unit 2>/dev/null | tail -n 1)\" ;;\n"
    "*,masked*|*,disabled) echo \"its unit $unit is ${enabled%-runtime}\" ;; esac\n"
    "done\n";

/* busybox has all options of ip that are used here. What renders the configuration of cloud-init
 * differs: the names are looked for in the files of all. */
const char sb_network_script[] =
    "PATH=$PATH:/usr/sbin:/sbin\n"
    "cards=$(ls /sys/class/net | grep -vx lo | xargs)\n"
    "[ -n \"$cards\" ] || { echo \"its kernel knows no network card\"; exit; }\n"
    "have=$(ip -4 -o address show 2>/dev/null | sed -n 's/.* inet \\([0-9.]*\\).*/\\1/p' | xargs)\n"
    "via=$(ip -4 route show default 2>/dev/null | sed -n 's/.* via \\([0-9.]*\\) .*/\\1/p' |"
    " head -n 1)\n"
    "case \" $have \" in *\" ${via:-none} \"*)"
    " echo \"it has taken the address of its gateway, $via, so that its answers stay in it\" ;;"
    " esac\n"
    "case \" $have \" in *\" $address \"*) ;; *)\n"
    "{ sed -n 's/^Name=//p' /etc/systemd/network/*.network /run/systemd/network/*.network;"
    " sed -n 's/^iface \\([^ ]*\\) .*/\\1/p' /etc/network/interfaces /etc/network/interfaces.d/*;"
    " sed -n 's/^interface-name=//p' /etc/NetworkManager/system-connections/*"
    " /run/NetworkManager/system-connections/*;"
    " sed -n 's/^DEVICE=//p' /etc/sysconfig/network-scripts/ifcfg-*; } 2>/dev/null |\n"
    "grep -x '[a-z][a-z0-9]*' | while read -r name; do\n"
    "[ -e /sys/class/net/$name ] ||"
    " echo \"its network configuration names the card '$name', and it has only '$cards'\"\n"
    "done\n"
    "others=$(echo \" $have \" | sed 's/ 127[0-9.]*//' | xargs)\n"
    "echo \"its network cards ($cards) have ${others:-no IPv4 address}, and not $address\" ;;\n"
    "esac\n"
    "{ nft list ruleset | grep -E 'hook input .*policy drop';"
    " iptables -S INPUT | grep -E '^-P INPUT DROP| (DROP|REJECT)'; } 2>/dev/null |\n"
    "head -n 1 | sed 's/^[[:space:]]*/it has a firewall: /'\n";

/* The first line that the shell script TEXT prints in the guest of DOMAIN. (transfer full)
 * (nullable) */
static char *ask(virDomain *domain, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) output = sb_agent_run(domain, text, AGENT_SECONDS, &error);
    if (!output) {
        g_debug("%s", error->message);
        return NULL;
    }
    gsize length;
    const char *answer = g_bytes_get_data(output, &length);
    g_autofree char *lines = sb_text_sanitize(answer ? answer : "", length);
    lines[strcspn(lines, "\n")] = '\0';
    return *lines ? sb_text_one_line(lines) : NULL;
}

char *sb_account_problem(virDomain *domain, const char *login, const char *client_key)
{
    g_autofree char *text = sb_account_script(login, client_key);
    return ask(domain, text);
}

char *sb_sshd_problem(virDomain *domain)
{
    g_autofree char *text = g_strconcat("LC_ALL=C; export LC_ALL\n", sb_sshd_script, NULL);
    return ask(domain, text);
}

char *sb_network_problem(virDomain *domain, const char *address)
{
    g_autofree char *text =
        g_strdup_printf("LC_ALL=C; export LC_ALL; address='%s'\n%s", address, sb_network_script);
    return ask(domain, text);
}
