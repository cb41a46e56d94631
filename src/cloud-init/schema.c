/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/schema.h"

#include "base/array.h"
#include "cloud-init/schema-format.h"
#include "cloud-init/schema-versions.h"

#include <string.h>

/* The limits of a check. A schema with alternatives within alternatives could take for ever;
 * cloud-init's needs a few hundred steps for a large file. */
#define STEPS_MAX 2000000
#define DEPTH_MAX 1000
/* A pattern may try again from each character of a text: a text with N characters costs N * N / 100
 * steps. */
#define PATTERN_CHARACTERS 100
/* Nobody reads more problems, and each takes time. */
#define PROBLEMS_MAX 2000

typedef struct {
    const SbSchemaCheck *check;
    const SbSchemaNode *root; /* of the whole schema */
    guint steps;
    guint depth;
} Run;

static gboolean is_over(const Run *run, const GPtrArray *problems)
{
    return run->steps >= STEPS_MAX || problems->len >= PROBLEMS_MAX;
}

/* Checks DATUM against NODE; problems, also warnings, go into PROBLEMS. Returns whether it fits. */
static gboolean fits(Run *run, const SbSchemaNode *node, const SbDatum *datum, const SbPath *path,
                     GPtrArray *problems);

/* Checks DATUM against NODE as if this cloud-init knew it. */
static void check_known(Run *run, const SbSchemaNode *node, const SbDatum *datum,
                        const SbPath *path, GPtrArray *problems);

static GPtrArray *problems_new(void)
{
    return g_ptr_array_new_with_free_func(sb_problem_free);
}

static void move_problems(GPtrArray *from, GPtrArray *to)
{
    while (from->len > 0)
        g_ptr_array_add(to, g_ptr_array_steal_index(from, 0));
}

static gboolean has_error(const GPtrArray *problems, guint first)
{
    for (guint i = first; i < problems->len; i++)
        if (((SbProblem *)g_ptr_array_index(problems, i))->severity == SB_SEVERITY_ERROR)
            return TRUE;
    return FALSE;
}

/* ---- scalars ---- */

static gboolean is_number(const SbDatum *datum)
{
    return datum->type == SB_DATUM_INTEGER || datum->type == SB_DATUM_NUMBER;
}

static gboolean has_choice(const SbSchemaNode *node, const SbDatum *datum)
{
    for (guint i = 0; i < node->choices->len; i++)
        if (sb_datum_equal(g_ptr_array_index(node->choices, i), datum))
            return TRUE;
    return FALSE;
}

/* Whether TEXT matches. If the match could take too long, the answer is yes, and the run is over.
 */
static gboolean matches(Run *run, const GRegex *regex, const char *text)
{
    gsize length = strlen(text);
    guint64 steps = (guint64)length * length / PATTERN_CHARACTERS;
    run->steps += (guint)MIN(steps, STEPS_MAX);
    return run->steps >= STEPS_MAX || g_regex_match(regex, text, 0, NULL);
}

static void check_text(Run *run, const SbSchemaNode *node, const SbDatum *datum, const SbPath *path,
                       GPtrArray *problems)
{
    gint64 length = g_utf8_strlen(datum->text, -1);
    if (length < node->length.min || (node->length.max >= 0 && length > node->length.max))
        g_ptr_array_add(
            problems,
            sb_problem_new(SB_PROBLEM_OTHER, node, path, datum,
                           "has %" G_GINT64_FORMAT " characters, and must have at %s "
                           "%" G_GINT64_FORMAT,
                           length, length < node->length.min ? "least" : "most",
                           length < node->length.min ? node->length.min : node->length.max));
    if (node->pattern && !matches(run, node->pattern, datum->text))
        g_ptr_array_add(problems, sb_problem_pattern(node, path, datum));
    SbProblem *problem = sb_schema_check_format(node, path, datum);
    if (problem)
        g_ptr_array_add(problems, problem);
}

