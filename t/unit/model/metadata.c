/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/metadata.h"

#include "base/names.h"
#include "fleet-file/fleet-file.h"
#include "golden.h"

#include <string.h>

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"

/* The domain that a machine with all fields has. */
static char *whole_domain(const SbMetadata *metadata)
{
    g_autoptr(xmlDoc) document = sb_xml_new("domain");
    xmlNode *domain = xmlDocGetRootElement(document);
    sb_xml_add_text(domain, "name", "faas-runner-2");
    sb_metadata_add(sb_xml_add(domain, "metadata", NULL), metadata);
    return sb_xml_to_string(document);
}

static SbMetadata example(void)
{
    return (SbMetadata){
        .fleet = (char *)"faas",
        .group = (char *)"runner",
        .index = 2,
        .image = (char *)"debian-12-arm64",
        .image_volume = (char *)"debian-12-arm64.0123456789abcdef.qcow2",
        .pool = (char *)"my pool & more",
        .owner_uid = 1000,
        .created = (char *)"2024-01-31T12:00:00Z",
        .expires = (char *)"2024-02-01T12:00:00.5Z",
        .spec_hash = (char *)"5e884898da28047151d0e56f8dc62927",
        .network = SB_NETWORK_NAT,
        .address = (char *)"10.83.7.10",
        .login = (char *)"seedbed",
        .host_key = (char *)KEY,
        .client_key = (char *)KEY,
        .creator = (char *)"3f9c-41/pid:[4026531836]/123/4567",
        .creator_host = (char *)"build-host.example",
        .run = (char *)"test",
    };
}

static void assert_same(const SbMetadata *a, const SbMetadata *b)
{
    g_assert_cmpstr(a->fleet, ==, b->fleet);
    g_assert_cmpstr(a->group, ==, b->group);
    g_assert_cmpuint(a->index, ==, b->index);
    g_assert_cmpstr(a->image, ==, b->image);
    g_assert_cmpstr(a->image_volume, ==, b->image_volume);
    g_assert_cmpstr(a->pool, ==, b->pool);
    g_assert_cmpint(a->owner_uid, ==, b->owner_uid);
    g_assert_cmpstr(a->created, ==, b->created);
    g_assert_cmpstr(a->expires, ==, b->expires);
    g_assert_cmpstr(a->spec_hash, ==, b->spec_hash);
    g_assert_cmpint(a->network, ==, b->network);
    g_assert_cmpstr(a->address, ==, b->address);
    g_assert_cmpstr(a->login, ==, b->login);
    g_assert_cmpstr(a->host_key, ==, b->host_key);
    g_assert_cmpstr(a->client_key, ==, b->client_key);
    g_assert_cmpstr(a->creator, ==, b->creator);
    g_assert_cmpstr(a->creator_host, ==, b->creator_host);
    g_assert_cmpstr(a->run, ==, b->run);
}

static void assert_invalid(const char *xml)
{
    g_autoptr(GError) error = NULL;
    g_test_message("%.300s", xml);
    g_assert_null(sb_metadata_parse(xml, &error));
    g_assert_error(error, SB_METADATA_ERROR, SB_METADATA_ERROR_INVALID);
}

static void assert_valid(const char *xml)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, &error);
    g_assert_no_error(error);
    g_assert_nonnull(metadata);
}

static void test_domain_round_trip(void)
{
    SbMetadata written = example();
    g_autofree char *xml = whole_domain(&written);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, &error);
    g_assert_no_error(error);
    assert_same(metadata, &written);
    g_autofree char *name = sb_metadata_machine_name(metadata);
    g_assert_cmpstr(name, ==, "faas-runner-2");
}

/* The element alone, with its namespace. */
static char *element_of(const char *domain)
{
    const char *element = strstr(domain, "<seedbed:machine");
    return g_strndup(element, (gsize)(strstr(element, "</metadata>") - element));
}

