/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What `start`, `stop` and `restart` share: options, the calls of the library, and what is shown.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "fleet/start.h"
#include "fleet/stop.h"

/** How machines are stopped: set by the options. */
typedef struct {
    gboolean is_now;  /**< --now */
    gboolean is_save; /**< --save */
} SbStopFlags;

/** --now: FLAGS is an SbStopFlags. */
#define SB_OPTION_NOW(flags)                                                                       \
    {                                                                                              \
        "now", 0, 0, G_OPTION_ARG_NONE, &(flags).is_now,                                           \
            "do not ask the guest: stop it as if the power failed", NULL                           \
    }

/** -t: `timeout_ms` of SbCli. */
#define SB_OPTION_STOP_TIMEOUT                                                                     \
    {                                                                                              \
        "timeout", 't', 0, G_OPTION_ARG_CALLBACK, sb_option_timeout,                               \
            "the longest time for a guest to power off (default: '2 min')", "DURATION"             \
    }

/** Whether the options go together; the error is printed. */
gboolean sb_cli_stop_check(const SbCli *cli, const SbStopFlags *flags);

/** Stops the machines NAMES, and shows that. Returns the exit status. */
int sb_cli_stop(SbCli *cli, char **names, const SbStopFlags *flags);

/** Starts the machines NAMES, and shows that. Returns the exit status. */
int sb_cli_start(SbCli *cli, char **names, const SbStartOptions *options);
