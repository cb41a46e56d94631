/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "findings.h"
#include "lint-text.h"
#include "test.h"

/* Lints the cloud-config with these lines. */
static void lint(const char *lines, const char *expected)
{
    g_autofree char *text = g_strconcat("#cloud-config\n", lines, NULL);
    lint_user_data(text, expected);
}

#define HASH "$6$salt$hash"

static void test_plain_password(void)
{
    lint("password: secret\n", "2:11 plain-password");
    lint("password: " HASH "\n", "");
    lint("password: R\n", "");
    lint("password: ''\n", "");
    lint("users: [{name: a, plain_text_passwd: x}]\n", "2:38 plain-password");
    lint("users: [{name: a, passwd: x}]\n", "2:27 plain-password");
    lint("users: [{name: a, hashed_passwd: x}]\n", "2:34 plain-password");
    lint("users: [{name: a, passwd: " HASH "}, {name: b, passwd: '*'}, {name: c, passwd: '!'}]\n",
         "");
    lint("users: [{name: a, passwd: $y$j9T$salt$hash}]\n", "");
    lint("chpasswd: {users: [{name: a, password: x, type: text}]}\n", "2:40 plain-password");
    lint("chpasswd: {users: [{name: a, password: x}]}\n", "2:40 plain-password");
    lint("chpasswd: {users: [{name: a, password: " HASH "}, {name: b, type: RANDOM}]}\n", "");
    lint("chpasswd:\n  list: |\n    a:x\n    b:" HASH "\n    c:RANDOM\n",
         "3:3 deprecated, 3:9 plain-password");
    lint("chpasswd: {list: ['a:x', 'b:R']}\n", "2:12 deprecated, 2:19 plain-password");
}

/* A reader of a CI log must not learn the password. */
static void test_no_password_is_repeated(void)
{
    static const char *const texts[] = {
        "password: hunter22",
        "users: [{name: a, plain_text_passwd: hunter22}]",
        "users: [{name: a, passwd: [hunter22]}]",
        "users: [{name: a, passwd: 2222-22-22}]",
        "chpasswd: {list: ['a:hunter22']}",
        "chpasswd: {users: [{name: a, password: hunter22, typ: text}]}",
        "chpasswd: {users: [{name: a, password: hunter22, type: hunter22}]}",
        "chpasswd: {list: [hunter22]}",
        "ubuntu_pro: {token: [hunter22]}",
        "puppet: {csr_attributes: hunter22}\nlandscape: {client: {registration_key: [hunter22]}}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts) - 1; i++) {
        g_autofree char *text = g_strconcat("#cloud-config\n", texts[i], "\n", NULL);
        g_autoptr(SbLinter) linter = sb_linter_new();
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        sb_lint(linter, SB_LINT_USER_DATA, "f", text, strlen(text), diagnostics);
        g_autofree char *found = sb_diagnostics_to_string(diagnostics);
        g_assert_cmpuint(sb_diagnostics_count(diagnostics), >, 0);
        if (strstr(found, "hunter22") || strstr(found, "2222"))
            g_error("a password is repeated: %s", found);
    }
}

static void test_pwauth(void)
{
    lint("ssh_pwauth: true\npassword: x\n", "2:13 pwauth-known-password, 3:11 plain-password");
    lint("ssh_pwauth: 'yes'\npassword: x\n",
         "2:1 deprecated, 2:13 pwauth-known-password, 3:11 plain-password");
    lint("ssh_pwauth: true\nusers: [{name: a, plain_text_passwd: x, lock_passwd: false}]\n",
         "2:13 pwauth-known-password, 3:38 plain-password");
    lint("ssh_pwauth: true\npassword: " HASH "\n", "");
    lint("ssh_pwauth: false\npassword: x\n", "3:11 plain-password");
    lint("ssh_pwauth: true\n", "");
}

