/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint-traps.c: checks for content that the schema allows, but that costs people time. No message
 * repeats a password. */
#include "cloud-init/lint-checks.h"

#include <string.h>

/* ---- passwords ---- */

/* Whether cc_set_passwords takes it as a hash: r'\$(1|2a|2y|5|6)(\$.+){2}', and yescrypt, which
 * newer libcs have. */
static gboolean is_hash(const char *password)
{
    static const char *const starts[] = {"$1$", "$2a$", "$2y$", "$5$", "$6$", "$y$"};
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++)
        if (g_str_has_prefix(password, starts[i]))
            return TRUE;
    return FALSE;
}

/* In `chpasswd: list`, these words make cloud-init choose a password. */
static gboolean is_random(const char *password)
{
    return strcmp(password, "R") == 0 || strcmp(password, "RANDOM") == 0;
}

/* Both spellings of KEY: cloud-init reads '-' as '_' in the keys of users. */
static const SbDatum *user_get(const SbDatum *user, const char *key)
{
    const SbDatum *value = sb_datum_get(user, key);
    if (value)
        return value;
    g_autofree char *hyphens = g_strdelimit(g_strdup(key), "_", '-');
    return sb_datum_get(user, hyphens);
}

/* The result of a search for all passwords in a file. */
typedef struct {
    const SbLintText *text;
    guint plain;       /* passwords in plain text */
    GHashTable *names; /* of accounts whose password is set by 'chpasswd' */
} Passwords;

static void plain_password(Passwords *passwords, SbMark mark, const char *path)
{
    passwords->plain++;
    sb_lint_add(passwords->text, SB_RULE_PLAIN_PASSWORD, mark, path,
                "the password can be read in this file, in the seed and in the guest's "
                "/var/lib/cloud: write a hash, which 'mkpasswd -m sha-512' makes, or use a key");
}

/* "name:password" of the old `chpasswd: list`. */
static void check_pair(Passwords *passwords, const char *pair, SbMark mark)
{
    const char *colon = strchr(pair, ':');
    if (!colon)
        return;
    g_hash_table_add(passwords->names, g_strndup(pair, (gsize)(colon - pair)));
    if (!is_hash(colon + 1) && !is_random(colon + 1))
        plain_password(passwords, mark, "chpasswd.list");
}

static void check_chpasswd(Passwords *passwords, const SbDatum *chpasswd)
{
    const SbDatum *list = sb_datum_get(chpasswd, "list");
    if (list && list->type == SB_DATUM_TEXT) {
        g_auto(GStrv) lines = g_strsplit(list->text, "\n", -1);
        for (char **line = lines; *line; line++)
            check_pair(passwords, *line, list->mark);
    }
    for (guint i = 0; list && list->type == SB_DATUM_LIST && i < sb_datum_length(list); i++)
        if (sb_datum_item(list, i)->type == SB_DATUM_TEXT)
            check_pair(passwords, sb_datum_item(list, i)->text, sb_datum_item(list, i)->mark);
    const SbDatum *users = sb_datum_get(chpasswd, "users");
    for (guint i = 0; users && users->type == SB_DATUM_LIST && i < sb_datum_length(users); i++) {
        const SbDatum *user = sb_datum_item(users, i);
        const char *name = sb_datum_get_text(user, "name");
        const SbDatum *password = sb_datum_get(user, "password");
        g_autofree char *path = g_strdup_printf("chpasswd.users[%u].password", i);
        if (name)
            g_hash_table_add(passwords->names, g_strdup(name));
        if (password && g_strcmp0(sb_datum_get_text(user, "type"), "text") == 0)
            plain_password(passwords, password->mark, path);
        else if (password && password->text && !is_hash(password->text) &&
                 g_strcmp0(sb_datum_get_text(user, "type"), "RANDOM") != 0)
            sb_lint_add(passwords->text, SB_RULE_PLAIN_PASSWORD, password->mark, path,
                        "this is taken for a hash, which it is not, so that nobody can log in "
                        "with it: write a hash, or 'type: text'");
    }
}

