#include "host/image.h"

#include "base/xml.h"
#include "model/qcow2-header.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first 64 KiB go last: without them, libvirt and QEMU take the volume for no qcow2. */
enum { HEAD_BYTES = 64 * 1024, DIGEST_HEX = 16, READ_BYTES = 1024 * 1024 };

/* How long an unfinished volume may stay unchanged before its upload counts as dead. */
enum { STALE_POLL_MS = 500, STALE_AFTER_MS = 10000 };

static const char suffix[] = ".qcow2";

G_DEFINE_QUARK(sb_image_error_quark, sb_image_error)

void sb_image_free(SbImage *image)
{
    g_free(image->name);
    g_free(image->digest);
    g_free(image->volume);
    g_free(image->path);
    g_free(image->format);
    g_free(image);
}

/* `NAME.0123456789abcdef.qcow2`; NULL for a volume that is called otherwise. */
static SbImage *image_from_volume(const SbVolumeInfo *info)
{
    gsize tail = 1 + DIGEST_HEX + strlen(suffix);
    gsize length = strlen(info->name);
    if (length <= tail || !g_str_has_suffix(info->name, suffix))
        return NULL;
    const char *digest = info->name + length - tail + 1;
    if (digest[-1] != '.' || strspn(digest, "0123456789abcdef") != DIGEST_HEX)
        return NULL;
    SbImage *image = g_new0(SbImage, 1);
    image->name = g_strndup(info->name, length - tail);
    image->digest = g_strndup(digest, DIGEST_HEX);
    image->volume = g_strdup(info->name);
    image->path = g_strdup(info->path);
    image->format = g_strdup("qcow2");
    image->modified = info->modified;
    return image;
}

static int compare_images(gconstpointer a, gconstpointer b)
{
    const SbImage *first = *(SbImage *const *)a, *second = *(SbImage *const *)b;
    int by_name = strcmp(first->name, second->name);
    if (by_name)
        return by_name;
    return first->modified > second->modified ? -1 : first->modified < second->modified;
}

GPtrArray *sb_image_list(const SbPool *pool, GError **error)
{
    g_autoptr(GPtrArray) volumes = sb_pool_list(pool, error);
    if (!volumes)
        return NULL;
    GPtrArray *images = g_ptr_array_new_with_free_func((GDestroyNotify)sb_image_free);
    for (guint i = 0; i < volumes->len; i++) {
        SbImage *image = image_from_volume(g_ptr_array_index(volumes, i));
        if (image)
            g_ptr_array_add(images, image);
    }
    g_ptr_array_sort(images, compare_images);
    return images;
}

static void set_unknown(GError **error, const SbPool *pool, const char *name,
                        const GPtrArray *images)
{
    GString *known = g_string_new(NULL);
    const char *before = "";
    for (guint i = 0; i < images->len; i++) {
        const SbImage *image = g_ptr_array_index(images, i);
        if (strcmp(image->name, before) != 0)
            g_string_append_printf(known, "%s'%s'", known->len ? ", " : "", image->name);
        before = image->name;
    }
    g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN,
                "no image '%s' in the pool '%s' (there %s%s): import it with 'seedbed image import "
                "%s FILE.qcow2'",
                name, pool->name, known->len ? "is " : "are no images", known->str, name);
    g_string_free(known, TRUE);
}

/* Reads the volume's own header: libvirt remembers the format that a volume was made with. */
static gboolean read_header(const SbPool *pool, SbImage *image, GError **error)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, image->volume, error);
    if (!volume)
        return FALSE;
    virStorageVolInfo info;
    if (virStorageVolGetInfoFlags(volume, &info, VIR_STORAGE_VOL_GET_PHYSICAL) < 0) {
        sb_libvirt_set_error(error, "cannot read about the volume '%s'", image->volume);
        return FALSE;
    }
    image->file_bytes = info.allocation;
    g_autoptr(GBytes) head = sb_volume_download(volume, 0, SB_QCOW2_HEADER_BYTES, error);
    if (!head)
        return FALSE;
    gsize length;
    const guint8 *data = g_bytes_get_data(head, &length);
    SbQcow2Header header;
    if (!sb_qcow2_header_parse(data, length, image->file_bytes, SB_QCOW2_MAX_VIRTUAL_BYTES, &header,
                               error)) {
        g_prefix_error(error, "the image '%s' (volume '%s') cannot be used: ", image->name,
                       image->volume);
        return FALSE;
    }
    image->virtual_bytes = header.virtual_bytes;
    return TRUE;
}

SbImage *sb_image_find(const SbPool *pool, const char *name, GError **error)
{
    g_autoptr(GPtrArray) images = sb_image_list(pool, error);
    if (!images)
        return NULL;
    for (guint i = 0; i < images->len; i++) {
        SbImage *image = g_ptr_array_index(images, i);
        if (strcmp(image->name, name) != 0)
            continue;
        g_autoptr(GError) cause = NULL;
        if (read_header(pool, image, &cause))
            return g_ptr_array_steal_index(images, i);
        /* An upload that is not finished: the version before it still is the current one. */
        if (g_error_matches(cause, SB_QCOW2_ERROR, SB_QCOW2_ERROR_NOT_QCOW2))
            continue;
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    set_unknown(error, pool, name, images);
    return NULL;
}

/* The file's sha256, in hex. */
static char *digest_file(int fd, guint64 length, GError **error)
{
    gnutls_hash_hd_t hash;
    if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) < 0) {
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot compute a sha256");
        return NULL;
    }
    g_autofree guint8 *buffer = g_malloc(READ_BYTES);
    guint64 done = 0;
    gssize got = 0;
    while (done < length && (got = pread(fd, buffer, READ_BYTES, done)) > 0) {
        gnutls_hash(hash, buffer, got);
        done += got;
    }
    guint8 digest[32];
    gnutls_hash_deinit(hash, digest);
    if (done < length) {
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot read it: %s",
                    got < 0 ? g_strerror(errno) : "it became shorter");
        return NULL;
    }
    GString *hex = g_string_new(NULL);
    for (gsize i = 0; i < sizeof digest; i++)
        g_string_append_printf(hex, "%02x", digest[i]);
    return g_string_free(hex, FALSE);
}