static void check_number(const SbSchemaNode *node, const SbDatum *datum, const SbPath *path,
                         GPtrArray *problems)
{
    gboolean is_low =
        node->has_minimum && (node->is_minimum_exclusive ? datum->number <= node->minimum
                                                         : datum->number < node->minimum);
    gboolean is_high =
        node->has_maximum && (node->is_maximum_exclusive ? datum->number >= node->maximum
                                                         : datum->number > node->maximum);
    if (is_low || is_high)
        g_ptr_array_add(problems,
                        sb_problem_new(SB_PROBLEM_OTHER, node, path, datum, "must be %s %g, not %s",
                                       is_low ? "at least" : "at most",
                                       is_low ? node->minimum : node->maximum, datum->text));
}

static void check_scalar(Run *run, const SbSchemaNode *node, const SbDatum *datum,
                         const SbPath *path, GPtrArray *problems)
{
    gboolean has_type = !node->types || (node->types & SB_TYPE_BIT(datum->type));
    /* Choices say more than a type. */
    if (node->choices && !has_choice(node, datum))
        g_ptr_array_add(problems, sb_problem_choice(node, path, datum, node->choices));
    else if (!has_type)
        g_ptr_array_add(problems, sb_problem_type(node, path, datum, node->types));
    if (datum->type == SB_DATUM_TEXT)
        check_text(run, node, datum, path, problems);
    else if (is_number(datum))
        check_number(node, datum, path, problems);
}

/* ---- collections ---- */

/* COUNT of WHAT must be within BOUNDS. */
static void check_count(const SbSchemaNode *node, const SbDatum *datum, const SbPath *path,
                        SbBounds bounds, const char *what, GPtrArray *problems)
{
    gint64 count = sb_datum_length(datum);
    gboolean is_low = count < bounds.min;
    if (!is_low && (bounds.max < 0 || count <= bounds.max))
        return;
    gint64 bound = is_low ? bounds.min : bounds.max;
    g_ptr_array_add(problems, sb_problem_new(SB_PROBLEM_OTHER, node, path, datum,
                                             "has %" G_GINT64_FORMAT " %s%s, and must have at %s "
                                             "%" G_GINT64_FORMAT,
                                             count, what, count == 1 ? "" : "s",
                                             is_low ? "least" : "most", bound));
}

static void check_unique(const SbSchemaNode *node, const SbDatum *list, const SbPath *path,
                         GPtrArray *problems)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(sb_datum_hash, sb_datum_equal);
    for (guint i = 0; i < sb_datum_length(list) && problems->len < PROBLEMS_MAX; i++) {
        const SbDatum *item = sb_datum_item(list, i);
        const SbPath item_path = {.parent = path, .index = i, .depth = path->depth + 1};
        if (!g_hash_table_add(seen, (gpointer)item))
            g_ptr_array_add(problems, sb_problem_new(SB_PROBLEM_OTHER, node, &item_path, item,
                                                     "is in the list twice"));
    }
}

static void check_list(Run *run, const SbSchemaNode *node, const SbDatum *list, const SbPath *path,
                       GPtrArray *problems)
{
    check_count(node, list, path, node->item_count, "item", problems);
    if (node->is_unique)
        check_unique(node, list, path, problems);
    guint tuple_length = node->tuple ? node->tuple->len : 0;
    for (guint i = 0; i < sb_datum_length(list) && !is_over(run, problems); i++) {
        const SbDatum *item = sb_datum_item(list, i);
        const SbPath item_path = {.parent = path, .index = i, .depth = path->depth + 1};
        const SbSchemaNode *schema = i < tuple_length ? g_ptr_array_index(node->tuple, i)
                                     : node->tuple    ? node->other_items
                                                      : node->items;
        if (schema)
            fits(run, schema, item, &item_path, problems);
        else if (node->tuple && node->is_closed_tuple)
            g_ptr_array_add(problems,
                            sb_problem_new(SB_PROBLEM_OTHER, node, &item_path, item,
                                           "is one item too many: the list has at most %u",
                                           tuple_length));
    }
}

