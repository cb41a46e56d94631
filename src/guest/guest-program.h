/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Programs for Linux guests, of one or two system calls. They are put together here, from their ELF
 * headers and a dozen instructions: building them would need an assembler for each architecture.
 *
 * reseed: `reseed >/dev/urandom`, as root, makes the kernel's random number generator take the seed
 * that was written there. Without it, all machines that are thawed from one memory draw the same
 * random numbers for up to a minute: the kernel mixes what is written there, but waits with using
 * it. Only the ioctl RNDRESEEDCRNG ends the wait. No shell has it, perl and python take seconds in
 * an emulated guest, and may not be there. Its exit status is 0 if the kernel took the seed.
 *
 * nap: waits for 20 ms. An emulated guest needs 50 ms to start a `sleep` that loads libraries, and
 * 5 ms to start this.
 *
 * Room: guest.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

typedef enum { SB_GUEST_PROGRAM_RESEED, SB_GUEST_PROGRAM_NAP, SB_GUEST_PROGRAMS } SbGuestProgram;

/**
 * PROGRAM for guests of ARCH, as an ELF file.
 *
 * @param arch  "aarch64" or "x86_64"
 * @return (transfer full) or NULL for another architecture
 */
GBytes *sb_guest_program(SbGuestProgram program, const char *arch);