static void check_user_passwords(Passwords *passwords, const SbDatum *user, const char *path)
{
    static const char *const hashes[] = {"passwd", "hashed_passwd"};
    const SbDatum *plain = user_get(user, "plain_text_passwd");
    g_autofree char *plain_path = g_strconcat(path, ".plain_text_passwd", NULL);
    if (plain && plain->text && *plain->text)
        plain_password(passwords, plain->mark, plain_path);
    for (gsize i = 0; i < G_N_ELEMENTS(hashes); i++) {
        const SbDatum *hash = user_get(user, hashes[i]);
        g_autofree char *hash_path = g_strconcat(path, ".", hashes[i], NULL);
        /* '*' and '!' lock the password. */
        if (hash && hash->type == SB_DATUM_TEXT && *hash->text && !is_hash(hash->text) &&
            !strchr("*!", *hash->text))
            sb_lint_add(passwords->text, SB_RULE_PLAIN_PASSWORD, hash->mark, hash_path,
                        "'%s' takes a hash, which this is not, so that nobody can log in with it "
                        "('mkpasswd -m sha-512' makes one)",
                        hashes[i]);
    }
}

static gboolean is_on(const SbDatum *value)
{
    if (!value)
        return FALSE;
    if (value->type == SB_DATUM_BOOLEAN)
        return value->boolean;
    return value->type == SB_DATUM_TEXT &&
           (g_ascii_strcasecmp(value->text, "true") == 0 ||
            g_ascii_strcasecmp(value->text, "yes") == 0 ||
            g_ascii_strcasecmp(value->text, "on") == 0 || strcmp(value->text, "1") == 0);
}

/* ---- sudo ---- */

/* Whether VALUE of `sudo` gives rights that need a password. */
static gboolean asks_for_password(const SbDatum *value)
{
    gboolean asks = FALSE;
    if (value->type == SB_DATUM_TEXT)
        return *value->text && g_ascii_strcasecmp(value->text, "false") != 0 &&
               !strstr(value->text, "NOPASSWD");
    for (guint i = 0; value->type == SB_DATUM_LIST && i < sb_datum_length(value); i++) {
        const SbDatum *rule = sb_datum_item(value, i);
        if (rule->type == SB_DATUM_TEXT && strstr(rule->text, "NOPASSWD"))
            return FALSE;
        asks |= rule->type == SB_DATUM_TEXT;
    }
    return asks;
}

static void check_sudo(Passwords *passwords, const SbDatum *user, const char *path)
{
    const SbDatum *sudo = sb_datum_get(user, "sudo");
    if (!sudo || !asks_for_password(sudo))
        return;
    const char *name = sb_datum_get_text(user, "name");
    if (name && g_hash_table_contains(passwords->names, name))
        return;
    const SbDatum *lock = user_get(user, "lock_passwd");
    gboolean is_locked = !lock || lock->type != SB_DATUM_BOOLEAN || lock->boolean;
    gboolean has_password = user_get(user, "passwd") || user_get(user, "hashed_passwd") ||
                            user_get(user, "plain_text_passwd");
    if (!is_locked && has_password)
        return;
    g_autofree char *sudo_path = g_strconcat(path, ".sudo", NULL);
    sb_lint_add(passwords->text, SB_RULE_SUDO_PASSWORD, sudo->mark, sudo_path,
                "sudo will ask for a password, and the account has %s: write "
                "'ALL=(ALL) NOPASSWD:ALL', or give it a password and 'lock_passwd: false'",
                has_password ? "a locked one ('lock_passwd' is true unless given)" : "none");
}