static void test_element_round_trip(void)
{
    SbMetadata written = example();
    g_autofree char *domain = whole_domain(&written);
    g_autofree char *xml = element_of(domain);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, &error);
    g_assert_no_error(error);
    assert_same(metadata, &written);
}

/* What virDomainSetMetadata() is given is what virDomainGetMetadata() returns. */
static void test_written_alone(void)
{
    SbMetadata written = example();
    g_autofree char *xml = sb_metadata_to_xml(&written);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, &error);
    g_assert_no_error(error);
    assert_same(metadata, &written);
    g_assert_null(strstr(xml, "seedbed:"));
}

static void test_lifetime(void)
{
    g_autoptr(SbMetadata) metadata = g_new0(SbMetadata, 1);
    sb_metadata_set_lifetime(metadata, 2 * 60 * 60 * 1000);
    g_autoptr(GDateTime) then = g_date_time_new_from_iso8601(metadata->expires, NULL);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    GTimeSpan left = g_date_time_difference(then, now);
    g_assert_cmpint(left, <=, 2 * G_TIME_SPAN_HOUR);
    g_assert_cmpint(left, >, 2 * G_TIME_SPAN_HOUR - G_TIME_SPAN_MINUTE);
    sb_metadata_set_lifetime(metadata, 0);
    g_assert_null(metadata->expires);
}

static void test_creator(void)
{
    SbMetadata metadata = example();
    g_assert_cmpuint(sb_metadata_creator_pid(&metadata), ==, 123);
    metadata.creator = (char *)"unknown";
    g_assert_cmpuint(sb_metadata_creator_pid(&metadata), ==, 0);
    metadata.creator = (char *)"a/b/c/d";
    g_assert_cmpuint(sb_metadata_creator_pid(&metadata), ==, 0);
    g_autofree char *host = sb_metadata_host_name("my host<1>");
    g_assert_cmpstr(host, ==, "my-host-1-");
    g_assert_null(sb_metadata_host_name(""));
}

/* The result of virDomainGetMetadata() of libvirt 9.0: without prefix and namespace. */
static void test_captured(void)
{
    g_autofree char *xml = test_data("captured-metadata.xml", NULL);
    g_assert_null(strstr(xml, "seedbed:"));
    g_autoptr(GError) error = NULL;
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(metadata->fleet, ==, "faas");
    g_assert_cmpstr(metadata->address, ==, "10.83.7.10");
    g_assert_cmpstr(metadata->host_key, ==, KEY);
    g_assert_null(metadata->expires);
}

static const char *const elements[] = {
    "fleet", "group",    "index",      "owner-uid", "image",        "image-volume",
    "pool",  "created",  "expires",    "spec-hash", "network",      "address",
    "login", "host-key", "client-key", "creator",   "creator-host", "run"};

/* The domain's XML with element NAME taken out; AGAIN puts it in twice. */
static char *without(const char *xml, const char *name, gboolean again)
{
    g_autofree char *start = g_strdup_printf("<seedbed:%s>", name);
    g_autofree char *end = g_strdup_printf("</seedbed:%s>", name);
    const char *from = strstr(xml, start);
    const char *to = strstr(xml, end) + strlen(end);
    g_autofree char *before = g_strndup(xml, (gsize)(from - xml));
    g_autofree char *element = g_strndup(from, (gsize)(to - from));
    return g_strconcat(before, again ? element : "", again ? element : "", to, NULL);
}

static void test_missing(void)
{
    static const char *const optional[] = {"expires", "address", "creator-host", "run", NULL};
    SbMetadata written = example();
    g_autofree char *xml = whole_domain(&written);
    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *changed = without(xml, elements[i], FALSE);
        g_test_message("without %s", elements[i]);
        if (g_strv_contains(optional, elements[i]))
            assert_valid(changed);
        else
            assert_invalid(changed);
    }
}

static void test_optional(void)
{
    SbMetadata written = example();
    written.expires = written.address = NULL;
    g_autofree char *xml = whole_domain(&written);
    g_assert_null(strstr(xml, "expires"));
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, NULL);
    g_assert_nonnull(metadata);
    assert_same(metadata, &written);
}

