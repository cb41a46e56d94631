/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/schema.h"
#include "findings.h"
#include "test.h"

#include <string.h>

static SbSchema *load_schema(const char *text)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbSchema *schema = sb_schema_load("schema", text, strlen(text), diagnostics);
    assert_findings_at(diagnostics, "");
    return schema;
}

/* Checks DOCUMENT, which must have findings at MARKS. (transfer full) */
static SbDiagnostics *check_with(const char *schema_text, const SbSchemaCheck *check,
                                 const char *document_text, const char *marks)
{
    g_autoptr(SbSchema) schema = load_schema(schema_text);
    SbDiagnostics *diagnostics = sb_diagnostics_new();
    g_autoptr(SbDocument) document =
        sb_document_load("f", document_text, strlen(document_text), diagnostics);
    assert_findings_at(diagnostics, "");
    gboolean is_fit = sb_schema_validate(schema, check, sb_document_root(document), diagnostics);
    assert_findings_at(diagnostics, marks);
    g_assert_cmpint(is_fit, ==, sb_diagnostics_errors(diagnostics) == 0);
    return diagnostics;
}

static SbDiagnostics *check(const char *schema, const char *document, const char *marks)
{
    const SbSchemaCheck plain = {.file = "f"};
    return check_with(schema, &plain, document, marks);
}

static void accept(const char *schema, const char *document)
{
    sb_diagnostics_free(check(schema, document, ""));
}

/* Asserts that the only finding is at MARK and says PART. */
static void refuse(const char *schema, const char *document, const char *mark, const char *part)
{
    g_autoptr(SbDiagnostics) diagnostics = check(schema, document, mark);
    assert_finding_says(diagnostics, 0, part);
    g_assert_cmpuint(sb_diagnostics_errors(diagnostics), ==, 1);
}

static void test_types(void)
{
    accept("type: string", "'1'");
    accept("type: [string, 'null']", "~");
    accept("type: number", "1");
    accept("type: number", "1.5");
    accept("type: integer", "-3");
    accept("type: object", "{}");
    accept("type: array", "[]");
    accept("{}", "2024-01-31");
    refuse("type: integer", "1.0", "1:1", "must be a whole number, but '1.0' is a number");
    refuse("type: string", "yes", "1:1", "must be text, but 'yes' is true or false: put it in");
    refuse("type: string", "2024-01-31", "1:1", "'2024-01-31' is a date: put it in quotes");
    refuse("type: boolean", "1", "1:1", "must be true or false, but '1' is a whole number");
    refuse("type: [array, 'null', string]", "{a: 1}", "1:1",
           "must be text, a list or nothing, not a mapping");
    refuse("type: string", "~", "1:1", "must be text, but '~' is nothing: put it in quotes");
}

static void test_choices(void)
{
    accept("enum: [true, false, noblock]", "no");
    accept("enum: [1]", "1.0");
    refuse("enum: [1]", "true", "1:1", "must be 1, not 'true'");
    refuse("enum: [poweroff, reboot]", "rebot", "1:1",
           "must be 'poweroff' or 'reboot', not 'rebot', did you mean 'reboot'?");
    refuse("enum: ['off', auto]", "off", "1:1", "not 'off': put it in quotes");
}

static void test_text(void)
{
    accept("pattern: '^[0-9]+[KMG]$'", "12");
    accept("pattern: b", "abc");
    refuse("pattern: '^[0-9]+[KMG]$'", "12x", "1:1", "text of the form ^[0-9]+[KMG]$, not '12x'");
    refuse("{pattern: '^[0-9]+[KMG]$', expected: 'a size such as 512M'}", "12x", "1:1",
           "must be a size such as 512M, not '12x'");
    accept("{minLength: 2, maxLength: 2}", "\303\244\303\266");
    refuse("minLength: 2", "\303\244", "1:1", "has 1 characters, and must have at least 2");
    refuse("maxLength: 2", "abc", "1:1", "must have at most 2");
}

