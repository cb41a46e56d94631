/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How an event of the rooms becomes one of seedbed/event.h. Not installed.
 *
 * Room: seedbed.
 * Threads: any.
 */
#pragma once

#include "model/event.h"
#include "seedbed/event.h"

/** Gives EVENT to FUNCTION. */
void sb_public_event_tell(const SbEvent *event, SeedbedEventFunc function, gpointer data);
