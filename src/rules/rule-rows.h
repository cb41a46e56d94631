/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How the tables of the rules are written: a row for each rule.
 *
 * Room: rules.
 * Threads: any.
 */
#pragma once

#include "rules/facts.h"
#include "rules/next-steps.h"
#include "rules/rules.h"

/* Rows: NAME, SIGNS, what is shown, the LINE of the console (or NULL), CAUSE, NEXT. */
#define EXPLAINS(name_, signs_, shows_, line_, cause_, next_)                                      \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_THESE signs_}, .kind = SB_RULE_EXPLAINS, .shows = (shows_)                    \
    }
#define ENDS(name_, signs_, shows_, line_, cause_, next_)                                          \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_THESE signs_}, .kind = SB_RULE_ENDS, .shows = (shows_)                        \
    }
/* The guest's own words explain a late stage. */
#define SAYS(name, line, cause, next) EXPLAINS(name, (SB_SIGN_AWAITS), 0, line, cause, next)
/* What goes wrong in cloud-init's last stages, when the guest can be reached already. */
#define LATE_SAYS(name, line, cause, next)                                                         \
    EXPLAINS(name, (SB_SIGN_AWAITS_CLOUD_INIT), 0, line, cause, next)
/* One line says so, and one WITH it says more. */
#define SAYS_WITH(name_, line_, with_, cause_, next_)                                              \
    FAILED_WITH(name_, 0, line_, with_, cause_, next_)
#define FAILED_WITH(name_, shows_, line_, with_, cause_, next_)                                    \
    {                                                                                              \
        .name = (name_), .line = (line_), .with = (with_), .cause = (cause_), .next = (next_),     \
        .signs = {SB_SIGN_AWAITS}, .kind = SB_RULE_EXPLAINS, .shows = (shows_)                     \
    }
/* A unit failed, and the lines before it may say why. */
#define FAILED(name_, shows_, line_, cause_, next_)                                                \
    EXPLAINS(name_, (SB_SIGN_AWAITS), (shows_) | SB_SHOW_REASON, line_, cause_, next_)
/* Why a unit failed, which is said just before. */
#define REASON(name_, line_, cause_, next_)                                                        \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_SIGN_AWAITS}, .kind = SB_RULE_REASON                                          \
    }
/* The last thing that the guest was seen to wait for. */
#define WAITS(name_, signs_, line_, cause_, next_)                                                 \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_SIGN_AWAITS, SB_THESE signs_}, .kind = SB_RULE_EXPLAINS,                      \
        .shows = SB_SHOW_NETWORK, .goes_on = TRUE                                                  \
    }
/* The last line of the console matches. */
#define AT_END(name_, signs_, line_, cause_, next_)                                                \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_SIGN_AWAITS, SB_THESE signs_}, .kind = SB_RULE_EXPLAINS,                      \
        .shows = SB_SHOW_WORK | SB_SHOW_REASON, .is_last = TRUE                                    \
    }
/* The same of a machine that gets the time that it wants. */
#define HANGS_AT_END(name_, signs_, line_, cause_, next_)                                          \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_SIGN_AWAITS, SB_THESE signs_}, .kind = SB_RULE_EXPLAINS,                      \
        .shows = SB_SHOW_WORK | SB_SHOW_REASON, .is_last = TRUE, .unless = SB_SIGN_STARVED         \
    }