static void test_sudo(void)
{
    lint("users: [{name: a, sudo: 'ALL=(ALL) ALL'}]\n", "2:25 sudo-password");
    lint("users: [{name: a, sudo: ['ALL=(ALL) ALL']}]\n", "2:25 sudo-password");
    lint("users: [{name: a, sudo: 'ALL=(ALL) NOPASSWD:ALL'}]\n", "");
    lint("users: [{name: a, sudo: [x, 'ALL=(ALL) NOPASSWD:ALL']}]\n", "");
    lint("users: [{name: a, sudo: null}, {name: b, sudo: ''}, {name: c}]\n", "");
    /* The password is locked unless lock_passwd is false. */
    lint("users: [{name: a, sudo: ALL, passwd: " HASH "}]\n", "2:25 sudo-password");
    lint("users: [{name: a, sudo: ALL, passwd: " HASH ", lock_passwd: true}]\n",
         "2:25 sudo-password");
    lint("users: [{name: a, sudo: ALL, passwd: " HASH ", lock_passwd: false}]\n", "");
    lint("users: [{name: a, sudo: ALL, lock_passwd: false}]\n", "2:25 sudo-password");
    lint("users: [{name: a, sudo: ALL, hashed-passwd: " HASH ", lock-passwd: false}]\n",
         "2:30 deprecated, 2:59 deprecated");
    lint("users: [{name: a, sudo: ALL}]\nchpasswd: {users: [{name: a, type: RANDOM}]}\n", "");
    lint("users: [{name: a, sudo: ALL}]\nchpasswd: {users: [{name: b, type: RANDOM}]}\n",
         "2:25 sudo-password");
}

/* Whether there is a finding that COMMAND in runcmd stops the machine. */
static void assert_stops(const char *command, gboolean stops)
{
    g_autofree char *escaped = g_strescape(command, NULL);
    g_autofree char *text = g_strdup_printf("#cloud-config\nruncmd:\n  - \"%s\"\n", escaped);
    lint_user_data(text, stops ? "3:5 poweroff-in-runcmd" : "");
}