/* Readers that take the first and readers that take the last must not see different machines. */
static void test_repeated(void)
{
    SbMetadata written = example();
    g_autofree char *xml = whole_domain(&written);
    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *changed = without(xml, elements[i], TRUE);
        assert_invalid(changed);
    }
    g_autoptr(xmlDoc) document = sb_xml_new("domain");
    xmlNode *parent = sb_xml_add(xmlDocGetRootElement(document), "metadata", NULL);
    sb_metadata_add(parent, &written);
    g_autofree char *one = sb_xml_to_string(document);
    assert_valid(one);
    sb_metadata_add(parent, &written);
    g_autofree char *two = sb_xml_to_string(document);
    assert_invalid(two);
}

/* A value that NAME must not have. */
static void refuse(const char *name, const char *value)
{
    SbMetadata written = example();
    g_autofree char *xml = whole_domain(&written);
    g_autofree char *rest = without(xml, name, FALSE);
    g_autoptr(xmlDoc) document = sb_xml_parse(rest, NULL);
    xmlNode *machine = sb_xml_find(xmlDocGetRootElement(document), "metadata/machine");
    sb_xml_add_text(machine, name, value);
    g_autofree char *changed = sb_xml_to_string(document);
    g_test_message("%s '%.60s'", name, value);
    assert_invalid(changed);
}

