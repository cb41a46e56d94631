/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "findings.h"
#include "lint-text.h"
#include "test.h"

/* ---- MIME ---- */

#define HEAD "Content-Type: multipart/mixed; boundary=\"=b=\"\nMIME-Version: 1.0\n\n"
#define PART(type) "--=b=\nContent-Type: " type "; charset=\"us-ascii\"\nMIME-Version: 1.0\n\n"
#define END "--=b=--\n"

static void test_parts(void)
{
    lint_user_data(HEAD PART("text/cloud-config") "#cloud-config\npackages: [a]\n" END, "");
    lint_user_data(
        HEAD PART("text/cloud-config") "packages: [1]\n" PART("text/x-shellscript") "#!bash\n" END,
        "8:12 schema!, 13:3 script");
    /* Without a useful type, the first line decides. */
    lint_user_data(HEAD PART("text/plain") "#cloud-config\npackages: [1]\n" END, "9:12 schema!");
    lint_user_data(HEAD "--=b=\n\n#cloud-config\npackages: [1]\n" END, "7:12 schema!");
    lint_user_data(HEAD "--=b=\n#cloud-config\npackages: [1]\n" END, "6:12 schema!");
    lint_user_data(HEAD PART("text/plain") "packages: [a]\n" END, "8:1 header!");
    lint_user_data(HEAD PART("text/x-shellscript-per-boot") "#!/bin/sh\n" END, "");
    g_autoptr(SbDiagnostics) second =
        lint_text(SB_LINT_USER_DATA,
                  HEAD PART("text/cloud-config") "packages: [a]\n"
                                                 "--=b=\nContent-Type: text/cloud-config\n"
                                                 "Content-Disposition: attachment; "
                                                 "filename=\"b.yaml\"\n\npackages: [1]\n" END,
                  "13:12 schema!");
    assert_finding_says(second, 0, "in part 2 ('b.yaml'): ");
    g_assert_cmpstr(sb_diagnostics_get(second, 0)->path, ==, "packages[0]");
}

static void test_headers(void)
{
    /* Continued lines, case, and an mbox's first line. */
    lint_user_data(
        "From x\nCONTENT-TYPE: Multipart/Mixed;\n\tBoundary=b\nmime-version: 1.0\n\n--b\n"
        "content-type: TEXT/Cloud-Config\n\npackages: [1]\n--b--\n",
        "9:12 schema!");
    /* Windows' line ends. */
    lint_user_data("Content-Type: multipart/mixed; boundary=b\r\nMIME-Version: 1.0\r\n\r\n"
                   "--b\r\nContent-Type: text/cloud-config\r\n\r\npackages: [1]\r\n--b--\r\n",
                   "7:12 schema!");
    /* A message with just one part. */
    lint_user_data("Content-Type: text/cloud-config\nMIME-Version: 1.0\n\npackages: [1]\n",
                   "4:12 schema!");
}

static void test_encodings(void)
{
    /* "#cloud-config\npackages: [1]\n" */
    g_autoptr(SbDiagnostics) base64 = lint_text(
        SB_LINT_USER_DATA,
        HEAD "--=b=\nContent-Type: text/cloud-config\nContent-Transfer-Encoding: base64\n\n"
             "I2Nsb3VkLWNvbmZp\nZwpwYWNrYWdlczogWzFdCg==\n" END,
        "8:1 schema!");
    assert_finding_says(base64, 0, "in part 1, its line 2: ");
    lint_user_data(HEAD "--=b=\nContent-Type: text/cloud-config\n"
                        "Content-Transfer-Encoding: quoted-printable\n\n"
                        "packages: =5B1=\n]\n" END,
                   "8:1 schema!");
    lint_user_data(HEAD "--=b=\nContent-Transfer-Encoding: 8bit\n\n#cloud-config\na\n" END,
                   "8:1 schema!");
    lint_user_data(HEAD "--=b=\nContent-Transfer-Encoding: uuencode\n\n#cloud-config\n" END,
                   "5:1 parts!");
    /* damaged gzip */
    lint_user_data(HEAD "--=b=\nContent-Type: application/gzip\n"
                        "Content-Transfer-Encoding: base64\n\nH4sIAAAA\n" END,
                   "5:1 parts!");
}

static void test_bad_multiparts(void)
{
    lint_user_data("Content-Type: multipart/mixed\nMIME-Version: 1.0\n\n--b\n", "1:1 parts!");
    lint_user_data("Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n\n--c\n\nx\n",
                   "1:1 parts!");
    lint_user_data(HEAD PART("image/png") "x\n" END, "5:1 parts!");
    /* The last boundary is missing: Python reads on to the end. */
    lint_user_data(HEAD PART("text/cloud-config") "packages: [1]\n", "8:12 schema!");
    /* Text behind the last boundary does not count. */
    lint_user_data(HEAD PART("text/cloud-config") "packages: [a]\n" END "--=b=\n\n#!x\n", "");
    /* A line that begins like a boundary. */
    lint_user_data(HEAD PART("text/cloud-config") "packages: [a]\n--=b=x: 1\n" END,
                   "9:1 unknown-key!");
}

