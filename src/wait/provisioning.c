/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The phases of a provisioning, and what leads from one to the next:
 *
 *   phase    at work                event                                next phase
 *   LOOKING  a look at the record   all steps are done, or not wanted    OVER
 *                                   some steps are not done              STEP
 *                                   no answer, or other steps            OVER, with a failure
 *   STEP     a command, or a copy   it succeeded, and was the last one   OVER
 *                                   it succeeded                         STEP: the next one
 *                                   it failed                            OVER, with a failure
 */
#include "wait/provisioning.h"

#include "base/capped-text.h"
#include "base/error.h"
#include "base/resources.h"
#include "base/text.h"
#include "fleet-file/file-reference.h"
#include "guest/copy-in.h"
#include "guest/guest-question.h"

enum {
    CONNECT_MS = 60 * 1000,
    HEAD_BYTES = 256,
    TAIL_BYTES = 8 * 1024,
    OUTPUT_LINES = 20, /**< of a step that failed */
};

static const char look_script[] = "cat /var/lib/cloud/instance/seedbed-provision 2>/dev/null || :";

SB_DEFINE_ERROR(sb_provisioning_error, SB_ERRORS_NONE)

struct SbProvisioning {
    const SbOperation *operation;
    const SbAccess *access;
    const SbDomain *domain;
    SbProvisionInput input;
    SbProvisionedFunc done;
    gpointer data;
    guint next;                /**< the index of the step */
    SbGuestQuestion *question; /**< (nullable) in LOOKING */
    SbGuestCommand *command;   /**< (nullable) in STEP, as the next ones */
    SbSourceFiles *files;
    SbCopyIn *copy;
    SbCappedText *output;
};

static void clear_step(SbProvisioning *provisioning)
{
    g_clear_pointer(&provisioning->question, sb_guest_question_free);
    g_clear_pointer(&provisioning->command, sb_guest_command_free);
    g_clear_pointer(&provisioning->copy, sb_copy_in_free);
    g_clear_pointer(&provisioning->files, sb_source_files_free);
    g_clear_pointer(&provisioning->output, sb_capped_text_free);
}

void sb_provisioning_free(SbProvisioning *provisioning)
{
    if (!provisioning)
        return;
    clear_step(provisioning);
    g_free(provisioning);
}

static void run_next(SbProvisioning *provisioning);

/* ---- the end of a step ---- */

static void fail(SbProvisioning *provisioning, const char *why, const char *output)
{
    g_autofree char *label = sb_provision_label(provisioning->input.steps, provisioning->next);
    g_autoptr(GError) failure = g_error_new(
        SB_PROVISIONING_ERROR, SB_PROVISIONING_ERROR_STEP,
        "%s %s%s%s\ntry: 'seedbed up --keep' lets the machine stay, and 'seedbed ssh %s' "
        "looks into it",
        label, why, *output ? ", and its output ends with:\n" : "", output,
        provisioning->domain->name);
    provisioning->done(failure, provisioning->data);
}

static void go_on(SbProvisioning *provisioning)
{
    clear_step(provisioning);
    provisioning->next++;
    run_next(provisioning);
}

static void on_copied(const GError *failure, gpointer data)
{
    if (failure)
        fail(data, failure->message, "");
    else
        go_on(data);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbProvisioning *provisioning = data;
    sb_capped_text_add(provisioning->output, bytes, length);
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbProvisioning *provisioning = data;
    if (!failure && status == 0) {
        go_on(provisioning);
        return;
    }
    GString *text = sb_capped_text_get(provisioning->output);
    g_autofree char *safe = sb_text_sanitize(text->str, text->len);
    g_autofree char *last = sb_text_last_lines(safe, OUTPUT_LINES);
    g_string_free(text, TRUE);
    g_autofree char *why = failure ? g_strdup_printf("failed: %s", failure->message)
                                   : g_strdup_printf("failed with exit status %d", status);
    fail(provisioning, why, last);
}

/* ---- a step ---- */