/* As with any other key at the top that it does not know, cloud-init ignores or refuses it. */
static SbProblem *foreign_top_key(const Run *run, const SbSchemaNode *node, const SbDatum *value,
                                  const SbPath *path)
{
    guint version = run->check->version;
    gboolean is_gone = node->removed_version && version >= node->removed_version;
    gboolean is_ignored =
        (is_gone && node->is_ignored_when_removed) || !sb_version_is_closed(version, run->root);
    SbProblem *problem = sb_problem_foreign(version, is_ignored, node, path, value);
    problem->rule = SB_RULE_UNKNOWN_KEY;
    return problem;
}

static void check_member(Run *run, const SbSchemaNode *node, const SbDatum *key,
                         const SbDatum *value, const SbPath *path, GPtrArray *problems)
{
    const SbPath key_path = {.parent = path, .key = key, .depth = path->depth + 1};
    gboolean is_text = key->type == SB_DATUM_TEXT, is_known = FALSE;
    /* Where keys are compared with patterns, cloud-init fails if a key is not text. */
    if (!is_text && node->patterns) {
        g_ptr_array_add(problems, sb_problem_new(SB_PROBLEM_OTHER, node, &key_path, key,
                                                 "the key '%.60s' is %s, and must be text: put it "
                                                 "in quotes",
                                                 key->text, sb_datum_type_name(key->type)));
        return;
    }
    const SbSchemaNode *own =
        is_text && node->properties ? g_hash_table_lookup(node->properties, key->text) : NULL;
    if (own && own->unknown) {
        is_known = TRUE; /* check_unknown() says it */
    } else if (own && path->depth == 0 && run->check->warns_of_unknown &&
               sb_version_is_foreign(run->check->version, own)) {
        g_ptr_array_add(problems, foreign_top_key(run, own, value, &key_path));
        is_known = TRUE;
    } else if (own) {
        is_known = TRUE;
        fits(run, own, value, &key_path, problems);
    }
    SB_EACH(const SbPatternProperty, pattern, node->patterns) {
        if (!matches(run, pattern->regex, key->text))
            continue;
        is_known = TRUE;
        fits(run, pattern->node, value, &key_path, problems);
    }
    if (!is_known && node->is_closed)
        g_ptr_array_add(problems, sb_problem_unknown_key(node, path, key));
    else if (!is_known && node->additional)
        fits(run, node->additional, value, &key_path, problems);
}

static void check_mapping(Run *run, const SbSchemaNode *node, const SbDatum *mapping,
                          const SbPath *path, GPtrArray *problems)
{
    check_count(node, mapping, path, node->property_count, "key", problems);
    SB_EACH(const char, key, node->required) {
        if (sb_datum_get(mapping, key))
            continue;
        SbProblem *problem =
            sb_problem_new(SB_PROBLEM_MISSING, node, path, mapping, "the key '%s' is missing", key);
        problem->key = key;
        g_ptr_array_add(problems, problem);
    }
    if (!node->properties && !node->patterns && !node->is_closed && !node->additional)
        return;
    for (guint i = 0; i < sb_datum_length(mapping) && !is_over(run, problems); i++)
        check_member(run, node, sb_datum_key(mapping, i), sb_datum_item(mapping, i), path,
                     problems);
}

/* ---- combinations ---- */

/* Both branches of a oneOf fit. If each only needs a key, both keys are there. */
static void report_several(const SbSchemaNode *node, const GPtrArray *valid, const SbDatum *datum,
                           const SbPath *path, GPtrArray *problems)
{
    const SbSchemaNode *first = g_ptr_array_index(valid, 0), *second = g_ptr_array_index(valid, 1);
    if (first->required && first->required->len == 1 && second->required &&
        second->required->len == 1)
        g_ptr_array_add(problems,
                        sb_problem_new(SB_PROBLEM_OTHER, node, path, datum,
                                       "has both '%s' and '%s': only one of them is allowed",
                                       (char *)g_ptr_array_index(first->required, 0),
                                       (char *)g_ptr_array_index(second->required, 0)));
    else
        g_ptr_array_add(problems, sb_problem_new(SB_PROBLEM_OTHER, node, path, datum,
                                                 "fits %u of the forms that it can have, and must "
                                                 "fit just one",
                                                 valid->len));
}