static void test_hostile_values(void)
{
    static const struct {
        const char *name;
        const char *values[8];
    } cases[] = {
        {"fleet", {"", "../up", "a b", "Upper", "x\ny", "-x"}},
        {"group", {"", "a/b", "run;ner"}},
        {"index", {"0", "-1", "1 ", "+1", "", "9999999999", "0x1"}},
        {"owner-uid", {"-1", "", "root", "4294967296"}},
        {"image", {"", "../../etc/shadow", "a.b.qcow2", "a/b", ".a"}},
        {"image-volume", {"", "../x.qcow2", "a/b", ".hidden", "-x", "a b", "a\n"}},
        {"pool", {"", "a/b", "a\nb", "\302\205", "-x", "\342\200\256x"}},
        {"created", {"", "yesterday", "2024-13-01T00:00:00Z", "2024-01-31T12:00:00", "2024-01-31"}},
        {"expires", {"", "2024-01-31T12:00:00+01:00", "2024-01-31T12:00:00-01:00", "9"}},
        {"spec-hash", {"", "a b", "$(x)"}},
        {"network", {"", "default", "NAT", "nat "}},
        {"address", {"", "10.0.0", "10.0.0.256", "10.0.0.1 ", "::1", "host", "010.1.1.1"}},
        {"login", {"", "Root", "-oProxyCommand=x", "a b", "a\nProxyCommand x", "1a", "a;b"}},
        {"host-key",
         {"", "ssh-rsa AAAA", "ssh-ed25519 ", "ssh-ed25519 AAAA comment", "ssh-ed25519 AAAA\nx",
          "@cert-authority * " KEY, KEY "===", "ssh-ed25519  AAAA"}},
        {"client-key", {"", "command=\"x\" " KEY, "ssh-ed25519 AA=A", KEY " a"}},
        {"creator", {"", "a b", "a\nb", "$x"}},
        {"creator-host", {"", "a b", "a\nb", "$x"}},
        {"run", {"", "a b", "Test", "-x"}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        for (gsize j = 0; j < 8 && cases[i].values[j]; j++)
            refuse(cases[i].name, cases[i].values[j]);
}

static void test_too_long(void)
{
    static const char *const with_limits[] = {
        "fleet", "group",     "image",   "image-volume", "pool",     "created",    "expires",
        "login", "spec-hash", "creator", "index",        "host-key", "client-key", "owner-uid"};
    g_autofree char *digits = g_strnfill(300, '1');
    g_autofree char *key = g_strconcat("ssh-ed25519 ", digits, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(with_limits); i++)
        refuse(with_limits[i], g_str_has_suffix(with_limits[i], "key") ? key : digits);
    /* Both parts are fine, but not together. */
    SbMetadata written = example();
    g_autofree char *part = g_strnfill(SB_NAME_MAX, 'a');
    written.fleet = written.group = part;
    g_autofree char *xml = whole_domain(&written);
    assert_invalid(xml);
    /* A text that is too long is not even parsed. */
    SbMetadata fine = example();
    g_autofree char *domain = whole_domain(&fine);
    g_autofree char *padding = g_strnfill(5 * 1024 * 1024, ' ');
    g_autofree char *padded = g_strconcat(domain, padding, NULL);
    assert_valid(domain);
    assert_invalid(padded);
}

static void test_foreign(void)
{
    SbMetadata written = example();
    g_autofree char *xml = whole_domain(&written);
    g_autofree char *other = replaced(xml, "urn:seedbed:domain:1", "urn:other");
    assert_invalid(other);
    g_autofree char *nested = replaced(xml, "<metadata>", "<metadata><o:o xmlns:o='urn:o'>");
    g_autofree char *closed = replaced(nested, "</metadata>", "</o:o></metadata>");
    assert_invalid(closed);
    g_autofree char *elsewhere = replaced(xml, "metadata>", "description>");
    assert_invalid(elsewhere);
    /* In a whole domain the namespace is required: another tool can have a <machine> too. */
    g_autofree char *bare = test_data("captured-metadata.xml", NULL);
    g_autofree char *domain = g_strconcat("<domain><metadata>", bare, "</metadata></domain>", NULL);
    assert_invalid(domain);
    /* A child of another namespace is not a value of ours. */
    g_autofree char *child = replaced(xml, "seedbed:login>", "login>");
    assert_invalid(child);
    g_autofree char *root = replaced(xml, "domain>", "network>");
    assert_invalid(root);
    g_autofree char *element = element_of(xml);
    assert_valid(element);
    g_autofree char *start =
        replaced(element, "<seedbed:machine", "<o:machine xmlns:o='urn:other'");
    g_autofree char *other_element = replaced(start, "</seedbed:machine", "</o:machine");
    assert_invalid(other_element);
    assert_invalid("");
    assert_invalid("no XML");
    assert_invalid("<domain/>");
    assert_invalid("<domain><metadata/></domain>");
    assert_invalid("<seedbed:network xmlns:seedbed='urn:seedbed:domain:1'/>");
}

/* A newer version can write more elements. */
static void test_unknown_element(void)
{
    SbMetadata written = example();
    g_autofree char *xml = whole_domain(&written);
    g_autofree char *more =
        replaced(xml, "<seedbed:login>", "<seedbed:new>1</seedbed:new><seedbed:login>");
    assert_valid(more);
}

static void test_doctype(void)
{
    SbMetadata written = example();
    g_autofree char *xml = whole_domain(&written);
    g_autofree char *with_entity = replaced(xml, "my pool &amp; more", "&p;");
    g_autofree char *document =
        g_strconcat("<!DOCTYPE domain [<!ENTITY p 'pool'>]>", with_entity, NULL);
    assert_invalid(document);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/metadata/domain-round-trip", test_domain_round_trip);
    g_test_add_func("/metadata/element-round-trip", test_element_round_trip);
    g_test_add_func("/metadata/written-alone", test_written_alone);
    g_test_add_func("/metadata/lifetime", test_lifetime);
    g_test_add_func("/metadata/creator", test_creator);
    g_test_add_func("/metadata/captured", test_captured);
    g_test_add_func("/metadata/missing", test_missing);
    g_test_add_func("/metadata/optional", test_optional);
    g_test_add_func("/metadata/repeated", test_repeated);
    g_test_add_func("/metadata/hostile-values", test_hostile_values);
    g_test_add_func("/metadata/too-long", test_too_long);
    g_test_add_func("/metadata/foreign", test_foreign);
    g_test_add_func("/metadata/unknown-element", test_unknown_element);
    g_test_add_func("/metadata/doctype", test_doctype);
    return g_test_run();
}
