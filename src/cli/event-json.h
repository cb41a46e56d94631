/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Events and errors as JSON: see seedbed-json(5).
 *
 * Room: cli.
 * Threads: any may print an event.
 */
#pragma once

#include "model/event.h"

#include <json-glib/json-glib.h>

/** An SbEventFunc: prints EVENT on stdout, as a document on a line of its own. DATA is not used. Of
 * SB_EVENT_PROGRESS, one in a second is printed, and the last of each activity. */
void sb_event_json_print(const SbEvent *event, gpointer data);

/** Adds the member NAME: what ERROR (nullable) says, with its finding if it has one; or null. */
void sb_event_json_add_error(JsonBuilder *builder, const char *name, const GError *error);
