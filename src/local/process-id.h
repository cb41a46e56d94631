/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A text that names one process for good, and whether that process still runs.
 *
 * A process id alone is reused and means nothing on another host or in another pid namespace; so
 * the text also has the boot, the namespace and the process' start time.
 *
 * Room: local.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

typedef enum {
    SB_PROCESS_RUNS,
    SB_PROCESS_GONE,    /**< it ended, or has ended and waits for its parent to notice */
    SB_PROCESS_UNKNOWN, /**< not known: another host, boot, pid namespace or user, or not such a
                         * text
                         */
} SbProcessState;

/** The text for this process. (transfer full) */
char *sb_process_id_self(void);

/** The state of the process that TEXT names. */
SbProcessState sb_process_id_check(const char *text);
