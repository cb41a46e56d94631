/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/results-channel.h"

#include "base/error.h"
#include "guest/guest-question.h"
#include "libvirt/channel.h"
#include "model/channel-names.h"

enum {
    RETRY_MS = 500,
    SETTLE_MS = 5000, /**< for bytes that are on their way through libvirtd: up to 1 MB */
};

/* Only root can read these files. */
const char sb_results_channel_count_script[] =
    "if [ \"$(id -u)\" = 0 ]; then sudo=; else sudo='sudo -n'; fi; "
    "$sudo sh -c 'sed -n \"/^name: seedbed.results\\$/,/^bytes_sent/s/^bytes_sent: //p\" "
    "/sys/kernel/debug/virtio-ports/*' 2>/dev/null";

struct SbResultsChannel {
    const SbMachineWatch *watch;
    const SbAccess *access;
    char *machine;
    SbResultsChannelCallbacks callbacks;
    gpointer data;
    SbChannel *channel; /**< NULL while nothing can be read */
    GError *closed;     /**< (nullable) why it could not be opened the last time */
    gboolean has_gaps;
    guint retry; /**< a source */
    guint64 received;
    gboolean
        is_counted; /**< the guest's kernel counts; at the begin of the command it had counted: */
    guint64 sent_before;
    char *boot_id; /**< (nullable) of that count */
    SbGuestQuestion *question;
    guint64 expected; /**< the bytes that should have come, by the answer */
    guint settle;     /**< a source */
    char *loss;       /**< (nullable) what is certainly lost */
    SbResultsChannelCheckedFunc checked;
};

static gboolean on_retry(gpointer data);

static void retry(SbResultsChannel *channel)
{
    if (!channel->retry)
        channel->retry = g_timeout_add(RETRY_MS, on_retry, channel);
}

static void on_bytes(const char *bytes, gsize length, gpointer data)
{
    SbResultsChannel *channel = data;
    channel->received += length;
    if (length > 0)
        channel->callbacks.bytes(bytes, length, channel->data);
    else
        retry(channel); /* Not here: libvirt is in a call about the stream that ended. */
}

static gboolean open_channel(SbResultsChannel *channel)
{
    virDomain *domain = sb_machine_watch_domain(channel->watch, channel->machine);
    g_clear_error(&channel->closed);
    if (domain)
        channel->channel =
            sb_channel_open(domain, SB_RESULTS_CHANNEL, on_bytes, channel, &channel->closed);
    return channel->channel != NULL;
}

static gboolean on_retry(gpointer data)
{
    SbResultsChannel *channel = data;
    sb_results_channel_lose(channel);
    if (!open_channel(channel))
        return G_SOURCE_CONTINUE;
    channel->retry = 0;
    sb_results_channel_look_for_loss(channel);
    return G_SOURCE_REMOVE;
}

/* A connection that has just broken looks alive until the main loop has seen its end. */
static gboolean is_away(const SbResultsChannel *channel)
{
    virDomain *domain = sb_machine_watch_domain(channel->watch, channel->machine);
    return !domain || !sb_domain_is_connected(domain);
}

SbResultsChannel *sb_results_channel_new(const SbMachineWatch *watch, const SbAccess *access,
                                         const char *machine,
                                         const SbResultsChannelCallbacks *callbacks, gpointer data,
                                         GError **error)
{
    g_autoptr(SbResultsChannel) channel = g_new0(SbResultsChannel, 1);
    channel->watch = watch;
    channel->access = access;
    channel->machine = g_strdup(machine);
    channel->callbacks = *callbacks;
    channel->data = data;
    if (open_channel(channel))
        return g_steal_pointer(&channel);
    if (!is_away(channel))
        return sb_error_pass_null(error, &channel->closed);
    channel->has_gaps = TRUE;
    retry(channel);
    return g_steal_pointer(&channel);
}

void sb_results_channel_free(SbResultsChannel *channel)
{
    if (!channel)
        return;
    g_clear_handle_id(&channel->retry, g_source_remove);
    g_clear_pointer(&channel->channel, sb_channel_free);
    g_clear_handle_id(&channel->settle, g_source_remove);
    g_clear_pointer(&channel->question, sb_guest_question_free);
    g_clear_error(&channel->closed);
    g_free(channel->loss);
    g_free(channel->boot_id);
    g_free(channel->machine);
    g_free(channel);
}

