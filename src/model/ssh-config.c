/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/ssh-config.h"

#include "base/array.h"

#include <string.h>
#include <sys/un.h>

/* ssh first makes the socket under a temporary name, which is a dot and 16 characters longer. */
enum { CONTROL_PATH_RESERVE = 18 };

char *sb_ssh_control_path(const char *directory, const char *name)
{
    char *path = g_strdup_printf("%s/%s.sock", directory, name);
    if (strlen(path) + CONTROL_PATH_RESERVE < sizeof(((struct sockaddr_un *)NULL)->sun_path))
        return path;
    g_free(path);
    return NULL;
}

/* ssh_config(5): `%` starts a token. */
static char *escape_tokens(const char *text)
{
    g_auto(GStrv) pieces = g_strsplit(text, "%", -1);
    return g_strjoinv("%%", pieces);
}

/* A value with spaces is put in double quotes. */
static void append_path(GString *config, const char *keyword, const char *directory,
                        const char *file)
{
    g_autofree char *path = g_build_filename(directory, file, NULL);
    g_autofree char *escaped = escape_tokens(path);
    g_string_append_printf(config, "  %s \"%s\"\n", keyword, escaped);
}

static void append_target(GString *config, const SbSshSettings *settings, const SbSshTarget *target)
{
    g_string_append_printf(config, "Host %s\n", target->name);
    g_string_append_printf(config, "  HostName %s\n  Port %u\n  User %s\n", target->address,
                           target->port, target->login);
    /* The key is known under the machine's name: the address can change. */
    g_string_append_printf(config, "  HostKeyAlias %s\n", target->name);
    g_autofree char *control = sb_ssh_control_path(settings->directory, target->name);
    if (control) {
        /* A connection belongs to one account: root@NAME must not get that of another. */
        g_string_append_printf(config, "Match originalhost %s user %s\n", target->name,
                               target->login);
        append_path(config, "ControlPath", settings->directory, strrchr(control, '/') + 1);
    }
    g_string_append_c(config, '\n');
}

char *sb_ssh_config(const SbSshSettings *settings, const GPtrArray *targets)
{
    GString *config =
        g_string_new("# Written by seedbed. Use it with: ssh -F THIS_FILE MACHINE\n\n");
    for (guint i = 0; i < targets->len; i++)
        append_target(config, settings, g_ptr_array_index(targets, i));
    g_string_append(config, "Host");
    for (guint i = 0; i < targets->len; i++)
        g_string_append_printf(config, " %s",
                               ((const SbSshTarget *)g_ptr_array_index(targets, i))->name);
    if (targets->len == 0)
        g_string_append(config, " none");
    g_string_append_c(config, '\n');
    append_path(config, "IdentityFile", settings->directory, SB_SSH_IDENTITY_FILE);
    append_path(config, "UserKnownHostsFile", settings->directory, SB_SSH_KNOWN_HOSTS_FILE);
    g_string_append(config, "  GlobalKnownHostsFile /dev/null\n"
                            "  StrictHostKeyChecking yes\n"
                            "  HostKeyAlgorithms ssh-ed25519\n"
                            "  UpdateHostKeys no\n"
                            "  CheckHostIP no\n"
                            /* The agent can be forwarded with -A, but its keys are not offered. */
                            "  IdentitiesOnly yes\n"
                            "  PreferredAuthentications publickey\n"
                            "  BatchMode yes\n"
                            "  ForwardAgent no\n"
                            "  ForwardX11 no\n"
                            /* As long as the keepalives wait for a guest that is busy */
                            "  ConnectTimeout 120\n"
                            "  ServerAliveInterval 15\n"
                            "  ServerAliveCountMax 8\n"
                            "  LogLevel ERROR\n");
    /* A new connection to an emulated guest takes seconds; over a socket it takes tenths of a
     * second. */
    g_string_append(config, "  ControlMaster auto\n"
                            "  ControlPersist 60\n");
    if (settings->proxy_command)
        g_string_append_printf(config, "  ProxyCommand %s\n", settings->proxy_command);
    return g_string_free(config, FALSE);
}

char *sb_ssh_known_hosts(const GPtrArray *targets)
{
    GString *text = g_string_new(NULL);
    SB_EACH(const SbSshTarget, target, targets)
        g_string_append_printf(text, "%s %s\n", target->name, target->host_key);
    return g_string_free(text, FALSE);
}

/* ---- the way to another host ---- */

static gboolean is_over_ssh(const char *scheme)
{
    return g_str_has_suffix(scheme, "+ssh") || g_str_has_suffix(scheme, "+libssh") ||
           g_str_has_suffix(scheme, "+libssh2");
}

/* Appends OPTION and VALUE, quoted for the shell that ssh runs the command with. */
static void append_word(GString *command, const char *option, const char *value)
{
    g_autofree char *quoted = g_shell_quote(value);
    g_autofree char *escaped = escape_tokens(quoted);
    g_string_append_printf(command, " %s%s", option, escaped);
}

/* The parameters of libvirt's ssh transports that say how to log in. no_verify is not one of
 * them: seedbed never runs ssh without checking the host key. */
static void append_parameters(GString *command, GHashTable *parameters)
{
    static const struct {
        const char *name;
        const char *option;
        gboolean is_switch;
    } known[] = {
        {"keyfile", "-i ", FALSE},
        {"known_hosts", "-o UserKnownHostsFile=", FALSE},
        {"no_tty", "-o BatchMode=yes", TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        const char *value = g_hash_table_lookup(parameters, known[i].name);
        if (value && !known[i].is_switch)
            append_word(command, known[i].option, value);
        else if (value && strcmp(value, "0") != 0)
            g_string_append_printf(command, " %s", known[i].option);
    }
}

char *sb_ssh_proxy_command(const char *uri)
{
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_ENCODED_QUERY, NULL);
    const char *server = parsed ? g_uri_get_host(parsed) : NULL;
    if (!server || !*server || !is_over_ssh(g_uri_get_scheme(parsed)))
        return NULL;
    const char *query = g_uri_get_query(parsed);
    g_autoptr(GHashTable) parameters =
        g_uri_parse_params(query ? query : "", -1, "&;", G_URI_PARAMS_NONE, NULL);
    const char *program = parameters ? g_hash_table_lookup(parameters, "command") : NULL;
    GString *command = g_string_new(NULL);
    append_word(command, "", program ? program : "ssh");
    if (g_uri_get_userinfo(parsed))
        append_word(command, "-l ", g_uri_get_userinfo(parsed));
    if (g_uri_get_port(parsed) > 0)
        g_string_append_printf(command, " -p %d", g_uri_get_port(parsed));
    if (parameters)
        append_parameters(command, parameters);
    g_string_append(command, " -W %h:%p --");
    append_word(command, "", server);
    return g_strchug(g_string_free(command, FALSE));
}