static void check_accounts(const SbLintText *text, const SbDatum *root)
{
    Passwords passwords = {.text = text,
                           .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    const SbDatum *password = sb_datum_get(root, "password");
    const SbDatum *users = sb_datum_get(root, "users");
    check_chpasswd(&passwords, sb_datum_get(root, "chpasswd"));
    if (password && password->text && *password->text && !is_hash(password->text) &&
        !is_random(password->text))
        plain_password(&passwords, password->mark, "password");
    for (guint i = 0; users && users->type == SB_DATUM_LIST && i < sb_datum_length(users); i++) {
        g_autofree char *path = g_strdup_printf("users[%u]", i);
        check_user_passwords(&passwords, sb_datum_item(users, i), path);
        check_sudo(&passwords, sb_datum_item(users, i), path);
    }
    const SbDatum *pwauth = sb_datum_get(root, "ssh_pwauth");
    if (is_on(pwauth) && passwords.plain > 0)
        sb_lint_add(text, SB_RULE_PWAUTH, pwauth->mark, "ssh_pwauth",
                    "ssh will let anybody in who can read the password in this file, from "
                    "wherever the machine can be reached: log in with a key, or hash the password");
    g_hash_table_unref(passwords.names);
}

/* ---- commands ---- */

static gboolean stops_machine(const char *command)
{
    static GRegex *regex;
    static gsize is_made;
    /* The word must be at the start of a command in a line of shell; `shutdown -c` cancels. The
     * text may be long, so no part of the expression can match the same characters in several ways.
     */
    if (g_once_init_enter(&is_made)) {
        regex = g_regex_new("(^|[;&|\\n(]|\\bthen\\b|\\bdo\\b|\\bsudo\\b|\\bexec\\b)[ \\t]*+"
                            "(/usr)?(/s?bin/)?("
                            "(shutdown(?![ \\t]++-c)|poweroff|reboot|halt)(\\s|[;&|)]|$)|"
                            "(init|telinit)[ \\t]++[06]\\b|"
                            "systemctl[ \\t]++(-\\S++[ \\t]++){0,8}"
                            "(poweroff|reboot|halt|kexec)(\\s|[;&|)]|$))",
                            G_REGEX_OPTIMIZE, 0, NULL);
        g_once_init_leave(&is_made, 1);
    }
    return g_regex_match(regex, command, 0, NULL);
}

/* An entry of runcmd or bootcmd, as one line. */
static char *command_line(const SbDatum *command)
{
    if (command->type == SB_DATUM_TEXT)
        return g_strdup(command->text);
    GString *line = g_string_new(NULL);
    for (guint i = 0; command->type == SB_DATUM_LIST && i < MIN(sb_datum_length(command), 64);
         i++) {
        const SbDatum *word = sb_datum_item(command, i);
        g_string_append_printf(line, "%s%s", i ? " " : "", word->text ? word->text : "");
    }
    return g_string_free(line, FALSE);
}

/* What really happens when LINE stops the machine. */
static const char *why_not_stop(gboolean is_bootcmd, const char *line)
{
    gboolean restarts = strstr(line, "reboot") || strstr(line, "kexec") || strstr(line, " -r") ||
                        strstr(line, "init 6");
    if (is_bootcmd)
        return restarts ? "bootcmd runs at each boot: without a condition, the machine reboots for "
                          "ever: use 'power_state', which waits for the end of cloud-init"
                        : "bootcmd runs at each boot, so that the machine stops in each boot: use "
                          "'power_state', which waits for the end of cloud-init";
    return restarts ? "the rest of runcmd never runs: cloud-init does not repeat runcmd after the "
                      "reboot, and says 'done' ('up' calls that a failure): use 'power_state', "
                      "which waits for the end of cloud-init"
                    : "the rest of runcmd never runs, also not at the next start, and cloud-init "
                      "never says that it is done: use 'power_state', which waits for its end";
}

static void check_command(const SbLintText *text, const SbDatum *command, const char *path)
{
    if (command->type == SB_DATUM_MAPPING && sb_datum_length(command) > 0) {
        const SbDatum *key = sb_datum_key(command, 0);
        sb_lint_add(text, SB_RULE_RUNCMD_MAP, command->mark, path,
                    "YAML made a mapping of this command, because '%.60s' is followed by ': ': "
                    "put the whole line into quotes, or write it below '- |'",
                    key->text ? key->text : "");
        return;
    }
    g_autofree char *line = command_line(command);
    if (stops_machine(line))
        sb_lint_add(text, SB_RULE_POWEROFF, command->mark, path, "%s",
                    why_not_stop(g_str_has_prefix(path, "bootcmd"), line));
}

static void check_commands(const SbLintText *text, const SbDatum *root, const char *key)
{
    const SbDatum *commands = sb_datum_get(root, key);
    for (guint i = 0; commands && commands->type == SB_DATUM_LIST && i < sb_datum_length(commands);
         i++) {
        g_autofree char *path = g_strdup_printf("%s[%u]", key, i);
        check_command(text, sb_datum_item(commands, i), path);
    }
}

/* ---- files and packages ---- */

static gboolean is_octal(const char *text)
{
    return *text && strspn(text, "01234567") == strlen(text);
}

/* What to write instead of PERMISSIONS, which is a number. (transfer full) */
static char *permissions_advice(const SbDatum *permissions)
{
    const char *text = permissions->text;
    double number = permissions->number;
    if (number < 0 || number > 07777)
        return g_strdup_printf("%.40s is a number outside of the permissions 0000 to 07777: write "
                               "them in quotes, such as \"0644\"",
                               text);
    if (*text == '0' && is_octal(text))
        return g_strdup_printf("YAML reads %s as the number %.0f: write \"%s\", in quotes", text,
                               number, text);
    /* Digits such as those of 644 are often meant as octal ones, but are not. */
    if (is_octal(text))
        return g_strdup_printf("without quotes, %s is a decimal number, which is 0%o as octal "
                               "permissions: write \"0%s\" if that is meant, or \"0%o\", in quotes",
                               text, (guint)number, text, (guint)number);
    return g_strdup_printf("without quotes, %s is a number, which is 0%o as octal permissions: "
                           "write \"0%o\", in quotes",
                           text, (guint)number, (guint)number);
}

/* As cloud-init reads text with Python's int(text, 8). */
static gboolean is_octal_text(const char *text)
{
    g_autofree char *plain = g_strstrip(g_strdup(text));
    return is_octal(plain + (g_ascii_strncasecmp(plain, "0o", 2) == 0 ? 2 : 0));
}

static void check_permissions(const SbLintText *text, const SbDatum *root)
{
    const SbDatum *files = sb_datum_get(root, "write_files");
    for (guint i = 0; files && files->type == SB_DATUM_LIST && i < sb_datum_length(files); i++) {
        const SbDatum *permissions = sb_datum_get(sb_datum_item(files, i), "permissions");
        g_autofree char *path = g_strdup_printf("write_files[%u].permissions", i);
        g_autofree char *advice = permissions && permissions->type == SB_DATUM_INTEGER
                                      ? permissions_advice(permissions)
                                      : NULL;
        if (advice)
            sb_lint_add(text, SB_RULE_OCTAL, permissions->mark, path, "%s", advice);
        else if (permissions && permissions->type == SB_DATUM_TEXT &&
                 !is_octal_text(permissions->text))
            sb_lint_add(text, SB_RULE_OCTAL, permissions->mark, path,
                        "'%.40s' is not an octal number, so that cloud-init uses 0644 instead: "
                        "write a number such as \"0755\"",
                        permissions->text);
    }
}

static void check_offline(const SbLintText *text, const SbDatum *root)
{
    static const char *const lists[] = {"packages",    "snap",       "ssh_import_id",
                                        "ansible",     "chef",       "puppet",
                                        "salt_minion", "ubuntu_pro", "phone_home"};
    static const char *const flags[] = {"package_update", "package_upgrade", "apt_update",
                                        "apt_upgrade"};
    if (!text->linter->is_offline)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(lists) + G_N_ELEMENTS(flags); i++) {
        gboolean is_list = i < G_N_ELEMENTS(lists);
        const char *name = is_list ? lists[i] : flags[i - G_N_ELEMENTS(lists)];
        const SbDatum *key = sb_datum_get_key(root, name);
        if (key && (is_list || is_on(sb_datum_get(root, name))))
            sb_lint_add(text, SB_RULE_OFFLINE, key->mark, NULL,
                        "'%s' needs a network, and this machine has no way out of its own "
                        "('network: isolated')",
                        name);
    }
}

void sb_lint_traps(const SbLintText *text, const SbDatum *root)
{
    check_accounts(text, root);
    check_commands(text, root, "runcmd");
    check_commands(text, root, "bootcmd");
    check_permissions(text, root);
    check_offline(text, root);
}
