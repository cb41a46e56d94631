/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

/* NAME stands for the SbCommand sb_command_NAME in the file cmd-NAME.c. */
#define COMMANDS(COMMAND)                                                                          \
    COMMAND(up)                                                                                    \
    COMMAND(down)                                                                                  \
    COMMAND(start)                                                                                 \
    COMMAND(stop)                                                                                  \
    COMMAND(restart)                                                                               \
    COMMAND(snapshot)                                                                              \
    COMMAND(restore)                                                                               \
    COMMAND(gc)                                                                                    \
    COMMAND(list)                                                                                  \
    COMMAND(status)                                                                                \
    COMMAND(evidence)                                                                              \
    COMMAND(doctor)                                                                                \
    COMMAND(explain)                                                                               \
    COMMAND(ssh)                                                                                   \
    COMMAND(exec)                                                                                  \
    COMMAND(copy)                                                                                  \
    COMMAND(log)                                                                                   \
    COMMAND(monitor)                                                                               \
    COMMAND(console)                                                                               \
    COMMAND(ssh_config)                                                                            \
    COMMAND(inventory)                                                                             \
    COMMAND(run)                                                                                   \
    COMMAND(xml)                                                                                   \
    COMMAND(lint)                                                                                  \
    COMMAND(seed)                                                                                  \
    COMMAND(build)                                                                                 \
    COMMAND(image_fetch)                                                                           \
    COMMAND(image_update)                                                                          \
    COMMAND(image_import)                                                                          \
    COMMAND(image_list)                                                                            \
    COMMAND(image_info)                                                                            \
    COMMAND(image_verify)                                                                          \
    COMMAND(image_export)                                                                          \
    COMMAND(image_rm)                                                                              \
    COMMAND(test)                                                                                  \
    COMMAND(report_merge)                                                                          \
    COMMAND(tap)                                                                                   \
    COMMAND(config)                                                                                \
    COMMAND(completion)

#define DECLARE(name) extern const SbCommand sb_command_##name;
#define POINT_TO(name) &sb_command_##name,

COMMANDS(DECLARE)
const SbCommand *const sb_commands[] = {COMMANDS(POINT_TO) NULL};
