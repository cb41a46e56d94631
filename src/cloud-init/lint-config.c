/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint-config.c: checks of texts that are YAML, against the schema. */
#include "base/resources.h"
#include "cloud-init/lint-checks.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

/* The project's own schema. */
static const SbSchema *own_schema(SbLinter *linter)
{
    if (linter->own_schema)
        return linter->own_schema;
    g_autoptr(GBytes) bytes = sb_resource("cloud-init/schema.yaml");
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    linter->own_schema = sb_schema_load("schema.yaml", text, length, diagnostics);
    g_autofree char *problems = sb_diagnostics_to_string(diagnostics);
    if (!linter->own_schema)
        g_error("%s", problems);
    return linter->own_schema;
}

static SbDocument *load(const SbLintText *text)
{
    return sb_document_load(text->file, text->data, text->length, text->diagnostics);
}

static gboolean check_mapping(const SbLintText *text, const SbDatum *root, const char *what)
{
    if (root->type == SB_DATUM_MAPPING)
        return TRUE;
    sb_lint_add(text, SB_RULE_SCHEMA, root->mark, NULL,
                "%s must be a mapping ('key: value'), not %s: cloud-init would ignore it", what,
                sb_datum_type_name(root->type));
    return FALSE;
}

/* Whether another finding already explains FINDING: the schema then has nothing to add. */
static gboolean is_said(const SbDiagnostics *diagnostics, const SbDiagnostic *finding)
{
    for (guint i = 0; i < sb_diagnostics_count(diagnostics); i++) {
        const SbDiagnostic *other = sb_diagnostics_get(diagnostics, i);
        if (other->mark.line == finding->mark.line && other->mark.column == finding->mark.column &&
            other->severity == SB_SEVERITY_ERROR)
            return TRUE;
    }
    return FALSE;
}

static void check_schema(const SbLintText *text, const SbSchema *schema, const SbSchemaCheck *check,
                         const SbDatum *root)
{
    g_autoptr(SbDiagnostics) found = sb_diagnostics_new_like(text->diagnostics);
    sb_schema_validate(schema, check, root, found);
    for (guint i = 0; i < sb_diagnostics_count(found); i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(found, i);
        const SbFinding finding = {text->file, diagnostic->mark, diagnostic->severity,
                                   diagnostic->rule, diagnostic->path};
        if (!is_said(text->diagnostics, diagnostic))
            sb_diagnostics_add_finding(text->diagnostics, &finding, "%s", diagnostic->message);
    }
    sb_diagnostics_add_dropped(text->diagnostics, found);
}

void sb_lint_cloud_config(const SbLintText *text)
{
    g_autoptr(SbDocument) document = load(text);
    if (!document)
        return;
    const SbDatum *root = sb_document_root(document);
    if (!check_mapping(text, root, "a cloud-config"))
        return;
    sb_lint_traps(text, root);
    SbLinter *linter = text->linter;
    const SbSchemaCheck check = {
        .file = text->file, .version = linter->version, .warns_of_unknown = TRUE};
    check_schema(text, linter->schema ? linter->schema : own_schema(linter), &check, root);
}

void sb_lint_network_config(const SbLintText *text)
{
    g_autoptr(SbDocument) document = load(text);
    if (!document)
        return;
    const SbDatum *root = sb_document_root(document);
    const SbSchemaCheck check = {
        .file = text->file, .definition = "network-config", .version = text->linter->version};
    if (check_mapping(text, root, "a network-config"))
        check_schema(text, own_schema(text->linter), &check, root);
}

/* Without an instance-id, NoCloud gives every machine the same id, and cloud-init runs only once
 * for each id. */
static void check_instance_id(const SbLintText *text, const SbDatum *root)
{
    const SbDatum *id = sb_datum_get(root, "instance-id");
    if (!id || !id->text || !*id->text) {
        sb_lint_add(text, SB_RULE_INSTANCE_ID, root->mark, NULL,
                    "without an 'instance-id', cloud-init takes every machine, and every changed "
                    "seed, for the same old one, on which it has nothing to do");
        return;
    }
    const char *first = g_hash_table_lookup(text->linter->instance_ids, id->text);
    if (first && strcmp(first, text->file) != 0)
        sb_lint_add(text, SB_RULE_INSTANCE_ID, id->mark, "instance-id",
                    "'%.60s' is also the one of '%s': a machine that has booted with one of them "
                    "would ignore the other",
                    id->text, first);
    else
        g_hash_table_replace(text->linter->instance_ids, g_strdup(id->text), g_strdup(text->file));
}

void sb_lint_meta_data(const SbLintText *text)
{
    g_autoptr(SbDocument) document = load(text);
    if (!document)
        return;
    const SbDatum *root = sb_document_root(document);
    if (check_mapping(text, root, "meta-data"))
        check_instance_id(text, root);
}

/* ---- archives ---- */

