/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Asks a guest in one ssh command how its boot and cloud-init went, and takes the answer apart.
 *
 * The answer is a sequence of sections: a line "seedbed-section NAME", then lines that each begin
 * with "|". So nothing inside a section can look like the next section.
 *
 * Room: cloud-init.
 * Threads: every function is pure; a report belongs to one thread.
 */
#pragma once

#include <glib.h>

/** A longer answer is not an answer to this question. */
#define SB_GUEST_REPORT_MAX_BYTES (4 * 1024 * 1024)

/** The guest prints this as soon as its shell runs. */
#define SB_GUEST_REPORT_BEGIN "seedbed-logged-in"

/** The last line of an answer that ends with another command. */
#define SB_GUEST_REPORT_SETTLED "seedbed-settled"

/* The sections. The first is always there; of the others, if the guest does not have the source,
 * the section is empty or missing. */
#define SB_GUEST_BOOT "boot"       /**< the kernel's random id of this boot */
#define SB_GUEST_CMDLINE "cmdline" /**< /proc/cmdline */
#define SB_GUEST_CLOCK "clock"     /**< /proc/uptime, then seconds since the epoch */
#define SB_GUEST_STATUS "status"   /**< `cloud-init status --format=json`; missing: no cloud-init */
#define SB_GUEST_RESULT "result"   /**< /run/cloud-init/result.json, which its last stage writes */
#define SB_GUEST_STAGES "stages"   /**< /run/cloud-init/status.json: when each stage ran */
#define SB_GUEST_LOG "log"         /**< the end of /var/log/cloud-init.log */
#define SB_GUEST_OUTPUT "output"   /**< the end of /var/log/cloud-init-output.log */
#define SB_GUEST_SYSTEMD "systemd" /**< `systemctl show`: when the system was up */
#define SB_GUEST_UNITS "units"     /**< the same of units that a test waits for */

/**
 * The shell command. (transfer full)
 *
 * @param is_waiting  answer when cloud-init has finished its last stage, not immediately. Then the
 * answer has only the sources of the verdict: no times, and logs only if they can explain a failure
 * @param settled_boot  (nullable) the id of a boot, a UUID, about which nothing more is asked
 * @param settled       (nullable) what the shell does then instead of its end
 */
char *sb_guest_report_command(gboolean is_waiting, const char *settled_boot, const char *settled);

typedef struct SbGuestReport SbGuestReport;

/** Why a wait for cloud-init is in vain. */
typedef enum {
    SB_GUEST_NOT_IN_VAIN,
    SB_GUEST_READ_ONLY, /**< it cannot write that it is done */
    SB_GUEST_NO_UNIT,   /**< systemd has no job left that would start its last stage */
} SbGuestVain;

/**
 * What a LINE of LENGTH bytes, of the answer to a command that waits, says that cloud-init works
 * at: "cloud-init runs its module 'x', and in it 'COMMAND > COMMAND'", each with the command that
 * it waits for; or why the wait is in vain, as a clause.
 *
 * @param vain_out  written with the result
 * @return (transfer full) (nullable)
 */
char *sb_guest_report_doing(const char *line, gsize length, SbGuestVain *vain_out);

/** Takes the guest's answer apart; any other text in it is skipped. (transfer full) */
SbGuestReport *sb_guest_report_parse(const char *text, gsize length);

/** Frees REPORT and all that it has. */
void sb_guest_report_free(SbGuestReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbGuestReport, sb_guest_report_free)

/** The section NAME as the guest sent it: it may have any bytes, NULs too. NULL if it is missing.
 * (transfer none) */
const GString *sb_guest_report_get(const SbGuestReport *report, const char *name);
