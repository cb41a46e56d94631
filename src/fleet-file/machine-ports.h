/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The ports of the libvirt host that lead into a machine: `ports` in a fleet file.
 *
 * QEMU itself listens to them, for a network card of user networking. So they are there before the
 * guest boots, they survive its reboots, and they end with the machine; no other process is needed.
 *
 * Room: fleet-file.
 * Threads: pure.
 */
#pragma once

#include "fleet-file/fleet-file-values.h"

/** The most ports of one machine. */
#define SB_PORTS_MAX 32

/** The most characters of a text for sb_machine_ports_from_text(). */
#define SB_PORTS_TEXT_MAX (SB_PORTS_MAX * 40)

typedef struct {
    guint32 address;    /**< of the host, as in sb_ipv4_parse(): where it listens */
    guint16 port;       /**< of the host; 0: QEMU chooses a free one */
    guint16 guest_port; /**< at least 1 */
    gboolean is_udp;
    SbMark mark; /**< in the fleet file */
} SbMachinePort;

/** Of a GArray * (nullable) of SbMachinePort: `read` takes a list of texts
 * [ADDRESS:]PORT:GUEST-PORT[/tcp|/udp]. Without an address, it is 127.0.0.1. */
extern const SbFieldType sb_machine_ports_type;

/** PORT as text: "127.0.0.1:8080:80/tcp". (transfer full) */
char *sb_machine_port_text(const SbMachinePort *port);

/** PORTS (nullable) as one text with spaces between; NULL for none. (transfer full) */
char *sb_machine_ports_to_text(const GArray *ports);

/** What sb_machine_ports_to_text() wrote; NULL if TEXT is not that. (transfer full) */
GArray *sb_machine_ports_from_text(const char *text);

/** Whether a host cannot listen to both. */
gboolean sb_machine_ports_clash(const SbMachinePort *a, const SbMachinePort *b);
