/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-boot.h"

#include "image/content-reader.h"
#include "image/efi-boot.h"
#include "image/qcow2-reader.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int fd;
    SbQcow2Reader *qcow2; /**< (nullable) NULL: a raw image */
} Source;

static gboolean read_source(gpointer data, guint64 offset, void *buffer, gsize length,
                            GError **error)
{
    const Source *source = data;
    return source->qcow2 ? sb_qcow2_reader_read(source->qcow2, offset, buffer, length, error)
                         : sb_content_read_at(source->fd, offset, buffer, length, error);
}

const char *sb_image_missing_boot(const SbImage *image)
{
    Source source = {.fd = open(image->path, O_RDONLY | O_CLOEXEC)};
    gboolean is_qcow2 = strcmp(image->format, "qcow2") == 0;
    const char *arch, *missing = NULL;
    if (source.fd < 0)
        return NULL;
    if (is_qcow2)
        source.qcow2 = sb_qcow2_reader_new(source.fd, &image->qcow2, image->file_bytes, NULL);
    const SbDiskSource disk = {read_source, &source, image->virtual_bytes};
    if ((is_qcow2 && !source.qcow2) || !sb_efi_boot_arch(&disk, &arch, &missing, NULL))
        missing = NULL;
    g_clear_pointer(&source.qcow2, sb_qcow2_reader_free);
    close(source.fd);
    return missing;
}