static void test_nested(void)
{
    lint_user_data(
        HEAD PART("multipart/mixed; boundary=c") "--c\nContent-Type: text/cloud-config\n\n"
                                                 "packages: [1]\n--c--\n" END,
        "11:12 schema!");
    g_autoptr(GString) deep = g_string_new("MIME-Version: 1.0\n");
    for (guint i = 0; i < 50; i++)
        g_string_append_printf(deep, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i,
                               i);
    g_string_append(deep, "\n#cloud-config\npackages: [1]\n");
    g_autoptr(SbDiagnostics) diagnostics = lint_text(SB_LINT_USER_DATA, deep->str, "14:1 parts!");
    assert_finding_says(diagnostics, 0, "4 levels deep");
}

static void test_many_parts(void)
{
    g_autoptr(GString) many = g_string_new(HEAD);
    for (guint i = 0; i < 150; i++)
        g_string_append(many, "--=b=\nContent-Type: text/cloud-config\n\npackages: [a]\n");
    g_autoptr(SbDiagnostics) diagnostics = lint_text(SB_LINT_USER_DATA, many->str, "1:1 parts!");
    assert_finding_says(diagnostics, 0, "more than 100 parts");
}

/* ---- archives ---- */

static void test_archive(void)
{
    lint_user_data("#cloud-config-archive\n"
                   "- type: text/cloud-config\n"
                   "  content: |\n"
                   "    packages: [1]\n"
                   "- |\n"
                   "  #!bash\n"
                   "- content: \"#cloud-config\\npackages: [2]\"\n",
                   "4:16 schema!, 6:5 script, 7:12 schema!");
    /* A block that begins with blank lines, and one that is indented by a number. */
    lint_user_data("#cloud-config-archive\n- |\n\n  #cloud-config\n  packages: [1]\n",
                   "5:14 schema!");
    lint_user_data("#cloud-config-archive\n- content: |2\n    #cloud-config\n    packages: [1]\n",
                   "4:16 schema!");
    g_autoptr(SbDiagnostics) found =
        lint_text(SB_LINT_USER_DATA,
                  "#cloud-config-archive\n- |\n  #cloud-config\n  packages: [1]\n", "4:14 schema!");
    assert_finding_says(found, 0, "in part 1: ");
}

static void test_bad_archives(void)
{
    lint_user_data("#cloud-config-archive\na: b\n", "2:1 parts!");
    lint_user_data("#cloud-config-archive\n- 1\n- [a]\n- {type: text/cloud-config}\n"
                   "- {type: image/png, content: x}\n- {content: [a]}\n- packages\n",
                   "2:3 parts!, 3:3 parts!, 4:3 parts!, 5:10 parts!, 6:3 parts!, 7:3 header!");
    lint_user_data("#cloud-config-archive\n- [\n", "3:1 yaml!");
    lint_user_data("#cloud-config-archive\n", "0:0 yaml!");
    g_autoptr(GString) many = g_string_new("#cloud-config-archive\n");
    for (guint i = 0; i < 150; i++)
        g_string_append(many, "- '#!/bin/sh'\n");
    lint_user_data(many->str, "2:1 parts!");
}

/* A part of a part: an archive in an archive, in a multipart. */
static void test_nested_archive(void)
{
    lint_user_data(HEAD PART("text/cloud-config-archive") "- |\n"
                                                          "  #cloud-config-archive\n"
                                                          "  - |\n"
                                                          "    #cloud-config\n"
                                                          "    packages: [1]\n" END,
                   "12:16 schema!");
    lint_user_data("#cloud-config-archive\n- |\n #cloud-config-archive\n - |\n"
                   "  #cloud-config-archive\n  - |\n   #cloud-config-archive\n   - '#!/bin/sh'\n",
                   "8:6 parts!");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/lint-parts/parts", test_parts);
    g_test_add_func("/lint-parts/headers", test_headers);
    g_test_add_func("/lint-parts/encodings", test_encodings);
    g_test_add_func("/lint-parts/bad-multiparts", test_bad_multiparts);
    g_test_add_func("/lint-parts/nested", test_nested);
    g_test_add_func("/lint-parts/many-parts", test_many_parts);
    g_test_add_func("/lint-parts/archive", test_archive);
    g_test_add_func("/lint-parts/bad-archives", test_bad_archives);
    g_test_add_func("/lint-parts/nested-archive", test_nested_archive);
    return g_test_run();
}
