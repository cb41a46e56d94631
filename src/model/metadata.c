/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/metadata.h"

#include "base/error.h"
#include "base/forms.h"
#include "base/names.h"
#include "base/xml.h"
#include "fleet-file/machine-ports.h"

#include <arpa/inet.h>
#include <string.h>

SB_DEFINE_ERROR(sb_metadata_error, SB_ERRORS_NONE)

/* A domain's XML is some 10 KB; libvirt itself takes no message over 32 MiB. */
#define MAX_XML_BYTES (4 * 1024 * 1024)

/* ---- the forms of values ----
 *
 * The values end up in known_hosts, ssh_config, file names and tables, and any user of the same
 * libvirtd can have written them: each has the narrowest form that seedbed itself writes. */

#define LETTERS_DIGITS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS
#define HOST_NAME_CHARACTERS LETTERS_DIGITS "._-"
enum { HOST_NAME_MAX_LENGTH = 64 };

static gboolean is_volume_name(const char *text)
{
    return text[0] != '.' && text[0] != '-' &&
           sb_form_consists_of(text, LETTERS_DIGITS "._-", 1, 128);
}

/* libvirt allows nearly every name for a pool. */
static gboolean is_pool_name(const char *text)
{
    gsize length = strlen(text);
    if (length == 0 || length > 128 || text[0] == '-' || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *c = text; *c; c = g_utf8_next_char(c))
        if (!g_unichar_isprint(g_utf8_get_char(c)) || *c == '/')
            return FALSE;
    return TRUE;
}

static gboolean is_hash(const char *text)
{
    return sb_form_consists_of(text, LETTERS_DIGITS, 1, 128);
}

static gboolean is_network_kind(const char *text)
{
    SbNetworkKind kind;
    return sb_network_kind_from_name(text, &kind) && kind != SB_NETWORK_DEFAULT;
}

static gboolean is_address(const char *text)
{
    struct in_addr address;
    return inet_pton(AF_INET, text, &address) == 1;
}

static gboolean is_ports(const char *text)
{
    g_autoptr(GArray) ports =
        strlen(text) <= SB_PORTS_TEXT_MAX ? sb_machine_ports_from_text(text) : NULL;
    return ports != NULL;
}

/* useradd(8)'s rule, without its trailing '$'. */
static gboolean is_login(const char *text)
{
    return (g_ascii_islower(text[0]) || text[0] == '_') &&
           sb_form_consists_of(text, G_CSET_a_2_z G_CSET_DIGITS "_-", 1, 32);
}

/* One key, without a comment or options: a second field could be a marker of known_hosts, and a
 * line break could add another host. 32 bytes of key make 68 characters. */
static gboolean is_public_key(const char *text)
{
    static const char type[] = "ssh-ed25519 ";
    if (!g_str_has_prefix(text, type))
        return FALSE;
    const char *key = text + strlen(type);
    gsize length = strspn(key, LETTERS_DIGITS "+/");
    gsize padding = strspn(key + length, "=");
    return length > 0 && length <= 128 && padding <= 2 && key[length + padding] == '\0';
}

/* local/process-id.h, such as 4b…-9/pid:[4026531836]/123/4567 */
static gboolean is_process_id(const char *text)
{
    return sb_form_consists_of(text, LETTERS_DIGITS ":/[]-", 1, 200);
}

static gboolean is_host_name(const char *text)
{
    return sb_form_consists_of(text, HOST_NAME_CHARACTERS, 1, HOST_NAME_MAX_LENGTH);
}

/* ---- the fields ---- */

typedef struct {
    const char *name;
    glong offset;
    gboolean (*is_valid)(const char *text);
    gboolean is_optional;
} Field;

#define FIELD(name, member) name, G_STRUCT_OFFSET(SbMetadata, member)