/* A pattern may try again from each character: long texts are too expensive. */
static void test_long_text(void)
{
    const char *size = "pattern: '^([0-9]+)?\\.?[0-9]+[BKMGT]$'";
    const char *keys = "patternProperties: {'^([0-9]+)?\\.?[0-9]+x$': {}}";
    g_autofree char *digits = g_strnfill(100000, '1');
    g_autofree char *value = g_strdup_printf("'%s'", digits);
    g_autofree char *key = g_strdup_printf("? '%s'\n: 1", digits);
    refuse(size, value, "1:1", "not all of it was checked");
    refuse(keys, key, "1:1", "not all of it was checked");
    digits[3000] = '\0';
    g_autofree char *shorter = g_strdup_printf("'%s'", digits);
    refuse(size, shorter, "1:1", "must be text of the form");
    g_autofree char *long_key = g_strdup_printf("? a%s\n: 1", digits);
    g_autoptr(SbDiagnostics) path = check("additionalProperties: {type: string}", long_key, "2:3");
    g_assert_cmpuint(strlen(sb_diagnostics_get(path, 0)->path), <, 100);
}

static void test_numbers(void)
{
    accept("{minimum: 0, maximum: 5}", "5");
    refuse("minimum: -1", "-2", "1:1", "must be at least -1, not -2");
    refuse("{maximum: 5, exclusiveMaximum: true}", "5", "1:1", "must be at most 5");
}

static void test_formats(void)
{
    accept("format: date", "'2030-12-31'");
    refuse("format: date", "'2030-12-32'", "1:1", "must be a date such as '2030-12-31'");
    refuse("format: date", "'31.12.2030'", "1:1", "must be a date");
    accept("format: hostname", "0.pool.ntp.org");
    accept("format: uri", "http://[::1]:8080/$releasever");
    g_autoptr(SbDiagnostics) host = check("format: hostname", "a b", "1:1");
    g_assert_cmpuint(sb_diagnostics_errors(host), ==, 0);
    g_assert_cmpstr(sb_diagnostics_get(host, 0)->rule, ==, SB_RULE_FORMAT);
    g_autoptr(SbDiagnostics) uri = check("format: uri", "example.com/x", "1:1");
    assert_finding_says(uri, 0, "is not a URI such as");
}

static void test_lists(void)
{
    accept("{items: {type: string}, minItems: 1, maxItems: 2}", "[a, b]");
    refuse("items: {type: string}", "[a, 1]", "1:5", "must be text");
    refuse("minItems: 1", "[]", "1:1", "has 0 items, and must have at least 1");
    refuse("maxItems: 1", "[a, b]", "1:1", "must have at most 1");
    refuse("uniqueItems: true", "[a, [1], b, [1.0]]", "1:13", "is in the list twice");
    accept("{items: [{type: string}, {type: integer}]}", "[a, 1, x]");
    refuse("{items: [{type: string}, {type: integer}]}", "[a, b]", "1:5", "a whole number");
    refuse("{items: [{}], additionalItems: false}", "[a, b]", "1:5", "one item too many");
    refuse("{items: [{}], additionalItems: {type: string}}", "[1, 2]", "1:5", "must be text");
    accept("{items: {}, additionalItems: false}", "[a, b]");
}

static void test_mappings(void)
{
    const char *schema = "{properties: {name: {type: string}, shell: {type: string}}, "
                         "additionalProperties: false, required: [name]}";
    accept(schema, "{name: x}");
    refuse(schema, "{shell: x}", "1:1", "the key 'name' is missing");
    refuse(schema, "{name: x, shel: y}", "1:11",
           "unknown key 'shel', did you mean 'shell'? (allowed here: name or shell)");
    refuse(schema, "{name: x, 1: y}", "1:11", "unknown key '1'");
    refuse("additionalProperties: {type: string}", "{a: 1}", "1:5", "must be text");
    refuse("{minProperties: 1}", "{}", "1:1", "has 0 keys, and must have at least 1");
    const char *pattern = "{patternProperties: {'^[a-z]+$': {type: integer}}, "
                          "additionalProperties: false}";
    accept(pattern, "{abc: 1}");
    refuse(pattern, "{abc: x}", "1:7", "a whole number");
    refuse(pattern, "{ABC: 1}", "1:2", "^[a-z]+$");
    refuse(pattern, "{1: 1}", "1:2", "must be text: put it in quotes");
}