static void test_poweroff(void)
{
    static const char *const stopping[] = {"poweroff",
                                           "shutdown -h now",
                                           "reboot",
                                           "halt -p",
                                           "/sbin/reboot",
                                           "/usr/sbin/poweroff",
                                           "sudo reboot",
                                           "echo x; reboot",
                                           "true && poweroff",
                                           "if x; then reboot; fi",
                                           "init 0",
                                           "systemctl poweroff",
                                           "systemctl --no-block reboot",
                                           "systemctl -q -f kexec",
                                           "a\n  reboot",
                                           "(sleep 1; halt)",
                                           "telinit 6",
                                           "exec reboot",
                                           "reboot|cat",
                                           "systemctl  -i  halt"};
    static const char *const others[] = {"shutdown -c",
                                         "echo reboot",
                                         "systemctl status reboot.target",
                                         "touch /run/reboot-required",
                                         "init 3",
                                         "rebooter",
                                         "cat /sbin/halt.txt",
                                         "reboot-check",
                                         "systemctl enable poweroff.timer",
                                         "grep poweroff x"};
    for (gsize i = 0; i < G_N_ELEMENTS(stopping); i++)
        assert_stops(stopping[i], TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        assert_stops(others[i], FALSE);
    lint("runcmd: [[shutdown, -r, now], [echo, reboot]]\n", "2:10 poweroff-in-runcmd");
    lint("bootcmd: [poweroff]\n", "2:11 poweroff-in-runcmd");
    lint("power_state: {mode: poweroff}\n", "");
}

/* What happens differs: runcmd runs once, bootcmd at each boot. */
static void assert_says(const char *line, const char *place, const char *text)
{
    g_autofree char *lines = g_strdup_printf("#cloud-config\n%s\n", line);
    g_autofree char *expected = g_strdup_printf("%s poweroff-in-runcmd", place);
    g_autoptr(SbDiagnostics) found = lint_text(SB_LINT_USER_DATA, lines, expected);
    assert_finding_says(found, 0, text);
}

static void test_poweroff_says(void)
{
    assert_says("runcmd: [reboot]", "2:10", "says 'done' ('up' calls that a failure)");
    assert_says("runcmd: [[shutdown, -r, now]]", "2:10", "does not repeat runcmd");
    assert_says("runcmd: [poweroff]", "2:10", "never says that it is done");
    assert_says("bootcmd: [reboot]", "2:11", "the machine reboots for ever");
    assert_says("bootcmd: [halt]", "2:11", "the machine stops in each boot");
}

static void test_runcmd_map(void)
{
    g_autoptr(SbDiagnostics) found = lint_text(
        SB_LINT_USER_DATA, "#cloud-config\nruncmd:\n  - echo foo: bar\n", "3:5 runcmd-map!");
    assert_finding_says(found, 0, "'echo foo' is followed by ': '");
    g_assert_cmpstr(sb_diagnostics_get(found, 0)->path, ==, "runcmd[0]");
    lint("bootcmd:\n  - a\n  - {b: c}\n", "4:5 runcmd-map!");
    lint("runcmd: ['echo foo: bar', [echo, 'a: b']]\n", "");
    lint("runcmd: [{}]\n", "2:10 schema!");
}

/* The finding about the permissions WRITTEN says ADVICE. */
static void permissions_say(const char *written, const char *advice)
{
    g_autofree char *text =
        g_strdup_printf("#cloud-config\nwrite_files:\n  - {path: /a, permissions: %s}\n", written);
    g_autoptr(SbDiagnostics) found = lint_text(SB_LINT_USER_DATA, text, "3:29 octal-permissions!");
    assert_finding_says(found, 0, advice);
}

static void test_octal(void)
{
    permissions_say("0644", "0644 as the number 420: write \"0644\", in quotes");
    /* Numbers that are permissions already. */
    permissions_say("493", "493 is a number, which is 0755 as octal permissions: write \"0755\"");
    permissions_say("0x1ed",
                    "0x1ed is a number, which is 0755 as octal permissions: write \"0755\"");
    permissions_say("0b110100100", "write \"0644\"");
    permissions_say("7:00", "which is 0644 as octal permissions: write \"0644\"");
    /* Either may be meant. */
    permissions_say("644", "write \"0644\" if that is meant, or \"01204\", in quotes");
    permissions_say("511", "write \"0511\" if that is meant, or \"0777\"");
    permissions_say("-1", "-1 is a number outside of the permissions 0000 to 07777");
    permissions_say("077777", "077777 is a number outside of");
    permissions_say("99999", "write them in quotes, such as \"0644\"");
    lint("write_files: [{path: /a, permissions: '0644'}, {path: /b, permissions: 0o644}]\n", "");
    lint("write_files: [{path: /a, permissions: ' 644 '}, {path: /b, permissions: ~}]\n",
         "2:73 schema!");
    /* What cloud-init takes none of. */
    permissions_say("u=rw", "'u=rw' is not an octal number, so that cloud-init uses 0644 instead");
    permissions_say("'0o9'", "'0o9' is not an octal number");
    permissions_say("''", "write a number such as \"0755\"");
}

static void lint_offline(gboolean is_offline, const char *lines, const char *expected)
{
    g_autoptr(SbLinter) linter = sb_linter_new();
    sb_linter_set_offline(linter, is_offline);
    g_autofree char *text = g_strconcat("#cloud-config\n", lines, NULL);
    sb_diagnostics_free(lint_bytes(linter, SB_LINT_USER_DATA, text, strlen(text), expected));
}

static void test_offline(void)
{
    const char *lines = "packages: [git]\npackage_update: true\npackage_upgrade: false\n"
                        "snap: {commands: [x]}\nssh_import_id: [gh:x]\n";
    lint_offline(TRUE, lines,
                 "2:1 package-offline, 3:1 package-offline, 5:1 package-offline, "
                 "6:1 package-offline");
    lint_offline(FALSE, lines, "");
    lint_offline(TRUE, "timezone: UTC\nphone_home: {url: 'http://x/'}\n", "3:1 package-offline");
}

/* The keys may have values of other types. */
static void test_wrong_types(void)
{
    lint("users: x\nruncmd: {a: b}\nwrite_files: 1\nchpasswd: []\npassword: {}\nssh_pwauth: []\n",
         "3:9 schema!, 4:14 schema!, 5:11 schema!, 6:11 schema!, 7:13 schema!");
    lint("users: [1, [], {name: [], sudo: {}, passwd: 1, plain_text_passwd: []}]\n"
         "chpasswd: {list: 1, users: [1, {name: 1, password: []}]}\n"
         "write_files: [1, {path: 1, permissions: []}]\nruncmd: [1, [[], 1]]\n",
         "2:9 schema!, 2:23 schema!, 2:33 schema!, 2:45 schema!, 2:67 schema!, "
         "3:12 deprecated, 3:18 schema!, 3:29 schema!, 3:39 schema!, 3:52 schema!, "
         "4:15 schema!, 4:25 schema!, 4:41 schema!, 5:10 schema!, 5:14 schema!, 5:18 schema!");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/lint-traps/plain-password", test_plain_password);
    g_test_add_func("/lint-traps/no-password-is-repeated", test_no_password_is_repeated);
    g_test_add_func("/lint-traps/pwauth", test_pwauth);
    g_test_add_func("/lint-traps/sudo", test_sudo);
    g_test_add_func("/lint-traps/poweroff", test_poweroff);
    g_test_add_func("/lint-traps/poweroff-says", test_poweroff_says);
    g_test_add_func("/lint-traps/runcmd-map", test_runcmd_map);
    g_test_add_func("/lint-traps/octal", test_octal);
    g_test_add_func("/lint-traps/offline", test_offline);
    g_test_add_func("/lint-traps/wrong-types", test_wrong_types);
    return g_test_run();
}
