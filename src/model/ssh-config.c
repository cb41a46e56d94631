#include "model/ssh-config.h"

#include <string.h>
#include <sys/un.h>

/* ssh makes the socket under a temporary name first: a dot and 16 characters more. */
enum { CONTROL_PATH_RESERVE = 18 };

char *sb_ssh_control_path(const char *directory, const char *name)
{
    char *path = g_strdup_printf("%s/%s.sock", directory, name);
    if (strlen(path) + CONTROL_PATH_RESERVE < sizeof(((struct sockaddr_un *)NULL)->sun_path))
        return path;
    g_free(path);
    return NULL;
}

/* ssh_config(5): a value with spaces is put in double quotes; and `%` starts a token. */
static void append_path(GString *config, const char *keyword, const char *directory,
                        const char *file)
{
    g_autofree char *path = g_build_filename(directory, file, NULL);
    g_auto(GStrv) pieces = g_strsplit(path, "%", -1);
    g_autofree char *escaped = g_strjoinv("%%", pieces);
    g_string_append_printf(config, "  %s \"%s\"\n", keyword, escaped);
}

static void append_target(GString *config, const SbSshSettings *settings, const SbSshTarget *target)
{
    g_string_append_printf(config, "Host %s\n", target->name);
    g_string_append_printf(config, "  HostName %s\n  Port %u\n  User %s\n", target->address,
                           target->port, target->login);
    /* The key is known under the machine's name, whatever address it has today. */
    g_string_append_printf(config, "  HostKeyAlias %s\n", target->name);
    g_autofree char *control = sb_ssh_control_path(settings->directory, target->name);
    if (control)
        append_path(config, "ControlPath", settings->directory, strrchr(control, '/') + 1);
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
                            "  IdentitiesOnly yes\n"
                            "  IdentityAgent none\n"
                            "  PreferredAuthentications publickey\n"
                            "  BatchMode yes\n"
                            "  ForwardAgent no\n"
                            "  ForwardX11 no\n"
                            "  ServerAliveInterval 15\n"
                            "  ServerAliveCountMax 8\n"
                            "  LogLevel ERROR\n");
    /* A new connection to an emulated guest takes seconds, one over a socket tenths of one. */
    g_string_append(config, "  ControlMaster auto\n"
                            "  ControlPersist 60\n");
    if (settings->proxy_jump)
        g_string_append_printf(config, "  ProxyJump %s\n", settings->proxy_jump);
    return g_string_free(config, FALSE);
}

char *sb_ssh_known_hosts(const GPtrArray *targets)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < targets->len; i++) {
        const SbSshTarget *target = g_ptr_array_index(targets, i);
        g_string_append_printf(text, "%s %s\n", target->name, target->host_key);
    }
    return g_string_free(text, FALSE);
}
