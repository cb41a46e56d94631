/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "seedbed/error.h"

#include "base/error.h"
#include "creation/bring-up.h"
#include "libvirt/libvirt.h"
#include "machine/lookup.h"
#include "machine/snapshot.h"
#include "seedbed/public-error.h"

#include <gio/gio.h>

SB_DEFINE_ERROR(seedbed_error, SB_ERROR(SEEDBED_ERROR_INPUT))

/* The code for CAUSE, which is not bad input as a whole domain says it. */
static SeedbedError code_of(const GError *cause)
{
    const struct {
        GQuark domain;
        int code;
        SeedbedError means;
    } table[] = {
        {G_IO_ERROR, G_IO_ERROR_CANCELLED, SEEDBED_ERROR_CANCELLED},
        {SB_BRING_UP_ERROR, SB_BRING_UP_ERROR_MACHINES, SEEDBED_ERROR_MACHINES},
        {SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DENIED, SEEDBED_ERROR_DENIED},
        {SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED, SEEDBED_ERROR_DISCONNECTED},
        {SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EVENT_LOOP, SEEDBED_ERROR_EVENT_LOOP},
        {SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_UNREACHABLE, SEEDBED_ERROR_UNREACHABLE},
        {SB_LOOKUP_ERROR, SB_LOOKUP_ERROR_UNKNOWN, SEEDBED_ERROR_UNKNOWN},
        {SB_PLAN_ERROR, SB_PLAN_ERROR_BUSY, SEEDBED_ERROR_BUSY},
        {SB_SNAPSHOT_ERROR, SB_SNAPSHOT_ERROR_UNKNOWN, SEEDBED_ERROR_UNKNOWN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_error_matches(cause, table[i].domain, table[i].code))
            return table[i].means;
    return sb_error_is_input(cause) ? SEEDBED_ERROR_INPUT : SEEDBED_ERROR_FAILED;
}

void sb_public_error_convert(GError *error)
{
    if (!error || error->domain == SEEDBED_ERROR)
        return;
    error->code = code_of(error);
    error->domain = SEEDBED_ERROR;
}

GError *sb_public_error_copy(const GError *error)
{
    GError *copy = error ? g_error_copy(error) : NULL;
    sb_public_error_convert(copy);
    return copy;
}