static void test_path(void)
{
    g_autoptr(SbDiagnostics) diagnostics =
        check("properties: {users: {items: {properties: {sudo: {type: string}}}}}",
              "users:\n  - name: a\n    sudo: 1\n", "3:11");
    g_assert_cmpstr(sb_diagnostics_get(diagnostics, 0)->path, ==, "users[0].sudo");
    g_assert_cmpstr(sb_diagnostics_get(diagnostics, 0)->rule, ==, SB_RULE_SCHEMA);
}

static void test_combinations(void)
{
    accept("allOf: [{type: string}, {minLength: 2}]", "ab");
    refuse("allOf: [{type: string}, {minLength: 2}]", "a", "1:1", "at least 2");
    accept("anyOf: [{type: string}, {minimum: 3}, {minimum: 2}]", "5");
    refuse("oneOf: [{minimum: 3}, {minimum: 2}]", "5", "1:1", "fits 2 of the forms");
    refuse("not: {type: string}", "x", "1:1", "not allowed here");
    refuse("oneOf: [{required: [a]}, {required: [b]}]", "{}", "1:1", "the key 'a' or 'b' is");
    refuse("oneOf: [{required: [a]}, {required: [b]}]", "{a: 1, b: 1}", "1:1",
           "has both 'a' and 'b'");
}

/* The finding is about the branch that was probably meant, not about each branch. */
static void test_best_branch(void)
{
    const char *schema = "oneOf:\n"
                         "  - {type: string}\n"
                         "  - type: object\n"
                         "    additionalProperties: false\n"
                         "    properties: {type: {enum: [print]}}\n"
                         "  - type: object\n"
                         "    additionalProperties: false\n"
                         "    required: [url]\n"
                         "    properties: {type: {enum: [webhook]}, url: {type: string}, retries: "
                         "{type: integer}}\n";
    refuse(schema, "{type: webhook, url: x, retris: 1}", "1:25", "did you mean 'retries'?");
    refuse(schema, "{type: webhook}", "1:1", "the key 'url' is missing");
    refuse(schema, "{type: print, level: x}", "1:15", "unknown key 'level'");
    refuse(schema, "[a]", "1:1", "must be text or a mapping, not a list");
    const char *size = "oneOf: [{enum: [auto]}, {type: integer}, {type: string, pattern: 'M$'}]";
    refuse(size, "1.5", "1:1", "must be 'auto', text or a whole number, but '1.5' is a number");
    refuse(size, "1X", "1:1", "text of the form M$");
    refuse("anyOf: [{enum: [a]}, {enum: [b]}]", "c", "1:1", "must be 'a' or 'b', not 'c'");
}

/* The form with the present keys is meant, even if many values are wrong. */
static void test_best_branch_with_many_problems(void)
{
    const char *schema = "oneOf:\n"
                         "  - additionalProperties: false\n"
                         "    required: [version, config]\n"
                         "    properties: {version: {enum: [1]}, config: {items: {type: string}}}\n"
                         "  - additionalProperties: false\n"
                         "    required: [network]\n"
                         "    properties: {network: {type: object}}\n";
    sb_diagnostics_free(
        check(schema, "{version: 1, config: [1, 2, 3, 4, 5, 6]}", "1:23 1:26 1:29 1:32 1:35 1:38"));
    const char *types = "oneOf:\n"
                        "  - required: [links]\n"
                        "    properties: {type: {enum: [bond]}, mtu: {type: integer}}\n"
                        "  - properties: {type: {enum: [loopback]}}\n";
    refuse(types, "{type: bond, links: [], mtu: x}", "1:30", "a whole number");
    g_autoptr(SbDiagnostics) bond = check(types, "{type: bond, mtu: x}", "1:1 1:19");
    assert_finding_says(bond, 0, "the key 'links' is missing");
}

