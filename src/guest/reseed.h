/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A program for Linux guests that makes the kernel's random number generator take the seed that was
 * written to /dev/urandom: `reseed >/dev/urandom`, as root.
 *
 * Without it, all machines that are thawed from one memory draw the same random numbers for up to a
 * minute: the kernel mixes what is written there, but waits with using it. Only the ioctl
 * RNDRESEEDCRNG ends the wait. No shell has it, perl and python take seconds in an emulated guest,
 * and may not be there. The program is one system call, so it is put together here, from its ELF
 * headers and seven instructions: building it would need an assembler for each architecture.
 *
 * Room: guest.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/**
 * The program for guests of ARCH, as an ELF file. Its exit status is 0 if the kernel took the seed.
 *
 * @param arch  "aarch64" or "x86_64"
 * @return (transfer full) or NULL for another architecture
 */
GBytes *sb_reseed_program(const char *arch);
