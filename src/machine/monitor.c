/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/monitor.h"

#include "base/text.h"
#include "machine/lookup.h"

#include <string.h>

char *sb_monitor(SbHost *host, const char *machine, const char *command, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(SbDomain) domain =
        lease.connection ? sb_lookup_machine(lease.connection, machine, error) : NULL;
    g_autoptr(virDomain) handle = domain && sb_lookup_check_answers(host, domain, error)
                                      ? sb_domain_open(lease.connection, domain->uuid, error)
                                      : NULL;
    g_autofree char *reply = handle ? sb_domain_monitor(handle, command, error) : NULL;
    return reply ? sb_text_sanitize(reply, strlen(reply)) : NULL;
}
