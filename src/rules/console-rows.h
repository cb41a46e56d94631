/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How the tables of the rules about fatal lines of a console are written.
 *
 * Room: rules.
 * Threads: any.
 */
#pragma once

#include "rules/facts.h"
#include "rules/next-steps.h"
#include "rules/rules.h"

/* A row that ends a wait: NAME, the LINE that ends it, a line WITH it (or NULL), CAUSE, NEXT. */
#define ENDS(name_, line_, with_, cause_, next_)                                                   \
    {                                                                                              \
        .name = (name_), .line = (line_), .with = (with_), .cause = (cause_), .next = (next_),     \
        .kind = SB_RULE_ENDS                                                                       \
    }
/* The same for a line that says what happened, and not why. */
#define ENDS_VAGUELY(name_, line_, with_, cause_, next_)                                           \
    {                                                                                              \
        .name = (name_), .line = (line_), .with = (with_), .cause = (cause_), .next = (next_),     \
        .kind = SB_RULE_ENDS, .shows = SB_SHOW_REASON                                              \
    }

/* Newer versions name the line of their source, and some its function. */
#define GRUB_ERROR "^error: (?:\\S+\\.c:(?:\\w+:)?\\d+: ?)?"
#define GRUB_NO_MEMORY "(?:out of memory|cannot allocate|couldn't find suitable memory target)"
