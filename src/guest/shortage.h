/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a guest ran short of while a step failed in it: a file system that matters to the step is
 * full (that of the step's folder, /tmp, and the root), its kernel had to kill processes because
 * memory was full, or it has no CPU for a program of the step.
 *
 * Only writing shows whether an account can write: root may use the reserve that others may not,
 * and a quota can end before the disk is full. Where the account may not write at all, the file
 * system says how much is free.
 *
 * Room: guest.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The script that looks; the step's account runs it. WORKDIR (nullable) is the step's folder, and
 * COMMAND its command. (transfer full) */
char *sb_shortage_script(const char *workdir, const char *command);

/** Says which file systems are full by the script's OUTPUT; NULL: none is. (transfer full) */
char *sb_shortage_of_disk(const char *output);

/** Says how many processes the guest's kernel has killed since the boot by the script's OUTPUT;
 * NULL: none. It may have been before the step, or what the step tests. (transfer full) */
char *sb_shortage_of_memory(const char *output);

/** Says which program of the command is for another architecture by the script's OUTPUT; NULL: none
 * is. (transfer full) */
char *sb_shortage_of_architecture(const char *output);
