/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh-options.h"

#include "base/error.h"

#include <string.h>

/* The letters of ssh(1) of OpenSSH 9. */
static const char with_value[] = "BbcDEeFIiJLlmOoPpQRSWw";
static const char without_value[] = "1246AaCfGgKkMNnqsTtVvXxYy";

/* Those that do the same over a connection that another ssh keeps. It has one account, and, as it
 * began without them, neither an agent nor a display for others. */
static const char shareable[] = "1246aCEeGMnOQqSsTtVvx";

/* The keywords of ssh_config(5) that decide which host key is the right one. */
static const char *const pinning[] = {"StrictHostKeyChecking", "UserKnownHostsFile",
                                      "GlobalKnownHostsFile",  "HostKeyAlias",
                                      "KnownHostsCommand",     "NoHostAuthenticationForLocalhost",
                                      "VerifyHostKeyDNS",      "UpdateHostKeys"};

gboolean sb_ssh_option_has_value(char letter)
{
    return letter && strchr(with_value, letter);
}

/* The caller's option that WORD is, or begins with. (nullable) */
static const GOptionEntry *find_own(const GOptionEntry *own, const char *word)
{
    gboolean is_long = g_str_has_prefix(word, "--");
    gsize length = strcspn(word + 2, "=");
    for (; own->long_name; own++)
        if (is_long
                ? strlen(own->long_name) == length && strncmp(own->long_name, word + 2, length) == 0
                : own->short_name == word[1])
            return own;
    return NULL;
}

/* Whether the next word is the value of OPTION, which WORD is. */
static gboolean is_own_value_next(const GOptionEntry *option, const char *word)
{
    gboolean has_value =
        option->arg != G_OPTION_ARG_NONE && !(option->flags & G_OPTION_FLAG_NO_ARG);
    return has_value && (word[1] == '-' ? !strchr(word, '=') : !word[2]);
}

/* SETTING is the value of -o: ssh takes blanks, quotes and '=' around the keyword. */
static gboolean check_setting(const char *setting, GError **error)
{
    const char *keyword = setting + strspn(setting, " \t\r\n\f\"=");
    gsize length = strspn(keyword, G_CSET_a_2_z G_CSET_A_2_Z);
    for (gsize i = 0; i < G_N_ELEMENTS(pinning); i++)
        if (strlen(pinning[i]) == length && g_ascii_strncasecmp(keyword, pinning[i], length) == 0)
            return sb_error_set(error, SB_SSH_ERROR, SB_SSH_ERROR_OPTION,
                                "-o %s: the host key of each machine is pinned, and the connection "
                                "cannot be made without that check",
                                pinning[i]);
    return TRUE;
}

/* Checks WORD, such as "-tvp". *IS_VALUE_NEXT_OUT is whether its last letter wants the NEXT word
 * (nullable) as its value, *IS_SHAREABLE becomes FALSE if one letter needs its own connection. */
static gboolean check_word(const char *word, const char *next, gboolean *is_value_next_out,
                           gboolean *is_shareable, GError **error)
{
    *is_value_next_out = FALSE;
    for (const char *letter = word + 1; *letter; letter++) {
        *is_shareable &= strchr(shareable, *letter) != NULL;
        if (strchr(without_value, *letter))
            continue;
        if (!sb_ssh_option_has_value(*letter))
            return sb_error_set(error, SB_SSH_ERROR, SB_SSH_ERROR_OPTION, "Unknown option -%c",
                                g_ascii_isgraph(*letter) ? *letter : '?');
        const char *value = letter[1] ? letter + 1 : next;
        if (!value)
            return sb_error_set(error, SB_SSH_ERROR, SB_SSH_ERROR_OPTION,
                                "Missing argument for -%c", *letter);
        *is_value_next_out = value == next;
        if (*letter == 'F')
            return sb_error_set(error, SB_SSH_ERROR, SB_SSH_ERROR_OPTION,
                                "-F: seedbed gives ssh the configuration of the machine; 'seedbed "
                                "ssh-config' prints it, for a file of your own");
        return *letter != 'o' || check_setting(value, error);
    }
    return TRUE;
}

GPtrArray *sb_ssh_options_take(int *argc, char **argv, const GOptionEntry *own, GError **error)
{
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    gboolean is_shareable = TRUE;
    int kept = 1, i = 1;
    while (i < *argc && argv[i][0] == '-' && argv[i][1] && strcmp(argv[i], "--") != 0) {
        const GOptionEntry *mine = find_own(own, argv[i]);
        gboolean is_own = mine || argv[i][1] == '-', is_value_next = FALSE;
        if (mine)
            is_value_next = is_own_value_next(mine, argv[i]);
        else if (!is_own && !check_word(argv[i], argv[i + 1], &is_value_next, &is_shareable, error))
            return NULL;
        for (int last = MIN(i + is_value_next, *argc - 1); i <= last; i++) {
            if (is_own)
                argv[kept++] = argv[i];
            else
                g_ptr_array_add(taken, argv[i]);
        }
    }
    if (!is_shareable) {
        /* ssh takes the first value that it gets: a -S of the user counts. */
        g_ptr_array_add(taken, (gpointer) "-o");
        g_ptr_array_add(taken, (gpointer) "ControlPath=none");
    }
    memmove(argv + kept, argv + i, (gsize)(*argc - i + 1) * sizeof *argv);
    *argc -= i - kept;
    return g_steal_pointer(&taken);
}
