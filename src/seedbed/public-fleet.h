/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The fleet file inside of a SeedbedFleet. Not installed.
 *
 * Room: seedbed.
 * Threads: any.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "seedbed/fleet.h"

/** The file of FLEET. (transfer none) */
const SbFleetFile *sb_public_fleet_file(const SeedbedFleet *fleet);

/** The folder for the artifacts of its tests. (transfer none) (nullable) */
const char *sb_public_fleet_artifacts(const SeedbedFleet *fleet);
