/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The folder with the files of a fleet that only this user needs: ssh key, known_hosts, ssh_config.
 *
 * `$XDG_STATE_HOME/seedbed/LIBVIRT/FLEET`, mode 0700, where LIBVIRT stands for the libvirtd
 * ("qemu-system"): fleets of the same name on two hosts are two fleets. Everything in it but the
 * key can be made again. None of the three folders may be a link, belong to another user, or let
 * others write into it.
 *
 * Room: local.
 * Threads: any.
 */
#pragma once

#include <glib.h>

#define SB_STATE_DIR_ERROR (sb_state_dir_error_quark())
GQuark sb_state_dir_error_quark(void);

typedef enum {
    SB_STATE_DIR_ERROR_FILE, /**< the folder or a file in it cannot be made, or belongs to somebody
                                else */
} SbStateDirError;

/* The names of files about a machine: MACHINE and this. */
#define SB_SETTLED_SUFFIX ".settled" /**< UUID and boot id: then it was ready, without a note */
#define SB_HISTORY_SUFFIX ".history" /**< what happened to it: see wait/history.h */
#define SB_CLOUD_INIT_LOG_SUFFIX ".cloud-init.log"
#define SB_CLOUD_INIT_OUTPUT_SUFFIX ".cloud-init-output.log"

/** The fleet file with which the fleet was last brought up. */
#define SB_STATE_DIR_FLEET_FILE "fleet.yaml"

/** The folder above those of all libvirtds. It need not exist. (transfer full) */
char *sb_state_dir_root(void);

/** The folder for FLEET on the libvirtd at URI. It need not exist. (transfer full) */
char *sb_state_dir_path(const char *uri, const char *fleet);

/**
 * Lists the folders in FOLDER, which is that of a libvirtd or a folder in that, in which nothing
 * has changed since BEFORE_US, in microseconds since the epoch.
 *
 * @return (transfer full) of char *: their names, none if there is no FOLDER; or NULL with
 * SB_STATE_DIR_ERROR_FILE
 */
GPtrArray *sb_state_dir_list(const char *folder, gint64 before_us,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether the last OWN components of PATH, as far as they exist, are folders of this user, and not
 * links. FALSE with SB_STATE_DIR_ERROR_FILE. */
gboolean sb_state_dir_check_own(const char *path, guint own,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Makes the folder. FALSE with SB_STATE_DIR_ERROR_FILE, also if the folder exists, but others can
 * read it, or it is not this user's. */
gboolean sb_state_dir_ensure(const char *directory, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Writes TEXT to the file NAME in DIRECTORY, mode 0600: whole or not at all. A file that has TEXT
 * already is left alone. FALSE with SB_STATE_DIR_ERROR_FILE. The result may be dropped. */
gboolean sb_state_dir_write(const char *directory, const char *name, const char *text,
                            GError **error);

/** Removes the folder with the files in it; it holds no folders. TRUE also if there is none; FALSE
 * with SB_STATE_DIR_ERROR_FILE. The result may be dropped. */
gboolean sb_state_dir_remove(const char *directory, GError **error);

/** Removes the files of one machine: its control socket, record and saved logs. FALSE with
 * SB_STATE_DIR_ERROR_FILE. */
gboolean sb_state_dir_forget_machine(const char *directory, const char *machine,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
