/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ssh's words tell of the port. The words are those of OpenSSH 9.2. */
#include "guest/ssh-port.h"

static void test_words(void)
{
    static const struct {
        const char *words;
        SbSshPortState state;
    } rows[] = {
        {"ssh: connect to host 10.84.52.10 port 22: No route to host", SB_SSH_PORT_SILENT},
        {"ssh: connect to host 10.84.52.10 port 22: Connection timed out", SB_SSH_PORT_SILENT},
        {"ssh: connect to host 10.84.52.10 port 22: Network is unreachable", SB_SSH_PORT_SILENT},
        {"ssh: connect to host 10.84.52.10 port 22: Connection refused", SB_SSH_PORT_REFUSED},
        {"Connection timed out during banner exchange", SB_SSH_PORT_CLOSED},
        {"kex_exchange_identification: Connection closed by remote host", SB_SSH_PORT_CLOSED},
        {"debian@10.84.52.10: Permission denied (publickey).", SB_SSH_PORT_READY},
        {"Connection reset by 10.84.52.10 port 22", SB_SSH_PORT_READY},
        {"", SB_SSH_PORT_READY},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].words);
        g_assert_cmpint(sb_ssh_port_of_words(rows[i].words), ==, rows[i].state);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ssh-port/words", test_words);
    return g_test_run();
}