/* The strings. The rest is written after `group` and `spec-hash`, where people look for it. */
static const Field fields[] = {
    {FIELD("fleet", fleet), sb_name_is_valid, FALSE},
    {FIELD("group", group), sb_name_is_valid, FALSE},
    {FIELD("image", image), sb_image_name_is_valid, FALSE},
    {FIELD("image-volume", image_volume), is_volume_name, FALSE},
    {FIELD("pool", pool), is_pool_name, FALSE},
    {FIELD("created", created), sb_form_is_time, FALSE},
    {FIELD("expires", expires), sb_form_is_time, TRUE},
    {FIELD("spec-hash", spec_hash), is_hash, FALSE},
    {FIELD("address", address), is_address, TRUE},
    {FIELD("ports", ports), is_ports, TRUE},
    {FIELD("login", login), is_login, FALSE},
    {FIELD("host-key", host_key), is_public_key, FALSE},
    {FIELD("client-key", client_key), is_public_key, FALSE},
    {FIELD("creator", creator), is_process_id, FALSE},
    {FIELD("creator-host", creator_host), is_host_name, TRUE},
    {FIELD("run", run), sb_name_is_valid, TRUE},
};

static char **field_value(SbMetadata *metadata, const Field *field)
{
    return G_STRUCT_MEMBER_P(metadata, field->offset);
}

void sb_metadata_free(SbMetadata *metadata)
{
    if (!metadata)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        g_free(*field_value(metadata, &fields[i]));
    g_free(metadata);
}

char *sb_metadata_machine_name(const SbMetadata *metadata)
{
    return sb_machine_name(metadata->fleet, metadata->group, metadata->index);
}

void sb_metadata_set_lifetime(SbMetadata *metadata, gint64 lifetime_ms)
{
    g_clear_pointer(&metadata->expires, g_free);
    if (lifetime_ms == 0)
        return;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) then = g_date_time_add(now, lifetime_ms * 1000);
    metadata->expires = g_date_time_format(then, "%Y-%m-%dT%H:%M:%SZ");
}

guint sb_metadata_creator_pid(const SbMetadata *metadata)
{
    g_auto(GStrv) parts = g_strsplit(metadata->creator, "/", -1);
    guint count = g_strv_length(parts);
    guint64 pid = 0;
    if (count >= 2)
        g_ascii_string_to_unsigned(parts[count - 2], 10, 1, G_MAXINT, &pid, NULL);
    return (guint)pid;
}

char *sb_metadata_host_name(const char *name)
{
    g_autofree char *usable = g_strndup(name, HOST_NAME_MAX_LENGTH);
    g_strcanon(usable, HOST_NAME_CHARACTERS, '-');
    return *usable ? g_steal_pointer(&usable) : NULL;
}

/* ---- writing ---- */

static void add_fields(xmlNode *machine, const SbMetadata *metadata)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *value = G_STRUCT_MEMBER(const char *const, metadata, fields[i].offset);
        if (value)
            sb_xml_add_text(machine, fields[i].name, value);
        if (strcmp(fields[i].name, "group") == 0) {
            sb_xml_add_uint(machine, "index", NULL, metadata->index);
            sb_xml_add_uint(machine, "owner-uid", NULL, (guint64)metadata->owner_uid);
        }
        if (strcmp(fields[i].name, "spec-hash") == 0)
            sb_xml_add_text(machine, "network", sb_network_kind_name(metadata->network));
    }
}

void sb_metadata_add(xmlNode *parent, const SbMetadata *metadata)
{
    xmlNode *machine = xmlNewTextChild(parent, NULL, BAD_CAST "machine", NULL);
    /* The children inherit the namespace from it. */
    xmlSetNs(machine, xmlNewNs(machine, BAD_CAST SB_METADATA_URI, BAD_CAST SB_METADATA_PREFIX));
    add_fields(machine, metadata);
}

char *sb_metadata_to_xml(const SbMetadata *metadata)
{
    /* libvirt adds the namespace itself. */
    g_autoptr(xmlDoc) document = sb_xml_new("machine");
    add_fields(xmlDocGetRootElement(document), metadata);
    return sb_xml_to_string(document);
}

/* ---- reading ---- */

static gboolean is_in(const xmlNode *node, const char *namespace)
{
    const char *found = node->ns ? (const char *)node->ns->href : NULL;
    return g_strcmp0(found, namespace) == 0;
}

/* The element NAME of NAMESPACE (NULL: without one) below PARENT, or NULL. Two elements are as bad
 * as none: readers could disagree about which is meant. */
static xmlNode *find_only(xmlNode *parent, const char *name, const char *namespace,
                          gboolean *is_repeated_out)
{
    xmlNode *found = NULL;
    *is_repeated_out = FALSE;
    for (xmlNode *node = sb_xml_first(parent, name); node; node = sb_xml_next(node, name)) {
        if (!is_in(node, namespace))
            continue;
        *is_repeated_out = found != NULL;
        if (found)
            return NULL;
        found = node;
    }
    return found;
}

