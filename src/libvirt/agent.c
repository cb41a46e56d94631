/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/agent.h"

#include "base/error.h"
#include "base/json-members.h"
#include "base/json.h"
#include "base/retry.h"

#include <libvirt/libvirt-qemu.h>
#include <string.h>

SB_DEFINE_ERROR(sb_agent_error, SB_ERRORS_NONE)

/* The agent itself sends at most 16 MiB of output, in base64. */
enum { ANSWER_SECONDS = 5, POLLS_PER_SECOND = 4, ANSWER_BYTES = 32 * 1024 * 1024 };

/* The reply to the command COMMAND with ARGUMENTS, which ends here. Its member "return" is an
 * object. (transfer full) */
static JsonNode *ask(virDomain *domain, const char *command, JsonBuilder *arguments, GError **error)
{
    g_autoptr(JsonBuilder) owned = arguments;
    g_autoptr(JsonNode) node = json_builder_get_root(arguments);
    g_autofree char *text = json_to_string(node, FALSE);
    g_autofree char *request =
        g_strdup_printf("{\"execute\": \"%s\", \"arguments\": %s}", command, text);
    g_autofree char *reply = virDomainQemuAgentCommand(domain, request, ANSWER_SECONDS, 0);
    if (!reply)
        return sb_libvirt_set_error_null(error, "the guest agent of '%s' does not answer",
                                         virDomainGetName(domain));
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) root = sb_json_load_object(reply, strlen(reply), ANSWER_BYTES, &cause);
    if (root && sb_json_object(json_node_get_object(root), "return"))
        return g_steal_pointer(&root);
    return sb_error_set_null(error, SB_AGENT_ERROR, SB_AGENT_ERROR_ANSWER,
                             "the guest agent of '%s' answers '%s' with nonsense%s%s",
                             virDomainGetName(domain), command, cause ? ": " : "",
                             cause ? cause->message : "");
}

/* The output goes to one stream, as in a terminal. */
static JsonNode *start(virDomain *domain, const char *script, GError **error)
{
    JsonBuilder *arguments = json_builder_new();
    g_autofree char *joined = g_strdup_printf("exec 2>&1; %s", script);
    json_builder_begin_object(arguments);
    sb_json_add_text(arguments, "path", "/bin/sh");
    sb_json_begin_array(arguments, "arg");
    json_builder_add_string_value(arguments, "-c");
    json_builder_add_string_value(arguments, joined);
    json_builder_end_array(arguments);
    sb_json_add_boolean(arguments, "capture-output", TRUE);
    json_builder_end_object(arguments);
    return ask(domain, "guest-exec", arguments, error);
}

static JsonNode *look(virDomain *domain, gint64 pid, GError **error)
{
    JsonBuilder *arguments = json_builder_new();
    json_builder_begin_object(arguments);
    sb_json_add_number(arguments, "pid", (guint64)pid);
    json_builder_end_object(arguments);
    return ask(domain, "guest-exec-status", arguments, error);
}

GBytes *sb_agent_run(virDomain *domain, const char *script, guint seconds, GError **error)
{
    g_autoptr(JsonNode) started = start(domain, script, error);
    if (!started)
        return NULL;
    JsonObject *answer = sb_json_object(json_node_get_object(started), "return");
    gint64 pid = json_object_get_int_member_with_default(answer, "pid", -1);
    SbRetry retry = {.tries = seconds * POLLS_PER_SECOND, .pause_ms = 1000 / POLLS_PER_SECOND};
    do {
        g_autoptr(JsonNode) node = look(domain, pid, error);
        if (!node)
            return NULL;
        JsonObject *status = sb_json_object(json_node_get_object(node), "return");
        if (!json_object_get_boolean_member_with_default(status, "exited", FALSE))
            continue;
        const char *encoded = sb_json_string(status, "out-data");
        gsize length = 0;
        guchar *data = encoded ? g_base64_decode(encoded, &length) : NULL;
        return g_bytes_new_take(data, length);
    } while (sb_retry_again(&retry));
    return sb_error_set_null(error, SB_AGENT_ERROR, SB_AGENT_ERROR_LATE,
                             "the guest agent of '%s' had not run the command in %u s",
                             virDomainGetName(domain), seconds);
}
