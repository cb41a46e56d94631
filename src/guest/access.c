/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/access.h"

#include "base/array.h"
#include "base/error.h"
#include "fleet-file/fleet-file.h"
#include "libvirt/domain-network.h"
#include "local/ssh-key.h"
#include "local/state-dir.h"
#include "model/ssh-config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_access_error, SB_ERRORS_NONE)

struct SbAccess {
    char *directory;
    char *config_path;
    char *proxy_command;
    GPtrArray *targets; /**< of Target */
};

/* A machine, with the strings that its SbSshTarget names. */
typedef struct {
    SbSshTarget target; /**< first: an array of Target is one of SbSshTarget */
    char *name, *address, *login, *host_key;
} Target;

static void target_free(gpointer data)
{
    Target *target = data;
    g_free(target->name);
    g_free(target->address);
    g_free(target->login);
    g_free(target->host_key);
    g_free(target);
}

SbAccess *sb_access_new(const SbHost *host, const char *fleet)
{
    SbAccess *access = g_new0(SbAccess, 1);
    access->directory = sb_state_dir_path(sb_host_uri(host), fleet);
    access->config_path = g_build_filename(access->directory, SB_SSH_CONFIG_FILE, NULL);
    access->proxy_command = g_strdup(sb_host_ssh_proxy(host));
    access->targets = g_ptr_array_new_with_free_func(target_free);
    return access;
}

void sb_access_free(SbAccess *access)
{
    g_free(access->directory);
    g_free(access->config_path);
    g_free(access->proxy_command);
    g_ptr_array_unref(access->targets);
    g_free(access);
}

const char *sb_access_directory(const SbAccess *access)
{
    return access->directory;
}

const char *sb_access_config_path(const SbAccess *access)
{
    return access->config_path;
}

char *sb_access_ensure_key(SbAccess *access, gboolean *is_new_out, GError **error)
{
    if (!sb_state_dir_ensure(access->directory, error))
        return NULL;
    g_autofree char *path = g_build_filename(access->directory, SB_SSH_IDENTITY_FILE, NULL);
    struct stat status;
    gboolean is_new = lstat(path, &status) < 0 && errno == ENOENT;
    char *key = sb_ssh_key_ensure_file(path, error);
    /* Who made the key may remove it. A key that is there and cannot be read is not new. */
    *is_new_out = key && is_new;
    return key;
}

static Target *find_target(const SbAccess *access, const char *name)
{
    SB_EACH(Target, target, access->targets)
        if (strcmp(target->name, name) == 0)
            return target;
    return NULL;
}

void sb_access_add(SbAccess *access, const char *name, const char *address, guint16 port,
                   const char *login, const char *host_key)
{
    Target *target = g_new0(Target, 1);
    target->name = g_strdup(name);
    target->address = g_strdup(address);
    target->login = g_strdup(login);
    target->host_key = g_strdup(host_key);
    target->target = (SbSshTarget){.name = target->name,
                                   .address = target->address,
                                   .port = port,
                                   .login = target->login,
                                   .host_key = target->host_key};
    /* In its place: the files stay as they are if nothing has changed. */
    gpointer old = find_target(access, name);
    guint index;
    if (old && g_ptr_array_find(access->targets, old, &index)) {
        access->targets->pdata[index] = target;
        target_free(old);
    } else {
        g_ptr_array_add(access->targets, target);
    }
}

gboolean sb_access_has(const SbAccess *access, const char *name)
{
    return find_target(access, name) != NULL;
}

const char *sb_access_direct_address(const SbAccess *access, const char *name, guint16 *port_out)
{
    const Target *target = access->proxy_command ? NULL : find_target(access, name);
    *port_out = target ? target->target.port : 0;
    return target ? target->address : NULL;
}

char *sb_access_config_text(const SbAccess *access, const GPtrArray *names)
{
    SbSshSettings settings = {.directory = access->directory,
                              .proxy_command = access->proxy_command};
    g_autoptr(GPtrArray) targets = g_ptr_array_new();
    SB_EACH(Target, target, access->targets)
        if (!names ||
            g_ptr_array_find_with_equal_func((GPtrArray *)names, target->name, g_str_equal, NULL))
            g_ptr_array_add(targets, target);
    return sb_ssh_config(&settings, targets);
}

gboolean sb_access_write(SbAccess *access, GError **error)
{
    g_autofree char *config = sb_access_config_text(access, NULL);
    g_autofree char *known_hosts = sb_ssh_known_hosts(access->targets);
    return sb_state_dir_ensure(access->directory, error) &&
           sb_state_dir_write(access->directory, SB_SSH_KNOWN_HOSTS_FILE, known_hosts, error) &&
           sb_state_dir_write(access->directory, SB_SSH_CONFIG_FILE, config, error);
}

