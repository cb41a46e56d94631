/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Consoles of broken and of healthy machines: t/data/consoles. Each begins with "=== NAME" and
 * lines "KEY: VALUE", up to "---":
 *
 * awaits: the stage that does not come, as one of `stages` below
 * facts:  words of what else is known, as in set_fact()
 * rule:   the name of the rule that must match
 * reason: the name of the rule whose cause is given as its reason
 * cause:  a part of the cause; a healthy machine has none, and its wait does not end
 */
#include "diagnosis.h"

static const char *const stages[SB_STAGE_COUNT] = {
    [SB_STAGE_KERNEL] = "kernel",     [SB_STAGE_ADDRESS] = "address",
    [SB_STAGE_SSH_PORT] = "ssh-port", [SB_STAGE_SSH_LOGIN] = "ssh-login",
    [SB_STAGE_READY] = "cloud-init",
};

static void set_stage(SbFacts *f, const char *name)
{
    for (SbStage stage = SB_STAGE_NONE; stage < SB_STAGE_COUNT; stage++)
        if (g_strcmp0(stages[stage], name) == 0)
            f->awaited = stage;
    g_assert_cmpint(f->awaited, !=, SB_STAGE_NONE);
    f->has_state = TRUE;
    f->state = VIR_DOMAIN_RUNNING;
    NETWORK WORK(0.3, 20) f->has_lease = f->awaited <= SB_STAGE_ADDRESS ? SB_NO : SB_YES;
    if (f->awaited == SB_STAGE_SSH_PORT) {
        PORT(REFUSED)
    }
    if (f->awaited == SB_STAGE_SSH_LOGIN) {
        LOGIN(DENIED, "Permission denied (publickey).\n")
    }
}

static void set_fact(SbFacts *f, const char *word)
{
    if (strcmp(word, "idle") == 0) {
        WORK(0.01, 120)
    } else if (strcmp(word, "silent-port") == 0) {
        PORT(SILENT)
    } else if (strcmp(word, "host-key") == 0) {
        LOGIN(HOST_KEY, "Host key verification failed.\n")
    } else {
        g_error("'%s' is not the name of a fact", word);
    }
}

/* The value of KEY in HEAD. (transfer full) (nullable) */
static char *value_of(const char *head, const char *key)
{
    g_autofree char *name = g_strdup_printf("\n%s: ", key);
    const char *at = strstr(head, name);
    return at ? g_strndup(at + strlen(name), strcspn(at + strlen(name), "\n")) : NULL;
}

/* The cause of FACTS is explained by the cause of the rule of the guest's words with NAME. */
static void expect_reason(const SbFacts *facts, const char *name)
{
    gsize count, i = 0;
    const SbRule *rules = sb_guest_rules(&count);
    while (i < count && strcmp(rules[i].name, name) != 0)
        i++;
    g_assert_cmpuint(i, <, count);
    g_autofree char *words = g_strndup(rules[i].cause, strcspn(rules[i].cause, "{"));
    g_autofree char *reason = g_strconcat("; the reason: ", words, NULL);
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
    expect_part(name, diagnosis->cause, reason);
}

/* A healthy machine is waited for, however far it has come, and none of its words is blamed. */
static void expect_no_end(SbFacts *facts)
{
    g_autoptr(SbDiagnosis) late = sb_diagnose(facts);
    if (strstr(late->cause, "console says") || strstr(late->cause, "complaint"))
        g_error("a healthy machine is blamed: %s", late->cause);
    while (facts->console->len > 0) {
        g_autoptr(SbDiagnosis) end = sb_diagnose_end(facts);
        if (end)
            g_error("a healthy machine is given up: %s", end->cause);
        g_ptr_array_set_size(facts->console, (int)facts->console->len - 1);
    }
}

static void check_console(const char *text)
{
    const char *end = strstr(text, "\n---\n");
    g_assert_nonnull(end);
    g_autofree char *head = g_strndup(text, (gsize)(end - text));
    g_test_message("%.*s", (int)strcspn(head, "\n"), head);
    g_autofree char *stage = value_of(head, "awaits");
    g_autofree char *words = value_of(head, "facts");
    g_autofree char *rule = value_of(head, "rule");
    g_autofree char *cause = value_of(head, "cause");

    g_autoptr(SbFacts) facts = some_facts(end + strlen("\n---\n"));
    set_stage(facts, stage);
    g_auto(GStrv) each = g_strsplit(words ? words : "", " ", 0);
    for (gsize i = 0; each[i]; i++)
        set_fact(facts, each[i]);
    const Expected expected = {rule, cause ? cause : "", NULL, ""};
    expect_finding(facts, &expected);
    g_autofree char *reason = value_of(head, "reason");
    if (reason)
        expect_reason(facts, reason);
    if (!cause)
        expect_no_end(facts);
}

static void test_file(gconstpointer name)
{
    g_autofree char *path = g_strconcat("consoles/", name, ".txt", NULL);
    g_autofree char *text = test_data(path, NULL);
    g_auto(GStrv) consoles = g_strsplit(text, "=== ", 0);
    for (gsize i = 1; consoles[i]; i++)
        check_console(consoles[i]);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    static const char *const files[] = {
        "boot-loader", "kernel", "initramfs", "systemd", "network-ssh", "cloud-init", "healthy",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_strconcat("/consoles/", files[i], NULL);
        g_test_add_data_func(path, files[i], test_file);
    }
    return g_test_run();
}
