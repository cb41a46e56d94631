/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Why the ssh server of a guest refuses the fleet's key, or does not listen, or why nothing answers
 * at its address: the guest is asked through its agent, which is the way in that is left.
 *
 * Room: diagnose.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"

/** The script for /bin/sh of the guest, as root. It prints a clause for each thing that is wrong
 * with the account LOGIN and its CLIENT_KEY; both have the form of a machine's metadata. (transfer
 * full)
 */
char *sb_account_script(const char *login, const char *client_key);

/** The first thing that is wrong with the account LOGIN in the guest of DOMAIN, as a clause, or
 * that nothing is. Blocks. (transfer full) (nullable) NULL: no agent answers */
char *sb_account_problem(virDomain *domain, const char *login, const char *client_key);

/** The script for /bin/sh of the guest, as root, that prints why sshd does not listen at port 22.
 */
extern const char sb_sshd_script[];

/** Why nothing listens at port 22 of the guest of DOMAIN, as a clause. Blocks. (transfer full)
 * (nullable) NULL: it is not known, or no agent answers */
char *sb_sshd_problem(virDomain *domain);

/** The script for /bin/sh of the guest, as root, that prints why nothing answers at "$address". */
extern const char sb_network_script[];

/** Why nothing in the guest of DOMAIN answers at ADDRESS, as a clause. Blocks. (transfer full)
 * (nullable) NULL: it is not known, or no agent answers */
char *sb_network_problem(virDomain *domain, const char *address);