void sb_results_channel_begin(SbResultsChannel *channel, const char *boot_id, const char *count)
{
    channel->is_counted =
        g_ascii_string_to_unsigned(count, 10, 0, G_MAXUINT64, &channel->sent_before, NULL);
    channel->boot_id = g_strdup(boot_id);
}

void sb_results_channel_lose(SbResultsChannel *channel)
{
    if (!channel->channel)
        return;
    g_clear_pointer(&channel->channel, sb_channel_free);
    channel->has_gaps = TRUE;
    retry(channel);
}

const char *sb_results_channel_loss(const SbResultsChannel *channel)
{
    return channel->loss;
}

/* ---- whether all has come ---- */

static void end_check(SbResultsChannel *channel, const char *doubt)
{
    g_clear_pointer(&channel->question, sb_guest_question_free);
    if (!channel->checked && channel->loss)
        channel->callbacks.lost(channel->data);
    else if (channel->checked)
        channel->checked(channel->loss ? channel->loss : doubt, channel->data);
}

/* Bytes that were on their way when the guest was asked have had time to come. */
static gboolean on_settled(gpointer data)
{
    SbResultsChannel *channel = data;
    channel->settle = 0;
    if (channel->received < channel->expected)
        channel->loss = g_strdup_printf("some are lost: of %" G_GUINT64_FORMAT
                                        " bytes that were written, %" G_GUINT64_FORMAT " came",
                                        channel->expected, channel->received);
    end_check(channel, channel->received == channel->expected
                           ? NULL
                           : "whether some are lost is not known: the guest is still writing");
    return G_SOURCE_REMOVE;
}

static void on_answer(const char *text, const char *boot_id, const GError *failure, gpointer data)
{
    SbResultsChannel *channel = data;
    guint64 sent;
    const char *doubt = NULL;
    if (failure)
        doubt = "whether some are lost is not known: the guest does not answer";
    else if (!channel->is_counted || !text ||
             !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &sent, NULL))
        doubt = "whether some are lost is not known: the guest's kernel does not say in "
                "/sys/kernel/debug/virtio-ports how much was written";
    else if (g_strcmp0(boot_id, channel->boot_id) != 0)
        doubt = "whether some are lost is not known: the guest rebooted, too";
    if (doubt) {
        end_check(channel, doubt);
        return;
    }
    channel->expected = sent - channel->sent_before;
    guint wait_ms = channel->received == channel->expected ? 0 : SETTLE_MS;
    channel->settle = g_timeout_add(wait_ms, on_settled, channel);
}

static void check(SbResultsChannel *channel)
{
    g_clear_handle_id(&channel->settle, g_source_remove);
    channel->settle = 0;
    g_clear_pointer(&channel->question, sb_guest_question_free);
    channel->question =
        sb_guest_question_ask(channel->access, channel->machine, sb_results_channel_count_script,
                              NULL, on_answer, channel);
}

void sb_results_channel_look_for_loss(SbResultsChannel *channel)
{
    if (channel->has_gaps && channel->boot_id && !channel->loss)
        check(channel);
}

void sb_results_channel_check(SbResultsChannel *channel, SbResultsChannelCheckedFunc checked)
{
    channel->checked = checked;
    check(channel);
}

/* ---- the suite ---- */

void sb_results_channel_tell(SbSuite *suite, const char *loss)
{
    g_autofree char *text =
        g_strdup_printf("the connection to libvirtd broke while the results came; %s",
                        loss ? loss : "none are lost");
    if (loss)
        sb_suite_break(suite, text);
    else
        sb_suite_add_note(suite, text);
}

gboolean sb_results_channel_is_in_doubt(const SbResultsChannel *channel, SbSuite *suite)
{
    if (!channel->has_gaps || suite->broken)
        return FALSE;
    gboolean is_whole = suite->verdict != SB_TAP_VERDICT_UNTRUSTED;
    g_autofree char *unread = channel->closed ? g_strdup_printf("they could not be read again: %s",
                                                                channel->closed->message)
                                              : NULL;
    if (channel->loss)
        sb_results_channel_tell(suite, channel->loss);
    else if (!is_whole)
        sb_results_channel_tell(suite, unread ? unread : "they are not whole, as some may be lost");
    return !channel->loss && is_whole;
}