/* The script for root: it runs COMMAND as the step's account. */
static char *make_script(const SbProvisioning *provisioning, const SbProvisionStep *step,
                         const char *command)
{
    g_autoptr(GBytes) text = sb_resource("src/wait/provision-step.sh");
    g_autofree char *script = g_shell_quote(g_bytes_get_data(text, NULL));
    g_autofree char *digest = sb_provision_digest(provisioning->input.steps);
    g_autofree char *user =
        g_shell_quote(step->user ? step->user : provisioning->domain->metadata->login);
    g_autofree char *quoted = g_shell_quote(command);
    return g_strdup_printf("exec sh -c %s sh %s %u %u %s %s", script, digest,
                           provisioning->next + 1, provisioning->input.steps->len, user, quoted);
}

static void start_copy(SbProvisioning *provisioning, const SbFileCopy *copy, const char *script)
{
    g_autofree char *path = sb_file_reference_path(provisioning->input.fleet_file, copy->from);
    g_autoptr(GError) error = NULL;
    provisioning->files = sb_source_files(path, &error);
    if (!provisioning->files) {
        fail(provisioning, error->message, "");
        return;
    }
    const SbCopyInRequest request = {.files = provisioning->files,
                                     .from = copy->from,
                                     .to = copy->to,
                                     .script = script,
                                     .user = "root",
                                     .connect_ms = CONNECT_MS};
    provisioning->copy = sb_copy_in_start(provisioning->access, provisioning->domain->name,
                                          &request, on_copied, provisioning);
}

static void run_next(SbProvisioning *provisioning)
{
    static const SbGuestCommandCallbacks callbacks = {NULL, on_output, on_ended};
    if (provisioning->next == provisioning->input.steps->len) {
        provisioning->done(NULL, provisioning->data);
        return;
    }
    const SbProvisionStep *step = g_ptr_array_index(provisioning->input.steps, provisioning->next);
    g_autofree char *label = sb_provision_label(provisioning->input.steps, provisioning->next);
    const SbEvent event = {
        .kind = SB_EVENT_STEP, .machine = provisioning->domain->name, .text = label};
    sb_operation_tell(provisioning->operation, &event);
    g_autofree char *unpack = step->copy ? sb_copy_in_script(step->copy->to) : NULL;
    g_autofree char *script = make_script(provisioning, step, unpack ? unpack : step->run);
    if (step->copy) {
        start_copy(provisioning, step->copy, script);
        return;
    }
    const SbGuestCommandRequest request = {
        .script = script, .user = "root", .timeout_ms = step->timeout_ms, .connect_ms = CONNECT_MS};
    provisioning->output = sb_capped_text_new(HEAD_BYTES, TAIL_BYTES);
    provisioning->command = sb_guest_command_start(provisioning->access, provisioning->domain->name,
                                                   &request, &callbacks, provisioning);
}

/* ---- the record ---- */

static void on_answer(const char *text, const char *boot_id, const GError *failure, gpointer data)
{
    SbProvisioning *provisioning = data;
    g_autoptr(GError) error = NULL;
    if (!text) {
        g_set_error(&error, SB_PROVISIONING_ERROR, SB_PROVISIONING_ERROR_STEP,
                    "the record of its provisioning cannot be read%s%s", failure ? ": " : "",
                    failure ? failure->message : "");
    } else {
        switch (sb_provision_decide(provisioning->input.steps, text, provisioning->input.is_changed,
                                    &provisioning->next)) {
        case SB_PROVISION_GO_ON:
            clear_step(provisioning);
            run_next(provisioning);
            return;
        case SB_PROVISION_DONE:
            break;
        case SB_PROVISION_OTHER:
            g_set_error(&error, SB_PROVISIONING_ERROR, SB_PROVISIONING_ERROR_OTHER,
                        "other steps of 'provision' were begun in it and not finished: 'seedbed "
                        "down %s', then make it anew",
                        provisioning->domain->name);
            break;
        }
    }
    provisioning->done(error, provisioning->data);
}

SbProvisioning *sb_provisioning_start(const SbOperation *operation, const SbAccess *access,
                                      const SbDomain *domain, const SbProvisionInput *input,
                                      SbProvisionedFunc done, gpointer data)
{
    SbProvisioning *provisioning = g_new0(SbProvisioning, 1);
    *provisioning = (SbProvisioning){.operation = operation,
                                     .access = access,
                                     .domain = domain,
                                     .input = *input,
                                     .done = done,
                                     .data = data};
    provisioning->question =
        sb_guest_question_ask(access, domain->name, look_script, NULL, on_answer, provisioning);
    return provisioning;
}
