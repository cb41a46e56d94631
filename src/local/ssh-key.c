/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh-key.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_ssh_key_error, SB_ERRORS_NONE)

/* Far above any private key; whatever is larger is another kind of file. */
#define MAX_FILE_BYTES (64 * 1024)

typedef struct ssh_key_struct SshKey;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SshKey, ssh_key_free)

/* Memory that held a private key is overwritten, so that it is not in a core dump later. */
static void wipe_and_free(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

typedef char SecretText;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretText, wipe_and_free)

void sb_ssh_key_free(SbSshKey *key)
{
    if (!key)
        return;
    wipe_and_free(key->private_key);
    g_free(key->public_key);
    g_free(key);
}

/* libssh initialises its cryptography once for all threads, and wants to be told before the first.
 */
static void init_once(void)
{
    static gsize done = 0;
    if (g_once_init_enter(&done)) {
        ssh_init();
        g_once_init_leave(&done, 1);
    }
}

/* The public half of KEY as OpenSSH writes it, or NULL. */
static char *export_public(SshKey *key)
{
    char *base64 = NULL;
    if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return NULL;
    char *line = g_strdup_printf("%s %s", ssh_key_type_to_char(ssh_key_type(key)), base64);
    ssh_string_free_char(base64);
    return line;
}

/* The private half of KEY as OpenSSH writes it, or NULL. */
static char *export_private(SshKey *key)
{
    char *exported = NULL;
    if (ssh_pki_export_privkey_base64(key, NULL, NULL, NULL, &exported) != SSH_OK)
        return NULL;
    gsize length = strlen(exported);
    const char *newline = length > 0 && exported[length - 1] == '\n' ? "" : "\n";
    char *text = g_strconcat(exported, newline, NULL);
    explicit_bzero(exported, length);
    ssh_string_free_char(exported);
    return text;
}

SbSshKey *sb_ssh_key_generate(GError **error)
{
    init_once();
    g_autoptr(SshKey) generated = NULL;
    /* ed25519 keys have one size, which libssh wants as 0. */
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &generated) != SSH_OK)
        return sb_error_set_null(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_GENERATE,
                                 "libssh %s cannot generate an ed25519 key", ssh_version(0));
    g_autoptr(SbSshKey) key = g_new0(SbSshKey, 1);
    key->private_key = export_private(generated);
    key->public_key = export_public(generated);
    if (!key->private_key || !key->public_key)
        return sb_error_set_null(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_GENERATE,
                                 "libssh %s cannot write an ed25519 key in OpenSSH's format",
                                 ssh_version(0));
    return g_steal_pointer(&key);
}

/* The text between the first and the last line is base64. After the public key come that name once
 * more, the public key and the pair (openssh/PROTOCOL.key), each behind its length in 4 bytes. */
GBytes *sb_ssh_key_for_dropbear(const char *private_key)
{
    static const char name[] = "\0\0\0\013ssh-ed25519";
    enum { NAME_BYTES = sizeof name - 1, PUBLIC_BYTES = 4 + 32, PAIR_BYTES = 4 + 64 };
    const char *body = strchr(private_key, '\n');
    const char *end = body ? strstr(body, "\n-----END") : NULL;
    if (!end)
        return NULL;
    g_autoptr(SecretText) base64 = g_strndup(body, (gsize)(end - body));
    gsize length;
    guint8 *bytes = g_base64_decode(base64, &length);
    const guint8 *first = memmem(bytes, length, name, NAME_BYTES);
    const guint8 *second =
        first ? memmem(first + 1, (gsize)(bytes + length - first) - 1, name, NAME_BYTES) : NULL;
    GByteArray *key = NULL;
    if (second && bytes + length - second >= NAME_BYTES + PUBLIC_BYTES + PAIR_BYTES) {
        key = g_byte_array_new();
        g_byte_array_append(key, second, NAME_BYTES);
        g_byte_array_append(key, second + NAME_BYTES + PUBLIC_BYTES, PAIR_BYTES);
    }
    explicit_bzero(bytes, length);
    g_free(bytes);
    return key ? g_byte_array_free_to_bytes(key) : NULL;
}

static void set_file_error(GError **error, const char *what, const char *path)
{
    int saved = errno;
    g_set_error(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_FILE, "cannot %s '%s': %s", what, path,
                g_strerror(saved));
}