static gchar *line_start(const char *data, gsize length, guint line)
{
    const char *at = data, *end = data + length;
    for (guint i = 1; i < line && at; i++) {
        at = memchr(at, '\n', (gsize)(end - at));
        at = at ? at + 1 : NULL;
    }
    return (gchar *)at;
}

/* The place of the text of SCALAR in the archive. The lines of a block are there unchanged, but
 * further to the right. */
static SbLintPlace place_of(const SbLintText *text, const SbDatum *scalar, guint number)
{
    SbLintPlace place = {.name = g_strdup_printf("part %u", number), .mark = scalar->mark};
    if (!scalar->node || !scalar->node->is_block)
        return place;
    const char *end = text->data + text->length;
    const char *line = line_start(text->data, text->length, scalar->mark.line + 1);
    guint skipped = 0;
    while (line && line < end && *line == '\n') {
        line++;
        skipped++;
    }
    /* Blank lines at the start belong to the text. */
    guint indent = 0;
    while (line && line + indent < end && line[indent] == ' ')
        indent++;
    place.is_verbatim = skipped == 0 || *scalar->text == '\n';
    place.mark.line++;
    place.column_offset = indent;
    return place;
}

static void lint_member(const SbLintText *text, const SbDatum *member, guint number)
{
    const SbDatum *content =
        member->type == SB_DATUM_TEXT ? member : sb_datum_get(member, "content");
    const char *type = sb_datum_get_text(member, "type");
    SbUserDataFormat format = type ? sb_user_data_format_of_type(type) : SB_USER_DATA_UNKNOWN;
    if (member->type != SB_DATUM_TEXT && member->type != SB_DATUM_MAPPING) {
        sb_lint_add(text, SB_RULE_PARTS, member->mark, NULL,
                    "part %u must be text, or a mapping with 'type' and 'content', not %s", number,
                    sb_datum_type_name(member->type));
    } else if (!content || content->type != SB_DATUM_TEXT) {
        sb_lint_add(text, SB_RULE_PARTS, member->mark, NULL,
                    "part %u has no 'content' that is text", number);
    } else if (type && format == SB_USER_DATA_UNKNOWN) {
        sb_lint_add(text, SB_RULE_PARTS, sb_datum_get(member, "type")->mark, NULL,
                    "cloud-init has no use for a part of the type '%.60s': leave it out, or write "
                    "one such as 'text/cloud-config'",
                    type);
    } else {
        SbLintPlace place = place_of(text, content, number);
        sb_lint_part(text, &place, format, content->text, strlen(content->text));
        g_free(place.name);
    }
}

void sb_lint_archive(const SbLintText *text)
{
    g_autoptr(SbDocument) document = load(text);
    if (!document)
        return;
    const SbDatum *root = sb_document_root(document);
    if (root->type != SB_DATUM_LIST) {
        sb_lint_add(text, SB_RULE_PARTS, root->mark, NULL,
                    "a cloud-config-archive must be a list of parts, not %s: cloud-init would "
                    "ignore it",
                    sb_datum_type_name(root->type));
        return;
    }
    for (guint i = 0; i < MIN(sb_datum_length(root), SB_LINT_MAX_PARTS); i++)
        lint_member(text, sb_datum_item(root, i), i + 1);
    if (sb_datum_length(root) > SB_LINT_MAX_PARTS)
        sb_lint_add(text, SB_RULE_PARTS, root->mark, NULL, "more than %d parts", SB_LINT_MAX_PARTS);
}

/* ---- patches ---- */

/* cloud-init reads it with Python's json, which is stricter than YAML. */
static gboolean is_json(const SbLintText *text, const char *patch)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) error = NULL;
    if (json_parser_load_from_data(parser, patch, (gssize)text->length, &error))
        return TRUE;
    /* Only the message has the place, with columns from 0: "<data>:3:5: Parse error: …". */
    SbMark mark = {0, 0};
    const char *place = strchr(error->message, ':');
    if (!place || sscanf(place, ":%u:%u:", &mark.line, &mark.column) != 2)
        mark = (SbMark){0, 0};
    mark.column++;
    sb_lint_add(text, SB_RULE_SCHEMA, mark, NULL,
                "a JSON patch must be JSON, with all names and texts in double quotes");
    return FALSE;
}

/* A JSON patch is a list of RFC 6902 operations. cloud-init applies them to the cloud-config that
 * it made of all other parts. */
void sb_lint_json_patch(const SbLintText *text)
{
    static const char prefix[] = "#cloud-config-jsonp";
    g_autofree char *patch = g_strndup(text->data, text->length);
    gsize start = strspn(patch, " \t\r\n\v\f");
    memset(patch + start, ' ', MIN(strlen(prefix), text->length - start));
    g_autoptr(SbDocument) document =
        sb_document_load(text->file, patch, text->length, text->diagnostics);
    const SbSchemaCheck check = {
        .file = text->file, .definition = "json-patch", .version = text->linter->version};
    if (document && is_json(text, patch))
        check_schema(text, own_schema(text->linter), &check, sb_document_root(document));
}