/* What is known of the branches of a oneOf or anyOf. */
typedef struct {
    GPtrArray *unfit;            /* of GPtrArray: the problems of each that this cloud-init knows */
    GPtrArray *valid;            /* of SbSchemaNode */
    const SbSchemaNode *too_new; /* (nullable) one that would fit, but came later */
    const SbSchemaNode *too_old; /* (nullable) one that fits, but is gone or will be */
} Branches;

/* Checks a branch that not every version knows. */
static void check_foreign_branch(Run *run, const SbSchemaNode *branch, const SbDatum *datum,
                                 const SbPath *path, Branches *branches)
{
    g_autoptr(GPtrArray) ignored = problems_new();
    check_known(run, branch, datum, path, ignored);
    if (has_error(ignored, 0))
        return;
    guint version = run->check->version;
    if (version && version < branch->new_version)
        branches->too_new = branch;
    else
        branches->too_old = branch;
}

/* No branch fits that this cloud-init knows, or that all do. */
static void report_no_branch(const Run *run, const SbSchemaNode *node, const Branches *branches,
                             const SbDatum *datum, const SbPath *path, GPtrArray *problems)
{
    guint before = problems->len, version = run->check->version;
    if (branches->too_new) {
        g_ptr_array_add(problems,
                        sb_problem_foreign(version, FALSE, branches->too_new, path, datum));
        return;
    }
    sb_problems_of_branches(branches->unfit, node, path, datum, problems);
    if (branches->too_old)
        sb_problems_since(problems, before, version, branches->too_old->removed_version);
}

/* ONE_OF or ANY_OF. The warnings of the branch that fits are kept. A branch that not every version
 * knows is none to them, and says more than the others if it would fit. */
static void check_branches(Run *run, const SbSchemaNode *node, const GPtrArray *nodes,
                           gboolean is_exclusive, const SbDatum *datum, const SbPath *path,
                           GPtrArray *problems)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GPtrArray) valid = g_ptr_array_new();
    Branches branches = {.unfit = all, .valid = valid};
    SB_EACH(const SbSchemaNode, branch, nodes) {
        if (sb_version_is_foreign(run->check->version, branch) ||
            (!run->check->version && branch->removed_version)) {
            check_foreign_branch(run, branch, datum, path, &branches);
            continue;
        }
        GPtrArray *own = problems_new();
        g_ptr_array_add(all, own);
        if (!fits(run, branch, datum, path, own))
            continue;
        g_ptr_array_add(valid, (gpointer)branch);
        if (valid->len == 1)
            move_problems(own, problems);
        if (!is_exclusive)
            return;
    }
    if (valid->len == 0)
        report_no_branch(run, node, &branches, datum, path, problems);
    else if (valid->len > 1)
        report_several(node, valid, datum, path, problems);
}

static void check_combinations(Run *run, const SbSchemaNode *node, const SbDatum *datum,
                               const SbPath *path, GPtrArray *problems)
{
    if (node->target)
        fits(run, node->target, datum, path, problems);
    for (guint i = 0; node->all_of && i < node->all_of->len; i++)
        fits(run, g_ptr_array_index(node->all_of, i), datum, path, problems);
    if (node->one_of)
        check_branches(run, node, node->one_of, TRUE, datum, path, problems);
    if (node->any_of)
        check_branches(run, node, node->any_of, FALSE, datum, path, problems);
    if (node->not ) {
        g_autoptr(GPtrArray) ignored = problems_new();
        if (fits(run, node->not, datum, path, ignored))
            g_ptr_array_add(problems, sb_problem_new(SB_PROBLEM_OTHER, node, path, datum,
                                                     "has a form that is not allowed here"));
    }
}

/* Reports a key or value that is deprecated, or that newer versions do not know. */
static void check_history(const Run *run, const SbSchemaNode *node, const SbDatum *datum,
                          const SbPath *path, GPtrArray *problems)
{
    guint version = run->check->version;
    gboolean is_deprecated =
        node->is_deprecated && (!version || version >= node->deprecated_version);
    if (is_deprecated || (node->removed_version && !version))
        g_ptr_array_add(problems, sb_problem_deprecated(node, path, datum));
}

