/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint-scripts.c: checks of texts that are not YAML. */
#include "cloud-init/lint-checks.h"

#include <string.h>

/* The length of the first line of DATA, without its end. */
static gsize first_line(const char *data, gsize length)
{
    const char *newline = memchr(data, '\n', length);
    return newline ? (gsize)(newline - data) : length;
}

/* This is also for boothooks, which cloud-init writes to a file and executes. */
void sb_lint_script(const SbLintText *text)
{
    gsize line = first_line(text->data, text->length);
    if (line > 0 && text->data[line - 1] == '\r')
        sb_lint_add(text, SB_RULE_SCRIPT, (SbMark){1, (guint)line}, NULL,
                    "the line ends with a carriage return (Windows' line ends), which the kernel "
                    "takes for a part of the interpreter's name: save the file with Unix' ones");
    if (text->length < 2 || memcmp(text->data, "#!", 2) != 0)
        return;
    gsize at = 2;
    while (at < line && text->data[at] == ' ')
        at++;
    if (at == line || text->data[at] != '/')
        sb_lint_add(text, SB_RULE_SCRIPT, (SbMark){1, 3}, NULL,
                    "behind '#!' there must be the interpreter's whole path, such as '/bin/sh'");
}

/* A line of an include, such as a URL. */
static void check_url(const SbLintText *text, const char *line, guint number)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://",      "ftps://",
                                          "tftp://", "file://",  "http+unix://"};
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_ascii_strncasecmp(line, schemes[i], strlen(schemes[i])) == 0)
            return;
    sb_lint_add(text, SB_RULE_INCLUDE, (SbMark){number, 1}, NULL,
                "'%.60s' is not a URL that cloud-init can fetch, such as 'https://…'", line);
}

void sb_lint_include(const SbLintText *text)
{
    g_autofree char *copy = g_strndup(text->data, text->length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    guint urls = 0;
    for (guint i = 0; lines[i]; i++) {
        const char *line = g_strstrip(lines[i]);
        /* A URL may also stand behind the keyword (cloudinit/user_data.py, _do_include()). */
        static const char *const keywords[] = {"#include-once", "#include"};
        for (gsize k = 0; k < G_N_ELEMENTS(keywords); k++)
            if (g_ascii_strncasecmp(line, keywords[k], strlen(keywords[k])) == 0) {
                line += strlen(keywords[k]);
                line += strspn(line, " \t");
                break;
            }
        if (!*line || *line == '#')
            continue;
        urls++;
        check_url(text, line, i + 1);
    }
    if (urls == 0)
        sb_lint_add(text, SB_RULE_INCLUDE, (SbMark){1, 1}, NULL,
                    "there is no URL: write one URL on each line below");
}

/* Whether one of the lines of TEXT begins with START. */
static gboolean has_line(const char *text, const char *start)
{
    g_autofree char *later = g_strconcat("\n", start, NULL);
    return g_str_has_prefix(text, start) || strstr(text, later);
}

void sb_lint_part_handler(const SbLintText *text)
{
    g_autofree char *copy = g_strndup(text->data, text->length);
    static const char *const functions[] = {"list_types", "handle_part"};
    for (gsize i = 0; i < G_N_ELEMENTS(functions); i++) {
        g_autofree char *definition = g_strconcat("def ", functions[i], "(", NULL);
        if (!has_line(copy, definition))
            sb_lint_add(text, SB_RULE_PART_HANDLER, (SbMark){1, 1}, NULL,
                        "the function '%s' is missing: cloud-init could not use this handler",
                        functions[i]);
    }
}

/* ---- templates ---- */

/* A copy of TEXT with an `x` for each byte of `{{ … }}`, so that the rest can be read. NULL if it
 * has statements, because these can produce any text. */
static char *without_expressions(const char *text)
{
    if (strstr(text, "{%"))
        return NULL;
    char *copy = g_strdup(text);
    for (char *open = strstr(copy, "{{"); open; open = strstr(open, "{{")) {
        char *close = strstr(open, "}}");
        char *newline = strchr(open, '\n');
        if (!close || (newline && newline < close)) {
            g_free(copy);
            return NULL;
        }
        memset(open, 'x', (gsize)(close + 2 - open));
    }
    for (char *open = strstr(copy, "{#"); open; open = strstr(open, "{#")) {
        char *close = strstr(open, "#}");
        for (char *c = open; close && c < close + 2; c++)
            *c = *c == '\n' ? '\n' : ' ';
        if (!close)
            break;
    }
    return copy;
}

static gboolean line_has_expression(const char *const *lines, guint lines_length, guint line)
{
    return line == 0 || line > lines_length || strstr(lines[line - 1], "{{");
}

/* The result of a template depends on the machine. Only lines without an expression are checked. */
void sb_lint_template(const SbLintText *text)
{
    gsize line = first_line(text->data, text->length);
    if (line == text->length)
        return;
    const char *start = text->data + line + 1;
    g_autofree char *body = g_strndup(start, text->length - line - 1);
    g_autofree char *plain = without_expressions(body);
    if (!plain)
        return;
    g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
    guint lines_length = g_strv_length(lines);
    g_autoptr(SbDiagnostics) found = sb_diagnostics_new();
    SbLintText rendered = *text;
    rendered.data = plain;
    rendered.length = strlen(plain);
    rendered.diagnostics = found;
    SbUserDataFormat format = sb_user_data_format(rendered.data, rendered.length);
    /* check_template() in user-data.c has looked at the second line. */
    if (format == SB_USER_DATA_CLOUD_CONFIG || format == SB_USER_DATA_SHELL_SCRIPT)
        text->linter->checks[format](&rendered);
    for (guint i = 0; i < sb_diagnostics_count(found); i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(found, i);
        SbMark mark = {diagnostic->mark.line + 1, diagnostic->mark.column};
        const SbFinding finding = {text->file, mark, diagnostic->severity, diagnostic->rule,
                                   diagnostic->path};
        if (!line_has_expression((const char *const *)lines, lines_length, diagnostic->mark.line))
            sb_diagnostics_add_finding(text->diagnostics, &finding, "%s", diagnostic->message);
    }
}
