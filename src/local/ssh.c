/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_ssh_error, SB_ERROR(SB_SSH_ERROR_OPTION))

char **sb_ssh_command(const char *config_path, const char *machine, const char *const *options,
                      const char *command)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, g_strdup("ssh"));
    g_ptr_array_add(argv, g_strdup("-F"));
    g_ptr_array_add(argv, g_strdup(config_path));
    for (gsize i = 0; options && options[i]; i++)
        g_ptr_array_add(argv, g_strdup(options[i]));
    g_ptr_array_add(argv, g_strdup("--"));
    g_ptr_array_add(argv, g_strdup(machine));
    if (command)
        g_ptr_array_add(argv, g_strdup(command));
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&argv), FALSE);
}

GSubprocess *sb_ssh_spawn(const char *config_path, const char *machine, const char *const *options,
                          const char *command, GSubprocessFlags flags, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_ptr_array_add(all, (gpointer) "-oIdentityAgent=none");
    for (gsize i = 0; options && options[i]; i++)
        g_ptr_array_add(all, (gpointer)options[i]);
    g_ptr_array_add(all, NULL);
    g_auto(GStrv) argv =
        sb_ssh_command(config_path, machine, (const char *const *)all->pdata, command);
    g_autoptr(GError) cause = NULL;
    GSubprocess *process = g_subprocess_newv((const char *const *)argv, flags, &cause);
    if (!process)
        g_set_error(error, SB_SSH_ERROR, SB_SSH_ERROR_SPAWN,
                    "cannot start ssh (install 'openssh-client'): %s", cause->message);
    return process;
}

/* Takes what can be read from FD. FALSE: that was the end, or more than MAX_BYTES. */
static gboolean take_bytes(int fd, GByteArray *taken, gsize max_bytes)
{
    guint8 block[16 * 1024];
    gssize got = read(fd, block, sizeof block);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    g_byte_array_append(taken, block, (guint)MIN((gsize)got, max_bytes - taken->len));
    return got > 0 && taken->len < max_bytes;
}

gboolean sb_ssh_take_answer(GSubprocess *ssh, gsize max_bytes, guint seconds, GBytes **output_out,
                            GBytes **words_out)
{
    GInputStream *const streams[] = {g_subprocess_get_stdout_pipe(ssh),
                                     g_subprocess_get_stderr_pipe(ssh)};
    GByteArray *const taken[] = {g_byte_array_new(), g_byte_array_new()};
    GPollFD pipes[G_N_ELEMENTS(streams)];
    for (gsize i = 0; i < G_N_ELEMENTS(pipes); i++)
        pipes[i] = (GPollFD){g_unix_input_stream_get_fd(G_UNIX_INPUT_STREAM(streams[i])),
                             G_IO_IN | G_IO_HUP | G_IO_ERR, 0};
    gint64 until_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
    gboolean is_whole = TRUE;
    while (is_whole && (pipes[0].fd >= 0 || pipes[1].fd >= 0)) {
        gint64 left_ms = (until_us - g_get_monotonic_time()) / 1000;
        is_whole = left_ms > 0;
        if (!is_whole || g_poll(pipes, G_N_ELEMENTS(pipes), (gint)left_ms) <= 0)
            continue;
        for (gsize i = 0; i < G_N_ELEMENTS(pipes); i++)
            if (pipes[i].revents && !take_bytes(pipes[i].fd, taken[i], max_bytes)) {
                pipes[i].fd = -1; /* g_poll() skips it */
                pipes[i].revents = 0;
                is_whole = is_whole && taken[i]->len < max_bytes;
            }
    }
    if (!is_whole)
        g_subprocess_force_exit(ssh);
    g_subprocess_wait(ssh, NULL, NULL);
    *output_out = g_byte_array_free_to_bytes(taken[0]);
    *words_out = g_byte_array_free_to_bytes(taken[1]);
    return is_whole && g_subprocess_get_successful(ssh);
}

gboolean sb_ssh_is_kept(const char *control_path)
{
    g_autoptr(GSocketAddress) address =
        control_path ? g_unix_socket_address_new(control_path) : NULL;
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    return address && socket && g_socket_connect(socket, address, NULL, NULL);
}

/* The texts of OpenSSH's sshconnect.c, sshconnect2.c, packet.c and clientloop.c, which it has kept
 * for decades. */
static SbSshError classify(const char *stderr_text)
{
    gboolean is_denied = strstr(stderr_text, "Permission denied") != NULL;
    gboolean is_other_key = strstr(stderr_text, "Host key verification failed") ||
                            strstr(stderr_text, "REMOTE HOST IDENTIFICATION HAS CHANGED") ||
                            strstr(stderr_text, "no matching host key type");
    /* The machine never spoke: it was the ProxyCommand's ssh that complained before. */
    if (strstr(stderr_text, "kex_exchange_identification"))
        return is_denied || is_other_key ? SB_SSH_ERROR_PROXY : SB_SSH_ERROR_BROKEN;
    return is_other_key ? SB_SSH_ERROR_HOST_KEY
           : is_denied  ? SB_SSH_ERROR_DENIED
                        : SB_SSH_ERROR_BROKEN;
}

/* A machine with user networking is at a loopback address, which is not its own. */
static const char *about_forward(const char *stderr_text)
{
    if (!strstr(stderr_text, " 127.0.0.1 port "))
        return "";
    return strstr(stderr_text, "Connection refused")
               ? "; QEMU does not forward that port of this host to the guest any more: 'seedbed "
                 "status' makes the forward again"
               : "; QEMU takes connections at that port of this host for the guest: 'seedbed "
                 "status' "
                 "tells why nothing in the guest answers";
}

void sb_ssh_set_error(GError **error, const char *machine, const char *stderr_text)
{
    SbSshError code = classify(stderr_text);
    if (code == SB_SSH_ERROR_HOST_KEY) {
        /* ssh names the key, or the kinds of keys, that it was offered. */
        g_autoptr(GRegex) regex =
            g_regex_new("SHA256:[A-Za-z0-9+/]{43}|(?<=Their offer: )[a-z0-9@.,-]+", 0, 0, NULL);
        g_autoptr(GMatchInfo) match = NULL;
        gboolean is_named = g_regex_match(regex, stderr_text, 0, &match);
        g_autofree char *offer = is_named ? g_match_info_fetch(match, 0) : NULL;
        g_set_error(error, SB_SSH_ERROR, code,
                    "'%s' shows another ssh host key than the one that was made for it: either "
                    "another machine answers at its address, or something in it replaced the key; "
                    "nothing was sent to it%s%s",
                    machine, offer ? "; its key: " : "", offer ? offer : "");
        return;
    }
    g_autofree char *clean = sb_text_sanitize(stderr_text, strlen(stderr_text));
    /* The last one is about the end of the ProxyCommand. */
    g_autofree char *last = sb_text_last_lines(clean, code == SB_SSH_ERROR_PROXY ? 3 : 2);
    g_set_error(error, SB_SSH_ERROR, code, "ssh to '%s' failed%s: %s%s", machine,
                code == SB_SSH_ERROR_PROXY ? " on the way there, at the libvirt host" : "",
                *last ? last : "it gave no reason (or the command itself exited with 255)",
                code == SB_SSH_ERROR_BROKEN ? about_forward(clean) : "");
}
