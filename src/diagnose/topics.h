/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The topics of `explain`: what machines are made of, in a few sentences each.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/** The names of all topics with what each is about, "NAME: TITLE" in a line each. (transfer full)
 */
char *sb_topics_list(void);

/** The text of the topic NAME, with its title. (transfer full) (nullable) NULL: there is none */
char *sb_topic(const char *name);
