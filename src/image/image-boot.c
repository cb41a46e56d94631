/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-boot.h"

#include "image/content-reader.h"
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

gboolean sb_image_boot_look(const SbImage *image, SbEfiBoot *boot_out)
{
    Source source = {.fd = open(image->path, O_RDONLY | O_CLOEXEC)};
    gboolean is_qcow2 = strcmp(image->format, "qcow2") == 0;
    if (source.fd < 0)
        return FALSE;
    if (is_qcow2)
        source.qcow2 = sb_qcow2_reader_new(source.fd, &image->qcow2, image->file_bytes, NULL);
    const SbDiskSource disk = {read_source, &source, image->virtual_bytes};
    gboolean is_read = (!is_qcow2 || source.qcow2) && sb_efi_boot_look(&disk, boot_out, NULL);
    g_clear_pointer(&source.qcow2, sb_qcow2_reader_free);
    close(source.fd);
    return is_read;
}
