/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A shell on a machine that waits for the next command, so that a command needs no login of its
 * own. guest-command.c runs commands in it.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/ssh-process.h"

typedef struct SbKeptShell SbKeptShell;

/** No shell yet. (transfer full) */
SbKeptShell *sb_kept_shell_new(void);

/** Closes the shell. (nullable) */
void sb_kept_shell_free(SbKeptShell *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbKeptShell, sb_kept_shell_free)

/**
 * Keeps SSH instead of the shell that was kept before. A shell that ends, or says something while
 * it is kept, is closed.
 *
 * @param ssh  (transfer full) guest-command.sh waits there for the next command
 */
void sb_kept_shell_put(SbKeptShell *kept, SbSshProcess *ssh);

/** The shell, which is not kept any more. (transfer full) (nullable) */
SbSshProcess *sb_kept_shell_take(SbKeptShell *kept) G_GNUC_WARN_UNUSED_RESULT;

/** Closes the shell, because its machine has rebooted or is lost. (nullable) */
void sb_kept_shell_close(SbKeptShell *kept);

/** Kept shells of several machines, without any yet. (transfer full) */
GHashTable *sb_kept_shells_new(void);

/** That of MACHINE in SHELLS (nullable); NULL without SHELLS. (transfer none) */
SbKeptShell *sb_kept_shells_get(GHashTable *shells, const char *machine);