static void check_known(Run *run, const SbSchemaNode *node, const SbDatum *datum,
                        const SbPath *path, GPtrArray *problems)
{
    check_scalar(run, node, datum, path, problems);
    if (datum->type == SB_DATUM_LIST)
        check_list(run, node, datum, path, problems);
    else if (datum->type == SB_DATUM_MAPPING)
        check_mapping(run, node, datum, path, problems);
    check_combinations(run, node, datum, path, problems);
}

static gboolean fits(Run *run, const SbSchemaNode *node, const SbDatum *datum, const SbPath *path,
                     GPtrArray *problems)
{
    if (run->depth >= DEPTH_MAX)
        run->steps = STEPS_MAX;
    if (is_over(run, problems))
        return TRUE; /* sb_schema_validate() says so */
    run->steps++;
    run->depth++;
    guint before = problems->len;
    if (sb_version_is_foreign(run->check->version, node)) {
        gboolean is_new = run->check->version < node->new_version;
        gboolean is_ignored = !is_new && node->is_ignored_when_removed;
        g_ptr_array_add(problems,
                        sb_problem_foreign(run->check->version, is_ignored, node, path, datum));
    } else {
        check_history(run, node, datum, path, problems);
        check_known(run, node, datum, path, problems);
    }
    run->depth--;
    return !has_error(problems, before);
}

/* ---- the whole ---- */

static void check_unknown(const Run *run, const SbSchema *schema, const SbDatum *datum,
                          GPtrArray *problems)
{
    const char *const *known = (const char *const *)schema->known->pdata;
    for (guint i = 0; i < sb_datum_length(datum) && problems->len < PROBLEMS_MAX; i++) {
        const SbDatum *key = sb_datum_key(datum, i);
        if (key->type == SB_DATUM_TEXT && !g_strv_contains(known, key->text))
            g_ptr_array_add(problems, sb_problem_unknown_top_key(run->check->version, schema, key));
    }
}

/* Several definitions may describe one key, and find the same. */
static gboolean is_repeated(const GPtrArray *problems, guint index)
{
    const SbProblem *problem = g_ptr_array_index(problems, index);
    for (guint i = 0; i < index; i++) {
        const SbProblem *other = g_ptr_array_index(problems, i);
        if (other->mark.line == problem->mark.line && other->mark.column == problem->mark.column &&
            strcmp(other->message, problem->message) == 0)
            return TRUE;
    }
    return FALSE;
}

static void report(const SbSchemaCheck *check, const GPtrArray *problems,
                   SbDiagnostics *diagnostics)
{
    for (guint i = 0; i < problems->len; i++) {
        const SbProblem *problem = g_ptr_array_index(problems, i);
        if (problems->len <= SB_DIAGNOSTICS_MAX && is_repeated(problems, i))
            continue;
        const SbFinding finding = {.file = check->file,
                                   .mark = problem->mark,
                                   .severity = problem->severity,
                                   .rule = problem->rule,
                                   .path = problem->path};
        sb_diagnostics_add_finding(diagnostics, &finding, "%s", problem->message);
    }
}

gboolean sb_schema_validate(const SbSchema *schema, const SbSchemaCheck *check,
                            const SbDatum *datum, SbDiagnostics *diagnostics)
{
    const SbSchemaNode *root = schema->root;
    if (check->definition) {
        g_autofree char *reference = g_strconcat("#/$defs/", check->definition, NULL);
        root = g_hash_table_lookup(schema->definitions, reference);
    }
    g_return_val_if_fail(root != NULL, FALSE);
    Run run = {.check = check, .root = schema->root};
    const SbPath path = {0};
    g_autoptr(GPtrArray) problems = problems_new();
    fits(&run, root, datum, &path, problems);
    if (is_over(&run, problems))
        g_ptr_array_insert(problems, 0,
                           sb_problem_new(SB_PROBLEM_OTHER, root, &path, datum,
                                          "too much is wrong here, or too large: not all of it "
                                          "was checked"));
    if (check->warns_of_unknown && datum->type == SB_DATUM_MAPPING && !root->is_closed)
        check_unknown(&run, schema, datum, problems);
    report(check, problems, diagnostics);
    return !has_error(problems, 0);
}