static void test_references(void)
{
    const char *schema = "{$defs: {tree: {type: object, additionalProperties: {$ref: "
                         "'#/$defs/tree'}}}, properties: {t: {$ref: '#/$defs/tree'}}}";
    accept(schema, "{t: {a: {b: {}}}}");
    refuse(schema, "{t: {a: {b: 1}}}", "1:13", "a mapping");
    const SbSchemaCheck definition = {.file = "f", .definition = "tree"};
    sb_diagnostics_free(check_with(schema, &definition, "{a: 1}", "1:5"));
    g_autoptr(SbSchema) loaded = load_schema(schema);
    g_assert_true(sb_schema_has(loaded, "tree"));
    g_assert_false(sb_schema_has(loaded, "bush"));
    /* Keywords beside a reference count, too. */
    refuse("{$defs: {a: {minLength: 2}}, $ref: '#/$defs/a', type: string}", "1", "1:1", "text");
    /* Alternatives within alternatives take long, but not for ever. */
    g_autoptr(SbDiagnostics) many =
        check("{$defs: {a: {oneOf: [{items: {$ref: '#/$defs/a'}}, {items: {$ref: '#/$defs/a'}}, "
              "{items: {$ref: '#/$defs/a'}}]}}, $ref: '#/$defs/a'}",
              "[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]", "1:1 1:1");
    assert_finding_says(many, 0, "not all of it was checked");
    g_autoptr(GString) chain = g_string_new("$ref: '#/$defs/a0'\n$defs:\n");
    for (guint i = 0; i < 2000; i++)
        g_string_append_printf(chain, "  a%u: {$ref: '#/$defs/a%u'}\n", i, i + 1);
    g_string_append(chain, "  a2000: {type: string}\n");
    refuse(chain->str, "1", "1:1", "not all of it was checked");
}

static void test_deprecated(void)
{
    const char *schema = "properties:\n"
                         "  old: {deprecated: true, deprecated_version: '23.1', "
                         "replacement: new}\n"
                         "  new: {type: string}\n"
                         "  either:\n"
                         "    oneOf:\n"
                         "      - {type: boolean}\n"
                         "      - {type: string, changed: true, changed_version: '22.3',\n"
                         "         changed_description: Use ``true``.}\n";
    g_autoptr(SbDiagnostics) diagnostics = check(schema, "old: 1\neither: x\n", "1:1 2:1");
    assert_finding_says(diagnostics, 0, "deprecated since cloud-init 23.1: use 'new'");
    assert_finding_says(diagnostics, 1, "deprecated since cloud-init 22.3: Use ''true''.");
    g_assert_cmpuint(sb_diagnostics_errors(diagnostics), ==, 0);
    accept(schema, "either: yes\n");
    const SbSchemaCheck before = {.file = "f", .version = sb_schema_version("22.4")};
    sb_diagnostics_free(check_with(schema, &before, "old: 1\neither: x\n", "2:1"));
}

static void test_versions(void)
{
    g_assert_cmpuint(sb_schema_version("22.4"), ==, 2204);
    g_assert_cmpuint(sb_schema_version("25.1.4-0ubuntu1"), ==, 2501);
    g_assert_cmpuint(sb_schema_version(NULL), ==, 0);
    g_assert_cmpuint(sb_schema_version("latest"), ==, 0);
    g_assert_cmpuint(sb_schema_version("24"), ==, 0);
    const char *schema = "{properties: {rpi: {new_version: '25.2'}, u: {properties: {doas: "
                         "{new_version: '24.2'}, dsa: {removed_version: '24.3'}}}}}";
    SbSchemaCheck version = {.file = "f", .version = 2204, .warns_of_unknown = TRUE};
    accept(schema, "{rpi: 1, u: {doas: 1}}");
    g_autoptr(SbDiagnostics) old =
        check_with(schema, &version, "{rpi: 1, u: {doas: 1}}", "1:2 1:14");
    assert_finding_says(old, 0, "this came with cloud-init 25.2 (for 22.4 ignored)");
    assert_finding_says(old, 1, "this came with cloud-init 24.2 (for 22.4 an error)");
    g_assert_cmpuint(sb_diagnostics_errors(old), ==, 1);
    version.version = 2501;
    g_autoptr(SbDiagnostics) gone = check_with(schema, &version, "{u: {dsa: 1}}", "1:6");
    assert_finding_says(gone, 0, "this went with cloud-init 24.3 (for 25.1 an error)");
    g_autoptr(SbDiagnostics) any = check(schema, "{u: {dsa: 1}}", "1:6");
    assert_finding_says(any, 0, "this went with cloud-init 24.3 (for 24.3 and later an error)");
}

