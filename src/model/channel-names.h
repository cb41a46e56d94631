/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The names of the virtio-serial ports of a machine. A guest finds a port under its name in
 * /dev/virtio-ports.
 *
 * Room: model.
 * Threads: constants only.
 */
#pragma once

/** The port of QEMU's guest agent. */
#define SB_AGENT_CHANNEL "org.qemu.guest_agent.0"

/** The port for the results of tests. */
#define SB_RESULTS_CHANNEL "seedbed.results"
