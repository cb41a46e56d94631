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
    "grep -qF \"$key\" \"$keys\" || echo \"'$keys' does not have the fleet's key\"\n"
    "words='Authentication refused|not allowed because|User .* from|bad ownership|not in '\n"
    "{ journalctl -q -o cat -b -t sshd -t sshd-session 2>/dev/null;"
    " grep -hE 'sshd|dropbear' /var/log/auth.log /var/log/secure /var/log/messages 2>/dev/null; } "
    "|\n"
    "grep -E \"$words\" | tail -n 1 | sed 's/^/its log says: /'\n";

char *sb_account_script(const char *login, const char *client_key)
{
    return g_strdup_printf("LC_ALL=C login='%s' key='%s'\n%s", login, client_key, script);
}

char *sb_account_problem(virDomain *domain, const char *login, const char *client_key)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = sb_account_script(login, client_key);
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
