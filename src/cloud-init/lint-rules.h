/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The rules of lint: the only list of them.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

/* The ids of the rules; schema-report.h and base/datum.h have the others. */
#define SB_RULE_HEADER "header"
#define SB_RULE_ENCODING "encoding"
#define SB_RULE_GZIP "gzip"
#define SB_RULE_PARTS "parts"
#define SB_RULE_SCRIPT "script"
#define SB_RULE_INCLUDE "include"
#define SB_RULE_PART_HANDLER "part-handler"
#define SB_RULE_SUDO_PASSWORD "sudo-password"
#define SB_RULE_POWEROFF "poweroff-in-runcmd"
#define SB_RULE_PWAUTH "pwauth-known-password"
#define SB_RULE_PLAIN_PASSWORD "plain-password"
#define SB_RULE_RUNCMD_MAP "runcmd-map"
#define SB_RULE_OCTAL "octal-permissions"
#define SB_RULE_OFFLINE "package-offline"
#define SB_RULE_INSTANCE_ID "instance-id"

typedef struct {
    const char *id; /**< never changes */
    SbSeverity severity;
    gboolean is_fixed; /**< cannot be switched off: the rest of the file could not be read */
    const char *summary;
} SbLintRule;

/** All rules; ends with an id of NULL. */
extern const SbLintRule sb_lint_rules[];

/** The rule called ID, or NULL if there is none. (transfer none) */
const SbLintRule *sb_lint_rule_find(const char *id);