/* Reads all of FD, which is the key file PATH. */
static char *read_private(int fd, const char *path, GError **error)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        set_file_error(error, "read the ssh key", path);
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || status.st_size > MAX_FILE_BYTES)
        return sb_error_set_null(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_FILE,
                                 "'%s' is not an ssh key", path);
    if (status.st_mode & 077)
        return sb_error_set_null(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_FILE,
                                 "others may read the ssh key '%s', and ssh refuses such keys: "
                                 "remove it to get a new one, or 'chmod 600' it",
                                 path);
    g_autoptr(SecretText) text = g_malloc0((gsize)status.st_size + 1);
    gsize length = 0;
    while (length < (gsize)status.st_size) {
        ssize_t got = read(fd, text + length, (gsize)status.st_size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            set_file_error(error, "read the ssh key", path);
            return NULL;
        }
        if (got == 0)
            break;
        length += (gsize)got;
    }
    return g_steal_pointer(&text);
}

/* The public half of the key in the file PATH. Sets *MISSING_OUT, and no error, if there is no
 * file. */
static char *load_public(const char *path, gboolean *missing_out, GError **error)
{
    *missing_out = FALSE;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        *missing_out = errno == ENOENT;
        if (!*missing_out)
            set_file_error(error, "read the ssh key", path);
        return NULL;
    }
    g_autoptr(SecretText) text = read_private(fd, path, error);
    close(fd);
    if (!text)
        return NULL;
    g_autoptr(SshKey) key = NULL;
    char *public_key = NULL;
    if (ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, &key) == SSH_OK)
        public_key = export_public(key);
    if (!public_key)
        g_set_error(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_FILE,
                    "'%s' is not a private ssh key without passphrase: remove it to get a new one",
                    path);
    return public_key;
}

static gboolean write_all(int fd, const char *text)
{
    gsize length = strlen(text);
    for (gsize done = 0; done < length;) {
        ssize_t written = write(fd, text + done, length - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return FALSE;
        done += (gsize)written;
    }
    return fsync(fd) == 0;
}

/* The name PATH has to survive a crash as well as the content. */
static void sync_folder_of(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* Puts TEXT into PATH, which must not exist; FALSE with errno. link() is atomic, and unlike
 * rename() it leaves alone what somebody else put there a moment ago. */
static gboolean create_whole(const char *path, const char *text)
{
    g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return FALSE;
    gboolean created = write_all(fd, text);
    int saved = errno;
    close(fd);
    if (created) {
        created = link(temporary, path) == 0;
        saved = errno;
    }
    unlink(temporary);
    if (created)
        sync_folder_of(path);
    errno = saved;
    return created;
}

/* Makes the key file PATH. It is not an error if another process was faster. */
static gboolean create_file(const char *path, GError **error)
{
    g_autoptr(SbSshKey) key = sb_ssh_key_generate(error);
    if (!key)
        return FALSE;
    if (create_whole(path, key->private_key) || errno == EEXIST)
        return TRUE;
    set_file_error(error, "write the ssh key", path);
    return FALSE;
}

/* PATH.pub is for people and other tools: it follows PATH, never the other way round. */
static gboolean write_public(const char *path, const char *public_key, GError **error)
{
    g_autofree char *public_path = g_strconcat(path, ".pub", NULL);
    g_autofree char *wanted = g_strconcat(public_key, "\n", NULL);
    g_autofree char *present = NULL;
    if (g_file_get_contents(public_path, &present, NULL, NULL) && strcmp(present, wanted) == 0)
        return TRUE;
    g_autoptr(GError) cause = NULL;
    if (g_file_set_contents_full(public_path, wanted, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                                 &cause))
        return TRUE;
    return sb_error_set(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_FILE,
                        "cannot write the public ssh key: %s", cause->message);
}

char *sb_ssh_key_ensure_file(const char *path, GError **error)
{
    init_once();
    gboolean missing = FALSE;
    g_autofree char *public_key = load_public(path, &missing, error);
    if (missing) {
        if (!create_file(path, error))
            return NULL;
        /* Read the file back: it has this key, or the key of a process that was faster. */
        public_key = load_public(path, &missing, error);
        if (missing)
            g_set_error(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_FILE,
                        "the ssh key '%s' was removed while it was made", path);
    }
    if (!public_key || !write_public(path, public_key, error))
        return NULL;
    return g_steal_pointer(&public_key);
}

char *sb_ssh_key_fingerprint(const char *public_key)
{
    g_auto(GStrv) words = g_strsplit(public_key, " ", 2);
    g_autoptr(SshKey) key = NULL;
    unsigned char *hash = NULL;
    size_t length = 0;
    init_once();
    if (!words[0] || !words[1] ||
        ssh_pki_import_pubkey_base64(words[1], ssh_key_type_from_name(words[0]), &key) != SSH_OK ||
        ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != 0)
        return NULL;
    char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
    char *fingerprint = g_strdup(text);
    ssh_clean_pubkey_hash(&hash);
    ssh_string_free_char(text);
    return fingerprint;
}
