/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Makes a compressed qcow2 of a raw file, in uneven pieces: t/lib/make-qcow2 RAW QCOW2
 */
#include "image/qcow2-writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize length;
    if (argc != 3 || !g_file_get_contents(argv[1], &bytes, &length, &error))
        return 2;
    int fd = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0666);
    g_autoptr(SbQcow2Writer) writer = sb_qcow2_writer_new(fd, length, &error);
    gboolean is_written = writer != NULL;
    for (gsize done = 0, size = 1; done < length && is_written; size = size * 7 % 1000003 + 1) {
        gsize part = MIN(size, length - done);
        gboolean is_empty = bytes[done] == 0;
        for (gsize i = 1; i < part && is_empty; i++)
            is_empty = bytes[done + i] == 0;
        is_written =
            sb_qcow2_writer_add(writer, is_empty ? NULL : (guint8 *)bytes + done, part, &error);
        done += part;
    }
    if (!is_written || !sb_qcow2_writer_finish(writer, &error)) {
        fprintf(stderr, "make-qcow2: %s\n", error->message);
        return 1;
    }
    return close(fd) == 0 ? 0 : 1;
}
