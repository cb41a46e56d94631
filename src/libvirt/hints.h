/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What can be done about libvirt's own errors: they come from QEMU, dnsmasq, firewalls and file
 * systems, and seldom say it.
 *
 * Room: libvirt.
 * Threads: every function is pure.
 */
#pragma once

/**
 * One step that is possible after libvirt has failed with MESSAGE.
 *
 * @param tried  (nullable) what was tried, with the name of the thing in quotes
 * @return (transfer full) (nullable) NULL: none is known
 */
char *sb_libvirt_hint(const char *tried, const char *message);