static gboolean set_invalid(GError **error, const char *name, const char *problem)
{
    return sb_error_set(error, SB_METADATA_ERROR, SB_METADATA_ERROR_INVALID,
                        "<%s> of the domain's seedbed metadata %s", name, problem);
}

/* The text of NAME, or NULL without an error if it is optional and not there. */
static gboolean read_field(xmlNode *machine, const Field *field, char **text_out, GError **error)
{
    gboolean is_repeated;
    const char *namespace = machine->ns ? SB_METADATA_URI : NULL;
    xmlNode *node = find_only(machine, field->name, namespace, &is_repeated);
    if (is_repeated)
        return set_invalid(error, field->name, "occurs twice");
    if (!node)
        return field->is_optional || set_invalid(error, field->name, "is missing");
    g_autofree char *text = sb_xml_text(node, "");
    if (!field->is_valid(text))
        return set_invalid(error, field->name, "has a value that seedbed does not write");
    *text_out = g_steal_pointer(&text);
    return TRUE;
}

static gboolean is_number(const char *text)
{
    return sb_form_consists_of(text, G_CSET_DIGITS, 1, 10);
}

static gboolean read_number(xmlNode *machine, const char *name, guint64 min, guint64 max,
                            guint64 *value_out, GError **error)
{
    const Field field = {name, 0, is_number, FALSE};
    g_autofree char *text = NULL;
    if (!read_field(machine, &field, &text, error))
        return FALSE;
    return g_ascii_string_to_unsigned(text, 10, min, max, value_out, NULL) ||
           set_invalid(error, name, "is out of range");
}

static gboolean read_network(xmlNode *machine, SbNetworkKind *kind_out, GError **error)
{
    static const Field field = {"network", 0, is_network_kind, FALSE};
    g_autofree char *text = NULL;
    return read_field(machine, &field, &text, error) && sb_network_kind_from_name(text, kind_out);
}

static SbMetadata *read_machine(xmlNode *machine, GError **error)
{
    g_autoptr(SbMetadata) metadata = g_new0(SbMetadata, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        if (!read_field(machine, &fields[i], field_value(metadata, &fields[i]), error))
            return NULL;
    guint64 index = 0, owner_uid = 0;
    if (!read_number(machine, "index", 1, G_MAXINT, &index, error) ||
        !read_number(machine, "owner-uid", 0, G_MAXUINT32, &owner_uid, error) ||
        !read_network(machine, &metadata->network, error))
        return NULL;
    metadata->index = (guint)index;
    metadata->owner_uid = (gint64)owner_uid;
    g_autofree char *name = sb_metadata_machine_name(metadata);
    if (!sb_machine_name_is_valid(name)) {
        set_invalid(error, "group", "makes a machine name that is too long");
        return NULL;
    }
    return g_steal_pointer(&metadata);
}

/* virDomainGetMetadata() removes the namespace from every element. In the XML of a whole domain it
 * is there, and the element must be at its place: not, for instance, inside the metadata of another
 * tool, which can contain text from guests. */
static xmlNode *find_machine(xmlNode *root)
{
    gboolean is_repeated;
    if (strcmp((const char *)root->name, "machine") == 0)
        return is_in(root, NULL) || is_in(root, SB_METADATA_URI) ? root : NULL;
    if (strcmp((const char *)root->name, "domain") != 0)
        return NULL;
    xmlNode *metadata = sb_xml_first(root, "metadata");
    return metadata ? find_only(metadata, "machine", SB_METADATA_URI, &is_repeated) : NULL;
}

SbMetadata *sb_metadata_parse(const char *xml, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(xmlDoc) document = NULL;
    if (strlen(xml) <= MAX_XML_BYTES)
        document = sb_xml_parse(xml, &cause);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    xmlNode *machine = root ? find_machine(root) : NULL;
    if (machine)
        return read_machine(machine, error);
    return sb_error_set_null(error, SB_METADATA_ERROR, SB_METADATA_ERROR_INVALID,
                             "the domain has no metadata of seedbed%s%s", cause ? ": " : "",
                             cause ? cause->message : "");
}
