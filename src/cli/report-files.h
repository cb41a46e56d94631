/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Where the report of a test goes: to stdout, and to the files that options name.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "tap/report.h"

/** The paths that the options gave; NULL: not given. */
typedef struct {
    char *junit, *json, *html;
} SbReportFiles;

extern SbReportFiles sb_report_files;

/** An entry for the table of a command. */
#define SB_OPTION_JUNIT                                                                            \
    {                                                                                              \
        "junit", 0, 0, G_OPTION_ARG_FILENAME, &sb_report_files.junit,                              \
            "also write the report as JUnit XML", "FILE"                                           \
    }

/** An entry for the table of a command. */
#define SB_OPTION_JSON                                                                             \
    {                                                                                              \
        "json", 0, 0, G_OPTION_ARG_FILENAME, &sb_report_files.json,                                \
            "also write the report as JSON", "FILE"                                                \
    }

/** An entry for the table of a command. */
#define SB_OPTION_HTML                                                                             \
    {                                                                                              \
        "html", 0, 0, G_OPTION_ARG_FILENAME, &sb_report_files.html,                                \
            "also write the report as a page of HTML", "FILE"                                      \
    }

/** Whether each file can be written: this is known before hours of tests. FALSE after a usage error
 * was printed. */
gboolean sb_report_files_check(const SbCli *cli) G_GNUC_WARN_UNUSED_RESULT;

/** Writes REPORT to stdout, where people get the failures and programs TAP, or a line of JSON with
 * --format json; and to each file. FALSE after an error was printed. */
gboolean sb_report_files_write(const SbCli *cli, const SbReport *report) G_GNUC_WARN_UNUSED_RESULT;

/** Writes TEXT (transfer full) to the file PATH, which gets its name when it is whole. FALSE after
 * an error was printed. */
gboolean sb_report_files_write_text(const char *path, char *text) G_GNUC_WARN_UNUSED_RESULT;
