/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/disk-users.h"

#include "test.h"

#include <string.h>

/* libvirt's test driver, where the pool "away" is defined and not active. */
static virConnect *connect_with_pool(void)
{
    sb_libvirt_silence();
    g_assert_true(sb_libvirt_init(NULL));
    virConnect *connection = virConnectOpen("test:///default");
    g_assert_nonnull(connection);
    g_autoptr(virStoragePool) pool = virStoragePoolDefineXML(
        connection, "<pool type='dir'><name>away</name><target><path>/away</path></target></pool>",
        0);
    g_assert_nonnull(pool);
    g_assert_cmpint(virStoragePoolIsActive(pool), ==, 0);
    return connection;
}

/* Who uses "/pool/image.qcow2", where a domain has DISK. (transfer full) */
static SbDiskUsers *users_with(const char *disk)
{
    g_autoptr(virConnect) connection = connect_with_pool();
    g_autofree char *xml = g_strconcat("<domain type='test'><name>off</name><memory>1024</memory>"
                                       "<os><type>hvm</type></os><devices>",
                                       disk, "</devices></domain>", NULL);
    g_autoptr(virDomain) domain = virDomainDefineXML(connection, xml);
    g_assert_nonnull(domain);
    SbDiskUsers *users = sb_disk_users_new(connection);
    g_assert_cmpint(virDomainUndefine(domain), ==, 0);
    return users;
}

/* An overlay on anything can be in a pool that cannot be looked into. */
static void a_base_that_is_hidden(void)
{
    static const char *const disks[] = {
        "<disk type='file'><driver type='qcow2'/><source file='/away/off.qcow2'/>"
        "<target dev='vda'/></disk>",
        "<disk type='volume'><driver type='qcow2'/><source pool='away' volume='off.qcow2'/>"
        "<target dev='vda'/></disk>"};
    for (gsize i = 0; i < G_N_ELEMENTS(disks); i++) {
        g_autoptr(SbDiskUsers) users = users_with(disks[i]);
        const GError *doubt = sb_disk_users_doubt(users);
        g_assert_error(doubt, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED);
        g_assert_nonnull(strstr(doubt->message, "'off'"));
        g_assert_nonnull(strstr(doubt->message, "'virsh pool-start away'"));
    }
}

static void a_base_that_is_known(void)
{
    static const char *const disks[] = {
        /* It has none. */
        "<disk type='file'><driver type='raw'/><source file='/away/off.raw'/>"
        "<target dev='vda'/></disk>",
        "<disk type='file'><driver type='qcow2'/><source file='/away/off.qcow2'/>"
        "<backingStore/><target dev='vda'/></disk>",
        /* It is not in the pool. */
        "<disk type='file'><driver type='qcow2'/><source file='/away/further/off.qcow2'/>"
        "<target dev='vda'/></disk>"};
    for (gsize i = 0; i < G_N_ELEMENTS(disks); i++) {
        g_autoptr(SbDiskUsers) users = users_with(disks[i]);
        g_assert_no_error(sb_disk_users_doubt(users));
        g_assert_cmpuint(sb_disk_users_domains(users, "/pool/image.qcow2")->len, ==, 0);
    }
    g_autoptr(SbDiskUsers) users =
        users_with("<disk type='file'><driver type='qcow2'/><source file='/away/off.qcow2'/>"
                   "<backingStore type='file'><format type='qcow2'/>"
                   "<source file='/pool/image.qcow2'/><backingStore/></backingStore>"
                   "<target dev='vda'/></disk>");
    g_assert_no_error(sb_disk_users_doubt(users));
    const GPtrArray *names = sb_disk_users_domains(users, "/pool/image.qcow2");
    g_assert_cmpuint(names->len, ==, 1);
    g_assert_cmpstr(names->pdata[0], ==, "off");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/disk-users/a-base-that-is-hidden", a_base_that_is_hidden);
    g_test_add_func("/disk-users/a-base-that-is-known", a_base_that_is_known);
    return g_test_run();
}