/* A form that only some versions take is not one of those that are wanted of the others. */
static void test_version_of_branch(void)
{
    static const struct {
        const char *schema, *version, *data, *says;
        gboolean is_error;
    } checks[] = {
        {"anyOf: [{required: [b]}, {removed_version: '23.3'}]", "23.2", "{a: 1}", NULL, FALSE},
        {"anyOf: [{required: [b]}, {removed_version: '23.3'}]", "26.2", "{a: 1}",
         "the key 'b' is missing (for 23.3 and later an error)", TRUE},
        {"anyOf: [{required: [b]}, {removed_version: '23.3'}]", NULL, "{a: 1}",
         "the key 'b' is missing (for 23.3 and later an error)", FALSE},
        {"oneOf: [{enum: [json]}, {enum: [b], removed_version: '24.1'}]", "24.1", "b",
         "must be 'json', not 'b' (for 24.1 and later an error)", TRUE},
        {"oneOf: [{enum: [json]}, {enum: [b], removed_version: '24.1'}]", "24.1", "c",
         "must be 'json', not 'c'", TRUE},
        {"oneOf: [{enum: [json]}, {enum: [b], removed_version: '24.1'}]", NULL, "c",
         "must be 'json', not 'c'", TRUE},
        {"oneOf: [{type: string}, {type: boolean, new_version: '24.4'}]", "22.4", "true",
         "this came with cloud-init 24.4 (for 22.4 an error)", TRUE},
        {"oneOf: [{type: string}, {type: boolean, new_version: '24.4'}]", "22.4", "1",
         "must be text, but '1' is a whole number", TRUE},
        {"oneOf: [{type: string}, {type: boolean, new_version: '24.4'}]", NULL, "true", NULL,
         FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        const SbSchemaCheck version = {.file = "f",
                                       .version = sb_schema_version(checks[i].version)};
        g_autoptr(SbDiagnostics) found =
            check_with(checks[i].schema, &version, checks[i].data, checks[i].says ? "1:1" : "");
        if (checks[i].says)
            assert_finding_says(found, 0, checks[i].says);
        g_assert_cmpuint(sb_diagnostics_errors(found), ==, checks[i].is_error);
    }
}

#define TOP_KEYS                                                                                   \
    "{closed_version: '23.4', $defs: {p: {properties: {packages: {}, network: {unknown: 'write a " \
    "file'}}}}, allOf: [{$ref: '#/$defs/p'}], properties: {runcmd: {}, rpi: {new_version: "        \
    "'25.2'}, migrate: {ignored_version: '24.1'}, old: {removed_version: '24.1'}}}"

/* Older versions ignore a key at the top that they do not know, newer ones refuse it. */
static void test_unknown(void)
{
    static const struct {
        const char *version, *key, *says;
        gboolean is_error;
    } checks[] = {
        {"22.4", "package",
         "cloud-init does not know the key 'package' (for 22.4 ignored): did "
         "you mean 'packages'?",
         FALSE},
        {"23.4", "package", "does not know the key 'package' (for 23.4 an error): did you", TRUE},
        {NULL, "zzzzzz", "'zzzzzz' (for 23.4 and later an error, before ignored)", TRUE},
        {NULL, "network", "(for 23.4 and later an error, before ignored): write a file", TRUE},
        {"22.4", "network", "does not know the key 'network' (for 22.4 ignored): write a", FALSE},
        {"22.4", "rpi", "this came with cloud-init 25.2 (for 22.4 ignored)", FALSE},
        {"24.1", "rpi", "this came with cloud-init 25.2 (for 24.1 an error)", TRUE},
        {"24.1", "migrate", "this went with cloud-init 24.1 (for 24.1 ignored)", FALSE},
        {NULL, "migrate", "this went with cloud-init 24.1 (for 24.1 and later ignored)", FALSE},
        {"24.1", "old", "this went with cloud-init 24.1 (for 24.1 an error)", TRUE},
        {NULL, "old", "this went with cloud-init 24.1 (for 24.1 and later an error)", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        const SbSchemaCheck check = {
            .file = "f", .version = sb_schema_version(checks[i].version), .warns_of_unknown = TRUE};
        g_autofree char *text = g_strdup_printf("{runcmd: 1, %s: 1}", checks[i].key);
        g_autoptr(SbDiagnostics) found = check_with(TOP_KEYS, &check, text, "1:13");
        assert_finding_says(found, 0, checks[i].says);
        g_assert_cmpuint(sb_diagnostics_errors(found), ==, checks[i].is_error);
        if (checks[i].version)
            g_assert_cmpstr(sb_diagnostics_get(found, 0)->rule, ==, SB_RULE_UNKNOWN_KEY);
    }
    /* A schema that does not say so refuses nothing, such as cloud-init's own one of 22.4. */
    const SbSchemaCheck warns = {.file = "f", .warns_of_unknown = TRUE};
    g_autoptr(SbDiagnostics) open =
        check_with("{properties: {runcmd: {}}}", &warns, "{runcmd: 1, a: 1}", "1:13");
    assert_finding_says(open, 0, "does not know the key 'a' (ignored)");
    g_assert_cmpuint(sb_diagnostics_errors(open), ==, 0);
}

static void test_bad_schemas(void)
{
    static const char *const schemas[] = {
        "[1]",
        "type: text",
        "pattern: '('",
        "{$ref: '#/$defs/x'}",
        "oneOf: {a: b}",
        "properties: {a: 1}",
        "{a: *x}",
        "properties: {1: {}}",
        "$ref: '#'",
        "{$defs: {a: {allOf: [{}, {$ref: '#/$defs/a'}]}}}",
        "{$defs: {a: {not: {$ref: '#/$defs/b'}}, b: {oneOf: [{$ref: '#/$defs/a'}]}}}"};
    for (gsize i = 0; i < G_N_ELEMENTS(schemas); i++) {
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        g_assert_null(sb_schema_load("s", schemas[i], strlen(schemas[i]), diagnostics));
        g_assert_cmpuint(sb_diagnostics_errors(diagnostics), >, 0);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/schema/types", test_types);
    g_test_add_func("/schema/choices", test_choices);
    g_test_add_func("/schema/text", test_text);
    g_test_add_func("/schema/long-text", test_long_text);
    g_test_add_func("/schema/numbers", test_numbers);
    g_test_add_func("/schema/formats", test_formats);
    g_test_add_func("/schema/lists", test_lists);
    g_test_add_func("/schema/mappings", test_mappings);
    g_test_add_func("/schema/path", test_path);
    g_test_add_func("/schema/combinations", test_combinations);
    g_test_add_func("/schema/best-branch", test_best_branch);
    g_test_add_func("/schema/best-branch-with-many-problems", test_best_branch_with_many_problems);
    g_test_add_func("/schema/references", test_references);
    g_test_add_func("/schema/deprecated", test_deprecated);
    g_test_add_func("/schema/versions", test_versions);
    g_test_add_func("/schema/version-of-branch", test_version_of_branch);
    g_test_add_func("/schema/unknown", test_unknown);
    g_test_add_func("/schema/bad-schemas", test_bad_schemas);
    return g_test_run();
}