static gboolean check_file(int fd, guint64 *length_out, SbQcow2Header *header_out, GError **error)
{
    struct stat status;
    guint8 head[SB_QCOW2_HEADER_BYTES];
    gssize got = -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        got = pread(fd, head, sizeof head, 0);
    if (got < 0) {
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "it is not a readable file");
        return FALSE;
    }
    if (!sb_qcow2_header_parse(head, got, status.st_size, SB_QCOW2_MAX_VIRTUAL_BYTES, header_out,
                               error))
        return FALSE;
    *length_out = status.st_size;
    return TRUE;
}

static gboolean upload(const SbPool *pool, virStorageVol *volume, int fd, guint64 length,
                       SbTransferFunc progress, gpointer data, GError **error)
{
    guint64 head = MIN(length, HEAD_BYTES);
    if (length > head &&
        !sb_volume_upload_range(volume, fd, head, length - head, progress, data, error))
        return FALSE;
    return sb_volume_upload_range(volume, fd, 0, head, NULL, NULL, error);
}

/* Waits while another process writes the volume. TRUE: it is complete. FALSE: it is gone or dead
 * (then deleted), so that the caller can make it again. */
static gboolean wait_for_other(const SbPool *pool, SbImage *image)
{
    guint64 last_allocation = G_MAXUINT64;
    for (guint unchanged_ms = 0; unchanged_ms < STALE_AFTER_MS; unchanged_ms += STALE_POLL_MS) {
        g_autoptr(GError) cause = NULL;
        if (read_header(pool, image, &cause))
            return TRUE;
        g_autoptr(virStorageVol) volume = sb_volume_find(pool, image->volume, NULL);
        virStorageVolInfo info;
        if (!volume || virStorageVolGetInfo(volume, &info) < 0) {
            virResetLastError();
            return FALSE;
        }
        if (info.allocation != last_allocation)
            unchanged_ms = 0;
        last_allocation = info.allocation;
        /* libvirt tells nobody how far an upload is. */
        g_usleep(STALE_POLL_MS * 1000);
    }
    sb_volume_delete(pool, image->volume, NULL);
    return FALSE;
}

static gboolean store(const SbPool *pool, SbImage *image, int fd, gboolean is_privileged,
                      SbTransferFunc progress, gpointer data, gboolean *is_new_out, GError **error)
{
    g_autoptr(xmlDoc) xml =
        sb_upload_volume_xml(image->volume, image->file_bytes, 0444, is_privileged);
    for (;;) {
        g_autoptr(GError) cause = NULL;
        g_autoptr(virStorageVol) volume = sb_volume_create(pool, xml, &cause);
        if (volume) {
            if (upload(pool, volume, fd, image->file_bytes, progress, data, error)) {
                *is_new_out = TRUE;
                return TRUE;
            }
            virStorageVolDelete(volume, 0);
            virResetLastError();
            return FALSE;
        }
        if (!g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
        if (wait_for_other(pool, image)) {
            *is_new_out = FALSE;
            return TRUE;
        }
    }
}

static SbImage *import_open_file(const SbPool *pool, const char *name, int fd,
                                 gboolean is_privileged, SbTransferFunc progress, gpointer data,
                                 gboolean *is_new_out, GError **error)
{
    guint64 length;
    SbQcow2Header header;
    if (!check_file(fd, &length, &header, error))
        return NULL;
    g_autofree char *digest = digest_file(fd, length, error);
    if (!digest)
        return NULL;
    g_autoptr(SbImage) image = g_new0(SbImage, 1);
    image->name = g_strdup(name);
    image->digest = g_strndup(digest, DIGEST_HEX);
    image->volume = g_strdup_printf("%s.%s%s", name, image->digest, suffix);
    image->path = sb_pool_path(pool, image->volume);
    image->format = g_strdup("qcow2");
    image->virtual_bytes = header.virtual_bytes;
    image->file_bytes = length;
    return store(pool, image, fd, is_privileged, progress, data, is_new_out, error)
               ? g_steal_pointer(&image)
               : NULL;
}

SbImage *sb_image_import(const SbPool *pool, const char *name, const char *path,
                         gboolean is_privileged, SbTransferFunc progress, gpointer data,
                         gboolean *is_new_out, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot open '%s': %s", path,
                    g_strerror(errno));
        return NULL;
    }
    SbImage *image =
        import_open_file(pool, name, fd, is_privileged, progress, data, is_new_out, error);
    close(fd);
    if (!image)
        g_prefix_error(error, "cannot import '%s' as '%s': ", path, name);
    return image;
}