char *sb_access_find(virConnect *connection, const SbDomain *domain, guint16 *port_out,
                     GError **error)
{
    const SbMetadata *metadata = domain->metadata;
    if (!sb_domain_state_is_active(domain->state))
        return sb_error_set_null(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                                 "'%s' is not running: 'seedbed up' or 'virsh start %s' starts it",
                                 domain->name, domain->name);
    *port_out = 22;
    if (metadata->address)
        return g_strdup(metadata->address);
    g_autoptr(virDomain) handle = sb_domain_open(connection, domain->uuid, error);
    if (!handle)
        return NULL;
    if (metadata->network == SB_NETWORK_USER) {
        *port_out = sb_domain_forward_ssh(handle, error);
        return *port_out ? g_strdup("127.0.0.1") : NULL;
    }
    char *address = sb_domain_address(handle);
    if (!address)
        g_set_error(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                    "'%s' has no address that libvirt knows (yet): see 'seedbed log %s'",
                    domain->name, domain->name);
    return address;
}

static gboolean check_key(SbAccess *access, const char *fleet, const GPtrArray *domains,
                          GError **error)
{
    g_autofree char *path = g_build_filename(access->directory, SB_SSH_IDENTITY_FILE ".pub", NULL);
    g_autofree char *private_path = g_build_filename(access->directory, SB_SSH_IDENTITY_FILE, NULL);
    g_autofree char *key = NULL;
    if (faccessat(AT_FDCWD, private_path, R_OK, 0) < 0 && errno != ENOENT)
        return sb_error_set(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_KEY,
                            "cannot read the key of the fleet '%s', '%s': %s", fleet, private_path,
                            g_strerror(errno));
    if (!g_file_test(private_path, G_FILE_TEST_EXISTS) ||
        !g_file_get_contents(path, &key, NULL, NULL))
        return sb_error_set(
            error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_KEY,
            "the key of the fleet '%s' is not in '%s': another user made the fleet, or the folder "
            "was deleted; 'seedbed down %s' and 'seedbed up' make it again",
            fleet, access->directory, fleet);
    SB_EACH(const SbDomain, domain, domains) {
        if (g_str_has_prefix(key, domain->metadata->client_key))
            continue;
        return sb_error_set(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_KEY,
                            "'%s' was made with another key than the one in '%s': 'seedbed down "
                            "%s' and 'seedbed up' make it again",
                            domain->name, access->directory, domain->name);
    }
    return TRUE;
}

/* (transfer full) its address, or NULL if it is off, or nobody knows its address yet */
static char *add_domain(SbAccess *access, virConnect *connection, const SbDomain *domain,
                        guint16 *port_out)
{
    char *address = sb_access_find(connection, domain, port_out, NULL);
    if (address)
        sb_access_add(access, domain->name, address, *port_out, domain->metadata->login,
                      domain->metadata->host_key);
    return address;
}

void sb_access_add_domain(SbAccess *access, virConnect *connection, const SbDomain *domain)
{
    guint16 port;
    g_free(add_domain(access, connection, domain, &port));
}

SbAccess *sb_access_load(const SbHost *host, virConnect *connection, const char *fleet,
                         const GPtrArray *domains, GError **error)
{
    g_autoptr(SbAccess) access = sb_access_new(host, fleet);
    if (!check_key(access, fleet, domains, error))
        return NULL;
    SB_EACH(const SbDomain, domain, domains)
        sb_access_add_domain(access, connection, domain);
    return sb_access_write(access, error) ? g_steal_pointer(&access) : NULL;
}

gboolean sb_access_forget(const SbHost *host, const char *fleet, GError **error)
{
    g_autofree char *directory = sb_state_dir_path(sb_host_uri(host), fleet);
    return sb_state_dir_remove(directory, error);
}

gboolean sb_access_forget_machine(const SbHost *host, const char *fleet, const char *machine,
                                  GError **error)
{
    g_autofree char *directory = sb_state_dir_path(sb_host_uri(host), fleet);
    return sb_state_dir_forget_machine(directory, machine, error);
}

char *sb_access_learn(SbAccess *access, virConnect *connection, const SbDomain *domain,
                      guint16 *port_out)
{
    char *address = add_domain(access, connection, domain, port_out);
    g_autoptr(GError) error = NULL;
    if (address && !sb_access_write(access, &error))
        g_debug("%s", error->message);
    return address;
}
