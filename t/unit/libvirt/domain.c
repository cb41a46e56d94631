/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain.h"
#include "test.h"

#include <string.h>

/* libvirt's test driver has a domain "test", which runs. Over a connection that may only read, all
 * that is done to it fails, for a reason that has a code of its own. */
static virDomain *running_domain(virConnect **connection_out)
{
    sb_libvirt_silence();
    g_assert_true(sb_libvirt_init(NULL));
    virConnect *connection = virConnectOpenReadOnly("test:///default");
    g_assert_nonnull(connection);
    virDomain *domain = virDomainLookupByName(connection, "test");
    g_assert_nonnull(domain);
    g_assert_cmpint(virDomainIsActive(domain), ==, 1);
    *connection_out = connection;
    return domain;
}

static void denied(gboolean (*function)(virDomain *domain, GError **error))
{
    g_autoptr(virConnect) connection = NULL;
    g_autoptr(virDomain) domain = running_domain(&connection);
    g_autoptr(GError) error = NULL;
    g_assert_false(function(domain, &error));
    g_assert_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DENIED);
    g_assert_nonnull(strstr(error->message, "'test'"));
    g_assert_nonnull(strstr(error->message, "read only access"));
}

/* What libvirt said first is what counts, whatever is asked of it after that. */
static void test_errors(void)
{
    denied(sb_domain_shut_down);
    denied(sb_domain_stop);
    denied(sb_domain_undefine);
}

/* A domain that is as it should be already is no error, whatever may be done to it. */
static void test_already(void)
{
    g_autoptr(virConnect) connection = NULL;
    g_autoptr(virDomain) domain = running_domain(&connection);
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_domain_start_paused(domain, &error));
    g_assert_no_error(error);
    g_assert_true(sb_domain_resume(domain, &error));
    g_assert_no_error(error);
}

/* The test driver has an error for each disk of a domain. */
static void test_disk_errors(void)
{
    sb_libvirt_silence();
    g_assert_true(sb_libvirt_init(NULL));
    g_autoptr(virConnect) connection = virConnectOpen("test:///default");
    g_autoptr(GError) error = NULL;
    g_autofree char *errors = NULL;
    static const char xml[] =
        "<domain type='test'><name>disks</name><memory>65536</memory><os><type>hvm</type></os>"
        "<devices><disk type='file'><source file='/a'/><target dev='vda'/></disk>"
        "<disk type='file'><source file='/b'/><target dev='vdb'/></disk></devices></domain>";
    g_autoptr(virDomain) with_disks = virDomainCreateXML(connection, xml, 0);
    g_assert_nonnull(with_disks);
    g_assert_true(sb_domain_disk_errors(with_disks, &errors, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(errors, ==, "vda: input/output error, vdb: no space left");
    g_assert_cmpint(virDomainDestroy(with_disks), ==, 0);
    g_autofree char *none = NULL;
    g_assert_false(sb_domain_disk_errors(with_disks, &none, &error));
    g_assert_nonnull(error);
}

/* Each end of a domain but the one that its guest brings about is none to build on. */
static void test_has_shut_down(void)
{
    sb_libvirt_silence();
    g_assert_true(sb_libvirt_init(NULL));
    g_autoptr(virConnect) connection = virConnectOpen("test:///default");
    g_autoptr(virDomain) domain = virDomainLookupByName(connection, "test");
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_domain_has_shut_down(domain, &error));
    g_assert_error(error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_NOT_OFF);
    g_assert_nonnull(strstr(error->message, "'test'"));
    g_assert_nonnull(strstr(error->message, "running"));
    g_clear_error(&error);
    g_assert_true(sb_domain_stop(domain, NULL));
    g_assert_false(sb_domain_has_shut_down(domain, &error));
    g_assert_error(error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_NOT_OFF);
    g_assert_nonnull(strstr(error->message, "somebody destroyed it"));
    g_clear_error(&error);
    g_assert_cmpint(virDomainCreate(domain), ==, 0);
    g_assert_true(sb_domain_shut_down(domain, &error));
    g_assert_true(sb_domain_has_shut_down(domain, &error));
    g_assert_no_error(error);
}

static void test_foreign(void)
{
    g_autoptr(virConnect) connection = NULL;
    virDomainFree(running_domain(&connection));
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_domain_find(connection, "test", &error));
    g_assert_error(error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_FOREIGN);
    g_clear_error(&error);
    g_assert_null(sb_domain_find(connection, "none", &error));
    g_assert_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autoptr(GPtrArray) ours = sb_domain_list(connection, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(ours->len, ==, 0);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/domain/errors", test_errors);
    g_test_add_func("/domain/already", test_already);
    g_test_add_func("/domain/has-shut-down", test_has_shut_down);
    g_test_add_func("/domain/foreign", test_foreign);
    g_test_add_func("/domain/disk-errors", test_disk_errors);
    return g_test_run();
}
