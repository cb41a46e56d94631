/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnosis.h"

/* What programs say beside the failure of a script, the reason that follows, and a part of the next
 * step. */
static const struct {
    const char *line, *reason, *next;
} rows[] = {
    {"/var/lib/cloud/instance/scripts/part-001: /bin/bash^M: bad interpreter: No such file",
     "line ends of Windows", "seedbed lint"},
    {"scripts/runcmd: line 2: $'\\r': command not found", "line ends of Windows", "sed -i"},
    {"scripts/runcmd: 3: Syntax error: \"(\" unexpected",
     "does not understand it: \"(\" unexpected", "sh -n"},
    {"scripts/runcmd: 4: [[: not found", "does not understand it: [[: not found", "#!/bin/bash"},
    {"scripts/runcmd: 2: Bad substitution", "Bad substitution", "#!/bin/bash"},
    {"Exit code: 127", "does not exist (127)", "packages"},
    {"Exit code: 126", "cannot be run (126)", "chmod +x"},
    {"Exit code: 137", "was killed", "memory"},
    {"error: externally-managed-environment", "pip does not install", "venv"},
    {"ModuleNotFoundError: No module named 'requests'", "needs the module 'requests'", "python3-"},
    {"FileNotFoundError: [Errno 2] No such file or directory: b'update-ca-certificates'",
     "no program 'update-ca-certificates'", "package"},
    {"mount: /mnt: bad option; for several file systems (e.g. nfs, cifs) you might need a "
     "/sbin/mount.<type> helper program.",
     "lacks the program", "nfs-common"},
    {"Failed to enable unit: Unit file myapp.service does not exist.", "no service myapp.service",
     "daemon-reload"},
    {"Unit nginx.service could not be found.", "no service nginx.service", "packages"},
    {"chpasswd: line 1: user 'bob' does not exist", "no account or group 'bob'", "'users'"},
    {"chown: invalid user: 'www:www'", "no account or group 'www:www'", "'users'"},
    {"su: user app does not exist", "no account or group 'app'", "'users'"},
    {"groupadd: group 'app' already exists", "'app' is there already", "id NAME"},
    {"fatal: destination path '/opt/app' already exists and is not an empty directory.",
     "'/opt/app' is there already", "leave that command out"},
    {"fatal: could not read Username for 'https://example.org': No such device or address",
     "wants a login for https://example.org", "token"},
    {"sudo: a terminal is required to read the password", "no terminal to ask on",
     "noninteractive"},
    {"Host key verification failed.", "does not know the key", "ssh-keyscan"},
    {"git@example.org: Permission denied (publickey).", "git@example.org refuses", "write_files"},
    {"Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "Docker does not run",
     "journalctl -u docker"},
    {"ssh: connect to host 10.0.0.5 port 22: Connection refused", "nothing answers at host",
     "listens"},
    {"dial tcp 10.0.0.5:5000: connect: connection refused", "nothing answers at 10.0.0.5:5000",
     "listens"},
    {"mount.nfs: Connection timed out for 10.1.1.1:/export on /mnt", "file server says", "nofail"},
    {"nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", "has that port",
     "ss -ltnp"},
    {"E: Unable to acquire the lock (/var/lib/dpkg/lock), are you root?", "must run as root",
     "sudo"},
    {"tar: unrecognized option '--zstd'", "does not know the option '--zstd'", "--help"},
    {"scripts/runcmd: 2: /opt/x/setup.sh: Permission denied", "permit it: /opt/x/setup.sh",
     "chmod +x"},
};

static SbFacts *facts_of(char *console)
{
    SbFacts *facts = some_facts(console);
    facts->awaited = SB_STAGE_READY;
    g_free(console);
    return facts;
}

static void test_reasons(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].line);
        g_autoptr(SbFacts) facts =
            facts_of(g_strdup_printf("[   41.1] cloud-init[801]: %s\n"
                                     "[   41.2] cloud-init[801]: cc_scripts_user.py[WARNING]: "
                                     "Failed to run module scripts-user (scripts in /x)\n",
                                     rows[i].line));
        expect_finding(facts,
                       &(Expected){"script-failed", "; the reason: ", rows[i].line, rows[i].next});
        expect_finding(facts,
                       &(Expected){"script-failed", rows[i].reason, rows[i].line, rows[i].next});
    }
}

/* The same words without a failure are no cause: a script may go on after them. */
static void test_no_failure(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SbFacts) facts =
            facts_of(g_strdup_printf("[   41.1] cloud-init[801]: %s\n"
                                     "[   42.1] cloud-init[801]: now the next command\n",
                                     rows[i].line));
        g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
        gsize count;
        const SbRule *rules = sb_command_rules(&count);
        for (gsize j = 0; diagnosis && j < count; j++)
            if (strcmp(rules[j].name, diagnosis->rule) == 0 ||
                strstr(diagnosis->cause, "; the reason: "))
                g_error("'%s' became '%s'", rows[i].line, diagnosis->cause);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/command-rules/reasons", test_reasons);
    g_test_add_func("/command-rules/no-failure", test_no_failure);
    return g_test_run();
}
