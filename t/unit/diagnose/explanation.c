/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/explanation.h"
#include "diagnose/topics.h"

#include "base/xml.h"
#include "fleet-file/fleet-file.h"

#include "test.h"

#include <string.h>

/* The explanation of the golden domain NAME. (transfer full) */
static char *explain(const char *name, const char *native)
{
    g_autofree char *xml = test_data(name, NULL);
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, NULL);
    g_assert_nonnull(document);
    return sb_explanation(document, native);
}

/* Every element that model/machine.c writes is explained. */
static void test_elements(void)
{
    g_autofree char *folder = test_data_path("");
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    for (const char *name; (name = g_dir_read_name(dir));) {
        if (!g_str_has_prefix(name, "domain-"))
            continue;
        g_autofree char *text = explain(name, NULL);
        if (strstr(text, "Not explained here"))
            g_error("%s: %s", name, text);
        count++;
    }
    g_assert_cmpuint(count, >=, 5);
}

static void test_unknown(void)
{
    g_autoptr(xmlDoc) document =
        sb_xml_parse("<domain type='kvm'><name>a</name><devices><vsock/></devices></domain>", NULL);
    g_autofree char *text =
        sb_explanation(document, "A=b /usr/bin/qemu -name guest=a -device vhost-vsock-pci");
    g_assert_nonnull(strstr(text, "  <name>a</name>\n  -name guest=a\n"));
    g_assert_nonnull(strstr(text, "Not explained here:\n  <vsock/>\n  -device vhost-vsock-pci\n"));
}

/* Every key of a group of machines is explained. */
static void test_keys(void)
{
    g_autofree char *plain = explain("domain-aarch64-nat.xml", NULL);
    g_autofree char *secure = explain("domain-aarch64-secure.xml", NULL);
    g_autofree char *kernel = explain("domain-aarch64-kernel.xml", NULL);
    g_autofree char *shares = explain("domain-aarch64-shares.xml", NULL);
    g_autofree char *text = g_strconcat(plain, "\n", secure, "\n", kernel, "\n", shares, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) keys = g_string_new(NULL);
    for (gsize i = 0; lines[i]; i++) {
        const char *begin = strstr(lines[i], "(in the file: ");
        if (begin)
            g_string_append_printf(keys, "%.*s,", (int)strcspn(begin, ")") - 13, begin + 13);
    }
    g_autofree const char **all = sb_fleet_file_keys();
    for (gsize i = 0; all[i]; i++) {
        if (!g_str_has_prefix(all[i], "machines.GROUP."))
            continue;
        g_autofree char *key = g_strdup_printf(" %s,", all[i] + strlen("machines.GROUP."));
        if (!strstr(keys->str, key))
            g_error("src/diagnose/explanations.ini does not name the key%.*s", (int)strlen(key) - 1,
                    key);
    }
}

/* An element is shown once, by the entry that names it. */
static void test_nested(void)
{
    g_autofree char *text = explain("domain-aarch64-nat.xml", NULL);
    const char *chain = strstr(text, "<backingStore type=\"file\">");
    g_assert_nonnull(chain);
    g_assert_null(strstr(chain + 1, "<backingStore type=\"file\">"));
    g_assert_nonnull(strstr(text, "<seedbed:fleet>faas</seedbed:fleet>"));
    g_assert_nonnull(strstr(text, "  <memory unit=\"KiB\">2097152</memory>\n"));
}

/* The topics that the entries name can be read. */
static void test_topics(void)
{
    g_autofree char *text = explain("domain-aarch64-nat.xml", NULL);
    g_auto(GStrv) parts = g_strsplit(text, "(more: seedbed explain ", -1);
    g_assert_cmpuint(g_strv_length(parts), >, 15);
    for (gsize i = 1; parts[i]; i++) {
        g_autofree char *name = g_strndup(parts[i], strcspn(parts[i], ")"));
        g_autofree char *topic = sb_topic(name);
        if (!topic)
            g_error("no topic '%s'", name);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/explanation/elements", test_elements);
    g_test_add_func("/explanation/unknown", test_unknown);
    g_test_add_func("/explanation/keys", test_keys);
    g_test_add_func("/explanation/nested", test_nested);
    g_test_add_func("/explanation/topics", test_topics);
    return g_test_run();
}
