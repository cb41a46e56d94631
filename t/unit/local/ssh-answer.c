/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh.h"

#include "test.h"

#include <string.h>

/* Takes the answer of SCRIPT, as if ssh had run it. */
static gboolean take(const char *script, guint seconds, GBytes **output_out, GBytes **words_out)
{
    enum { MOST_BYTES = 100000 };
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL,
                         "sh", "-c", script, NULL);
    g_assert_nonnull(process);
    return sb_ssh_take_answer(process, MOST_BYTES, seconds, output_out, words_out);
}

static void assert_text(GBytes *bytes, const char *expected)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_assert_cmpmem(text, length, expected, strlen(expected));
}

static void test_answer(void)
{
    g_autoptr(GBytes) output = NULL, words = NULL;
    g_assert_true(take("echo one; echo two >&2; echo three", 60, &output, &words));
    assert_text(output, "one\nthree\n");
    assert_text(words, "two\n");
}

static void test_failure(void)
{
    g_autoptr(GBytes) output = NULL, words = NULL;
    g_assert_false(take("echo one; echo two >&2; exit 3", 60, &output, &words));
    assert_text(words, "two\n");
}

/* What never ends is ended, on either output; the other end cannot make it wait. */
static void test_flood(void)
{
    g_autoptr(GBytes) output = NULL, words = NULL, output_2 = NULL, words_2 = NULL;
    g_assert_false(take("echo two >&2; exec cat /dev/zero", 60, &output, &words));
    g_assert_cmpuint(g_bytes_get_size(output), ==, 100000);
    assert_text(words, "two\n");
    g_assert_false(take("exec cat /dev/zero >&2", 60, &output_2, &words_2));
    g_assert_cmpuint(g_bytes_get_size(words_2), ==, 100000);
}

static void test_late(void)
{
    g_autoptr(GBytes) output = NULL, words = NULL;
    g_assert_false(take("echo one; exec sleep 600", 3, &output, &words));
    assert_text(output, "one\n");
}

static void expect_message(const char *words, SbSshError code, const char *part)
{
    g_autoptr(GError) error = NULL;
    sb_ssh_set_error(&error, "m", words);
    g_assert_error(error, SB_SSH_ERROR, (int)code);
    if (!strstr(error->message, part))
        g_error("'%s' is not in '%s'", part, error->message);
}

static void test_messages(void)
{
    expect_message("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nThe fingerprint for the "
                   "ED25519 key sent by the remote host is\n"
                   "SHA256:+UYEuy6GoLq5zhhZV9hAuAxctztTEEt/lnSspvWW2hs.\nHost key verification "
                   "failed.\n",
                   SB_SSH_ERROR_HOST_KEY,
                   "; its key: SHA256:+UYEuy6GoLq5zhhZV9hAuAxctztTEEt/lnSspvWW2hs");
    expect_message(
        "Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their "
        "offer: ssh-rsa,ssh-dss\n",
        SB_SSH_ERROR_HOST_KEY, "; its key: ssh-rsa,ssh-dss");
    expect_message("ssh: connect to host 127.0.0.1 port 40001: Connection refused\n",
                   SB_SSH_ERROR_BROKEN, "makes the forward again");
    expect_message(
        "kex_exchange_identification: read: Connection reset by peer\nConnection reset by "
        "127.0.0.1 port 40001\n",
        SB_SSH_ERROR_BROKEN, "why nothing in the guest answers");
    expect_message("ssh: connect to host 10.0.0.1 port 22: Connection refused\n",
                   SB_SSH_ERROR_BROKEN, "port 22: Connection refused");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/ssh-answer/messages", test_messages);
    g_test_add_func("/ssh-answer/answer", test_answer);
    g_test_add_func("/ssh-answer/failure", test_failure);
    g_test_add_func("/ssh-answer/flood", test_flood);
    g_test_add_func("/ssh-answer/late", test_late);
    return g_test_run();
}
