/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/trial.h"

#include "base/retry.h"
#include "base/text.h"
#include "base/xml.h"
#include "libvirt/console.h"

#include <string.h>

enum { READ_BYTES = 4096, PAUSE_MS = 200, CONSOLE_MAX_BYTES = 256 * 1024 };

/* Paused, so that nothing is printed before its console is open. */
static virDomain *start(virConnect *connection, xmlDoc *xml, GError **error)
{
    g_autofree char *text = sb_xml_to_string(xml);
    virDomain *domain = virDomainCreateXML(connection, text,
                                           VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY |
                                               VIR_DOMAIN_START_VALIDATE);
    if (!domain)
        sb_libvirt_set_error(error, "cannot start a machine");
    return domain;
}

/* FALSE: the domain ended. */
static gboolean read_console(virDomain *domain, virStream *stream, const char *until, guint seconds,
                             GString *console)
{
    SbRetry retry = {.tries = seconds * 1000 / PAUSE_MS, .pause_ms = PAUSE_MS};
    do {
        char buffer[READ_BYTES];
        int got;
        while ((got = virStreamRecv(stream, buffer, sizeof buffer)) > 0)
            if (console->len < CONSOLE_MAX_BYTES)
                g_string_append_len(console, buffer, got);
        if (strstr(console->str, until))
            return TRUE;
        if (virDomainIsActive(domain) != 1)
            return FALSE;
    } while (sb_retry_again(&retry));
    return TRUE;
}

static gboolean run(virDomain *domain, const char *until, guint seconds, GString *console,
                    GError **error)
{
    g_autoptr(virStream) stream = sb_console_open_stream(domain, 0, error);
    if (!stream)
        return FALSE;
    gboolean is_resumed = virDomainResume(domain) == 0;
    gboolean is_alive = is_resumed && read_console(domain, stream, until, seconds, console);
    virError *cause = virSaveLastError();
    virStreamAbort(stream);
    return sb_libvirt_is_fine(is_alive, cause, error,
                              is_resumed ? "the machine ended by itself"
                                         : "the machine cannot be started");
}

gboolean sb_trial_boot(virConnect *connection, xmlDoc *xml, const char *until, guint seconds,
                       char **console_out, GError **error)
{
    g_autoptr(virDomain) domain = start(connection, xml, error);
    if (!domain)
        return FALSE;
    g_autoptr(GString) console = g_string_new(NULL);
    gboolean is_done = run(domain, until, seconds, console, error);
    if (virDomainDestroy(domain) < 0) {
        virError *cause = virSaveLastError();
        is_done = sb_libvirt_is_fine(virDomainIsActive(domain) == 0, cause, is_done ? error : NULL,
                                     "the trial machine '%s' cannot be removed",
                                     virDomainGetName(domain)) &&
                  is_done;
    }
    if (is_done)
        *console_out = sb_text_sanitize(console->str, console->len);
    return is_done;
}
