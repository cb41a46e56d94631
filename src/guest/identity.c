/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/identity.h"

#include "base/resources.h"
#include "guest/guest-program.h"
#include "local/ssh-key.h"
#include "model/channel-names.h"

#include <sys/random.h>

enum { SEED_BYTES = 64 };

/* In the guest, until a thawed one has its identity */
#define FOLDER "/var/lib/seedbed"

static const char *const paths[] = {
    "src/guest/freeze-listen.sh",
    "src/guest/freeze-quiesce.sh",
    "src/guest/thaw-identity.sh",
    "src/guest/thaw-network.sh",
};
enum { LISTEN, QUIESCE, IDENTITY, NETWORK };

static void assign(GString *script, const char *name, const char *value)
{
    g_autofree char *quoted = g_shell_quote(value);
    g_string_append_printf(script, "%s=%s\n", name, quoted);
}

static void assign_program(GString *script, const char *name, SbGuestProgram which,
                           const char *arch)
{
    g_autoptr(GBytes) program = sb_guest_program(which, arch);
    g_autofree char *encoded =
        g_base64_encode(g_bytes_get_data(program, NULL), g_bytes_get_size(program));
    assign(script, name, encoded);
}

static void assign_text(GString *script, const char *name, const char *path)
{
    g_autoptr(GBytes) text = sb_resource(path);
    assign(script, name, g_bytes_get_data(text, NULL));
}

/* Not in /run, where programs may not be run. Started last: setsid and systemd-run keep it alive
 * when the connection ends. */
char *sb_identity_install_script(const char *arch)
{
    GString *script = g_string_new("set -eu\n");
    assign_program(script, "reseed", SB_GUEST_PROGRAM_RESEED, arch);
    assign_program(script, "nap", SB_GUEST_PROGRAM_NAP, arch);
    assign_text(script, "listen", paths[LISTEN]);
    g_string_append(script, "mkdir -p " FOLDER " && cd " FOLDER "\n"
                            "printf %s \"$reseed\" | base64 -d >reseed\n"
                            "printf %s \"$nap\" | base64 -d >nap\n"
                            "printf %s \"$listen\" >listen\n"
                            "chmod 0700 reseed nap listen\n"
                            "set -- /bin/sh " FOLDER "/listen " SB_RESULTS_CHANNEL "\n"
                            "if [ -d /run/systemd/system ]; then\n"
                            "  systemd-run -q --collect --unit=seedbed-freeze \"$@\"\n"
                            "else\n"
                            "  setsid \"$@\" </dev/null >/dev/null 2>&1 &\n"
                            "fi\n");
    return g_string_free(script, FALSE);
}

char *sb_identity_quiesce_script(const char *login, const char *client_key)
{
    GString *script = g_string_new(NULL);
    assign(script, "login", login);
    assign(script, "key", client_key);
    assign_text(script, "identity", paths[IDENTITY]);
    assign_text(script, "network", paths[NETWORK]);
    g_string_append(script, "printf %s \"$identity\" >" FOLDER "/thaw-identity\n"
                            "printf %s \"$network\" >" FOLDER "/thaw-network\n");
    g_autoptr(GBytes) text = sb_resource(paths[QUIESCE]);
    g_string_append(script, g_bytes_get_data(text, NULL));
    return g_string_free(script, FALSE);
}

/* SCRIPT (transfer full), which goes on with the text that was installed as NAME. */
static char *run_installed(GString *script, const char *name)
{
    g_string_append_printf(script, ". " FOLDER "/%s\n", name);
    return g_string_free(script, FALSE);
}

static void assign_names(GString *script, const SbIdentity *identity)
{
    /* As systemd makes it of the UUID that the firmware tells. */
    g_autoptr(GString) machine_id = g_string_new(identity->uuid);
    g_string_replace(machine_id, "-", "", 0);
    assign(script, "name", identity->name);
    assign(script, "uuid", identity->uuid);
    assign(script, "machine_id", machine_id->str);
    g_autofree char *macs = g_strjoinv(" ", identity->macs);
    assign(script, "macs", macs);
}

/* Sets the variable NAME to LENGTH bytes as octal escapes, which printf of any shell writes. */
static void assign_bytes(GString *script, const char *name, const guint8 *bytes, gsize length)
{
    g_string_append_printf(script, "%s='", name);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(script, "\\%03o", bytes[i]);
    g_string_append(script, "'\n");
}

static void assign_seed(GString *script)
{
    guint8 seed[SEED_BYTES];
    /* The kernel gives up to 256 bytes in one piece. */
    if (getrandom(seed, sizeof seed, 0) != (gssize)sizeof seed)
        g_error("the kernel gives no random numbers");
    assign_bytes(script, "seed", seed, sizeof seed);
}

char *sb_identity_self_script(const SbIdentity *identity)
{
    GString *script = g_string_new(NULL);
    g_autoptr(GBytes) dropbear_key = sb_ssh_key_for_dropbear(identity->host_private_key);
    assign_names(script, identity);
    assign(script, "login", identity->login);
    assign(script, "client_key", identity->client_key);
    assign(script, "host_key", identity->host_private_key);
    assign(script, "host_key_pub", identity->host_public_key);
    assign_bytes(script, "dropbear_key", g_bytes_get_data(dropbear_key, NULL),
                 g_bytes_get_size(dropbear_key));
    assign_seed(script);
    return run_installed(script, "thaw-identity");
}

char *sb_identity_network_script(const SbIdentity *identity)
{
    GString *script = g_string_new(NULL);
    assign_names(script, identity);
    return run_installed(script, "thaw-network");
}

char *sb_identity_scripts_digest(void)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GBytes) text = sb_resource(paths[i]);
        g_checksum_update(checksum, g_bytes_get_data(text, NULL), (gssize)g_bytes_get_size(text));
    }
    return g_strdup(g_checksum_get_string(checksum));
}
