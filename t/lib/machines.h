/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines in libvirt's test driver, for C tests. The driver lives in the process: each test has
 * its own.
 */
#pragma once

#include "base/xml.h"
#include "libvirt/domain.h"

#include <string.h>

#define MACHINE_KEY                                                                                \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"

/** A connection to the driver, which also has a domain "test" that seedbed did not make. (transfer
 * full) */
static inline virConnect *machines_connect(void)
{
    sb_libvirt_silence();
    g_assert_true(sb_libvirt_init(NULL));
    virConnect *connection = virConnectOpen("test:///default");
    g_assert_nonnull(connection);
    return connection;
}

/** The XML of machine INDEX of the group "m" of FLEET. (transfer full) */
static inline char *machine_xml(const char *fleet, guint index, const char *uuid)
{
    g_autofree char *name = g_strdup_printf("%s-m-%u", fleet, index);
    const SbMetadata metadata = {.fleet = (char *)fleet,
                                 .group = (char *)"m",
                                 .index = index,
                                 .image = (char *)"pocket",
                                 .image_volume = (char *)"pocket.0123456789abcdef.qcow2",
                                 .pool = (char *)"default-pool",
                                 .created = (char *)"2024-01-31T12:00:00Z",
                                 .spec_hash = (char *)"5e884898da28047151d0e56f8dc62927",
                                 .network = SB_NETWORK_NAT,
                                 .address = (char *)"10.83.7.10",
                                 .login = (char *)"seedbed",
                                 .host_key = (char *)MACHINE_KEY,
                                 .client_key = (char *)MACHINE_KEY,
                                 .creator = (char *)"3f9c-41/pid:[4026531836]/123/4567"};
    g_autoptr(xmlDoc) document = sb_xml_new("domain");
    xmlNode *domain = xmlDocGetRootElement(document);
    xmlNewProp(domain, BAD_CAST "type", BAD_CAST "test");
    sb_xml_add_text(domain, "name", name);
    sb_xml_add_text(domain, "uuid", uuid);
    sb_xml_add_text(domain, "memory", "65536");
    sb_xml_add_text(sb_xml_add(domain, "os", NULL), "type", "hvm");
    sb_metadata_add(sb_xml_add(domain, "metadata", NULL), &metadata);
    return sb_xml_to_string(document);
}

/** Defines that machine, with a new UUID. */
static inline void machine_define(virConnect *connection, const char *fleet, guint index)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *xml = machine_xml(fleet, index, uuid);
    g_autoptr(virDomain) domain = virDomainDefineXML(connection, xml);
    g_assert_nonnull(domain);
}
