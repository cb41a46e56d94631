/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/help.h"

#include "base/text.h"
#include "cli/options.h"

enum { COLUMNS = 80, MAX_OPTION_COLUMN = 30 };

void sb_help_add_text(GString *help, const char *text)
{
    g_autofree char *wrapped = sb_text_wrap(text, 0, COLUMNS);
    g_string_append_printf(help, "%s\n", wrapped);
}

void sb_help_add_row(GString *help, int column, const char *label, const char *text)
{
    g_autoptr(GString) row = g_string_new(NULL);
    g_string_append_printf(row, "  %s", label);
    int used = 2 + (int)g_utf8_strlen(label, -1);
    if (used + 2 > column)
        g_string_append_printf(row, "\n%*s", column, "");
    else
        g_string_append_printf(row, "%*s", column - used, "");
    g_string_append(row, text);
    g_autofree char *wrapped = sb_text_wrap(row->str, (guint)column, COLUMNS);
    g_string_append_printf(help, "%s\n", wrapped);
}

/* (transfer full) such as "-p, --pool POOL" */
static char *option_label(const GOptionEntry *option)
{
    char letter[] = {'-', option->short_name, ',', ' ', '\0'};
    return g_strdup_printf("%s--%s%s%s", option->short_name ? letter : "", option->long_name,
                           sb_option_has_value(option) ? " " : "",
                           sb_option_has_value(option) ? option->arg_description : "");
}

void sb_help_add_options(GString *help, const GOptionEntry *options)
{
    glong column = 0;
    for (const GOptionEntry *option = options; option->long_name; option++) {
        g_autofree char *label = option_label(option);
        column = MAX(column, 4 + g_utf8_strlen(label, -1));
    }
    for (const GOptionEntry *option = options; option->long_name; option++) {
        g_autofree char *label = option_label(option);
        sb_help_add_row(help, (int)MIN(column, MAX_OPTION_COLUMN), label, option->description);
    }
}

void sb_help_print(GString *help, FILE *to)
{
    g_autofree char *text = g_string_free(help, FALSE);
    g_autofree char *ascii = g_get_charset(NULL) ? NULL : g_str_to_ascii(text, NULL);
    fputs(ascii ? ascii : text, to);
}

void sb_help_print_command(const SbCommand *command)
{
    GString *help = g_string_new(NULL);
    g_string_append_printf(help, "Usage: seedbed %s [OPTION…]%s%s\n\n", command->name,
                           command->arguments ? " " : "",
                           command->arguments ? command->arguments : "");
    sb_help_add_text(help, command->summary);
    if (command->details) {
        g_string_append_c(help, '\n');
        sb_help_add_text(help, command->details);
    }
    if (command->options) {
        g_string_append(help, "\nOptions:\n");
        sb_help_add_options(help, command->options);
    }
    g_string_append(help, "\nOptions of all commands:\n");
    sb_help_add_options(help, sb_common_options);
    sb_help_print(help, stdout);
}
