/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The source files of a folder: in a git checkout those that git has or would take, without those
 * that .gitignore files leave out; elsewhere all files.
 *
 * Only git knows these rules, so it is asked, as a process.
 *
 * Room: local.
 * Threads: any.
 */
#pragma once

#include <glib.h>

#define SB_SOURCE_FILES_ERROR (sb_source_files_error_quark())
GQuark sb_source_files_error_quark(void);

typedef enum {
    SB_SOURCE_FILES_ERROR_MISSING, /**< there is no such file or folder */
    SB_SOURCE_FILES_ERROR_GIT,     /**< git refuses, although this is a checkout */
    SB_SOURCE_FILES_ERROR_READ,    /**< a folder cannot be read */
    SB_SOURCE_FILES_ERROR_MANY,    /**< there are more than SB_SOURCE_FILES_MAX */
} SbSourceFilesError;

#define SB_SOURCE_FILES_MAX 200000

typedef struct {
    char *root;       /**< a folder */
    GPtrArray *names; /**< of char *: regular files and symbolic links, and folders that are empty
                         where all files are taken; relative to the root, sorted */
} SbSourceFiles;

/** Frees FILES. */
void sb_source_files_free(SbSourceFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSourceFiles, sb_source_files_free)

/** The bytes in FILES. A file that is gone counts as empty. */
guint64 sb_source_files_bytes(const SbSourceFiles *files);

/** All files of the folder PATH, under its name, also those that git leaves out; or PATH alone, if
 * it is a file. (transfer full) or NULL with an SbSourceFilesError */
SbSourceFiles *sb_source_files_all(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The files of the folder PATH; or PATH alone, if it is a file. (transfer full) or NULL with an
 * SbSourceFilesError */
SbSourceFiles *sb_source_files(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The sha256 of FILES, in hexadecimal: of their names, modes and contents. (transfer full) or NULL
 * with SB_SOURCE_FILES_ERROR_READ */
char *sb_source_files_digest(const SbSourceFiles *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;
