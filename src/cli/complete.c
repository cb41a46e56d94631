/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete.h"

#include "base/array.h"
#include "cli/candidates.h"
#include "cli/options.h"
#include "local/ssh-options.h"

#include <stdio.h>
#include <string.h>

/* A command line up to the word that is completed. */
typedef struct {
    SbCli *cli;
    const SbCommand *command; /* (nullable) not known yet */
    const char *group;        /* (nullable) the first word of commands that have two, if it came */
    GPtrArray *arguments;     /* of char * */
    const GOptionEntry *option; /* (nullable) whose value is completed */
    gboolean is_ssh_value;      /* it is the value of an option of ssh */
    gboolean is_guest;          /* it is a word of the command line for the guest */
} Line;

static gboolean is_kind(const SbCommand *command, const char *name)
{
    return command && strcmp(command->name, name) == 0;
}

/* ---- reading the words before ---- */

static const GOptionEntry *find_in(const GOptionEntry *options, const char *word)
{
    gsize length = strcspn(word + 2, "=");
    const char *last = word[1] ? word + strlen(word) - 1 : word;
    for (; options && options->long_name; options++)
        if (word[1] == '-' ? strlen(options->long_name) == length &&
                                 strncmp(options->long_name, word + 2, length) == 0
                           : options->short_name == *last)
            return options;
    return NULL;
}

static const GOptionEntry *find_option(const Line *line, const char *word)
{
    const GOptionEntry *option = line->command ? find_in(line->command->options, word) : NULL;
    return option ? option : find_in(sb_common_options, word);
}

/* Takes the values that say where to look. */
static void take_value(Line *line, const GOptionEntry *option, const char *value)
{
    if (strcmp(option->long_name, "connect") == 0) {
        g_free(line->cli->connect);
        line->cli->connect = g_strdup(value);
    } else if (strcmp(option->long_name, "pool") == 0) {
        g_free(line->cli->pool);
        line->cli->pool = g_strdup(value);
    }
}

/* WORD is an option; returns how many of the words after it are its value. */
static guint take_option(Line *line, const char *word, const char *next, gboolean is_last)
{
    const GOptionEntry *option = find_option(line, word);
    const char *equals = strchr(word, '=');
    gboolean is_ssh = line->command && line->command->parsing == SB_PARSING_SSH;
    if (!option) {
        line->is_ssh_value =
            is_ssh && sb_ssh_option_has_value(word[strlen(word) - 1]) && word[1] != '-' && is_last;
        return is_ssh && word[1] != '-' && sb_ssh_option_has_value(word[strlen(word) - 1]);
    }
    if (!sb_option_has_value(option) || option->flags & G_OPTION_FLAG_OPTIONAL_ARG)
        return 0;
    if (equals) {
        take_value(line, option, equals + 1);
        return 0;
    }
    if (is_last)
        line->option = option;
    else
        take_value(line, option, next);
    return 1;
}

static void take_argument(Line *line, const char *word)
{
    const SbCommand *const *commands = line->cli->commands;
    g_autofree char *name =
        line->group ? g_strconcat(line->group, " ", word, NULL) : g_strdup(word);
    g_autofree char *prefix = g_strconcat(word, " ", NULL);
    const char *group = NULL;
    if (line->command) {
        g_ptr_array_add(line->arguments, (gpointer)word);
        return;
    }
    for (; *commands; commands++) {
        if (strcmp((*commands)->name, name) == 0 || g_strcmp0((*commands)->alias, name) == 0)
            line->command = *commands;
        else if (!line->group && g_str_has_prefix((*commands)->name, prefix))
            group = word;
    }
    if (group)
        line->group = group;
    else if (!line->command) /* there is no such command */
        g_ptr_array_add(line->arguments, (gpointer)word);
}

static void read_line(Line *line, char **words)
{
    for (guint i = 0; words[i + 1]; i++) {
        gboolean has_words = line->command && line->command->parsing != SB_PARSING_ALL;
        gboolean is_leading = has_words && line->command->parsing != SB_PARSING_WORDS;
        line->is_guest |=
            (has_words && strcmp(words[i], "--") == 0) || (is_leading && line->arguments->len > 0);
        if (line->is_guest)
            return;
        if (words[i][0] == '-' && words[i][1])
            i += take_option(line, words[i], words[i + 1], !words[i + 2]);
        else
            take_argument(line, words[i]);
        if (!words[i] || !words[i + 1])
            return;
    }
    line->is_guest =
        line->command && line->arguments->len > 0 &&
        (line->command->parsing == SB_PARSING_LEADING || line->command->parsing == SB_PARSING_SSH);
}

/* ---- what can be there ---- */

/* The kinds of values, by the name that the help gives them. */
static const struct {
    const char *name;
    SbWordsKind kind;
} kinds[] = {
    {"FLEET.yaml", SB_WORDS_FILES}, {"FILE", SB_WORDS_FILES},
    {"FOLDER", SB_WORDS_FOLDERS},   {"FLEET", SB_WORDS_FLEETS},
    {"MACHINE", SB_WORDS_MACHINES}, {"IMAGE", SB_WORDS_IMAGES},
    {"POOL", SB_WORDS_POOLS},       {"TOPIC", SB_WORDS_TOPICS},
    {"RULE", SB_WORDS_RULES},       {"GROUP", SB_WORDS_GROUPS},
    {"SOURCE", SB_WORDS_PATHS},     {"DESTINATION", SB_WORDS_PATHS},
    {"URI", SB_WORDS_URIS},         {"NETWORK", SB_WORDS_NETWORKS},
    {"URL", SB_WORDS_NONE},         {"KEY=VALUE", SB_WORDS_SETTINGS},
};

static SbWordsKind kind_named(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].kind;
    return SB_WORDS_NONE;
}

/* NAME is a new name, or something that exists: that depends on the command. */
static SbWordsKind kind_of_name(const SbCommand *command, guint position)
{
    if (is_kind(command, "image fetch"))
        return SB_WORDS_CATALOGUE;
    if (is_kind(command, "image import") || position > 0)
        return SB_WORDS_NONE;
    return g_str_has_prefix(command->name, "image ") ? SB_WORDS_IMAGES : SB_WORDS_NAMES;
}

/* Adds the words in single quotes that are in DESCRIPTION: the help names each value in this way.
 */
static void add_quoted(GPtrArray *words, const char *description)
{
    g_auto(GStrv) parts = g_strsplit(description, "'", -1);
    for (guint i = 1; parts[0] && parts[i]; i += 2) {
        g_ptr_array_add(words, g_strdup(parts[i]));
        if (!parts[i + 1])
            return;
    }
}

static void add_values(GPtrArray *words, const Line *line, const GOptionEntry *option)
{
    static const char *const choices[] = {"FORMAT", "WHEN", "ARCH", "SEED", "KIND", NULL};
    const char *file = line->arguments->len > 0 ? g_ptr_array_index(line->arguments, 0) : NULL;
    const char *name = option->arg_description;
    if (g_strv_contains(choices, name))
        add_quoted(words, option->description);
    else if (strcmp(option->long_name, "only") == 0)
        sb_candidates_add(words, line->cli, SB_WORDS_STEPS, file);
    else if (strcmp(option->long_name, "fleet") == 0 && is_kind(line->command, "down"))
        sb_candidates_add(words, line->cli, SB_WORDS_FLEETS, NULL);
    else if (strcmp(option->long_name, "fleet") == 0)
        g_ptr_array_add(words, g_strdup("auto"));
    else
        sb_candidates_add(words, line->cli, kind_named(name), file);
}

static void add_arguments(GPtrArray *words, const Line *line)
{
    const char *usage = line->command->arguments ? line->command->arguments : "";
    g_autofree char *plain = g_strdelimit(g_strdup(usage), "[]", ' ');
    g_auto(GStrv) all = g_strsplit_set(plain, " ", -1);
    guint position = 0;
    for (char **word = all; *word && strcmp(*word, "--") != 0; word++) {
        if (!**word)
            continue;
        gboolean is_repeated = g_str_has_suffix(*word, "…");
        if (position++ != line->arguments->len &&
            !(is_repeated && line->arguments->len >= position))
            continue;
        g_autofree char *name = g_strndup(*word, strlen(*word) - (is_repeated ? strlen("…") : 0));
        g_auto(GStrv) choices = g_strsplit(name, "|", -1);
        for (char **choice = choices; *choice; choice++) {
            if (g_ascii_islower(**choice))
                g_ptr_array_add(words, g_strdup(*choice));
            else
                sb_candidates_add(words, line->cli,
                                  strcmp(*choice, "NAME") == 0
                                      ? kind_of_name(line->command, position - 1)
                                      : kind_named(*choice),
                                  NULL);
        }
    }
}

static void add_options(GPtrArray *words, const GOptionEntry *options)
{
    for (; options && options->long_name; options++)
        g_ptr_array_add(words,
                        g_strdup_printf("--%s\t%s", options->long_name, options->description));
}

/* The commands after the group, or the first words of all. */
static void add_commands(GPtrArray *words, const Line *line)
{
    g_autofree char *prefix = line->group ? g_strconcat(line->group, " ", NULL) : g_strdup("");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const SbCommand *const *command = line->cli->commands; *command; command++) {
        if (!g_str_has_prefix((*command)->name, prefix))
            continue;
        const char *rest = (*command)->name + strlen(prefix);
        gsize length = strcspn(rest, " ");
        g_autofree char *word = g_strndup(rest, length);
        if (g_hash_table_add(seen, g_strdup(word)))
            g_ptr_array_add(words, rest[length]
                                       ? g_strdup(word)
                                       : g_strdup_printf("%s\t%s", word, (*command)->summary));
    }
    if (!line->group)
        g_ptr_array_add(words, g_strdup("help\tshow help"));
}

static void add_words(GPtrArray *words, const Line *line, const char *word)
{
    const char *equals = g_str_has_prefix(word, "--") ? strchr(word, '=') : NULL;
    const GOptionEntry *with_value = equals ? find_option(line, word) : NULL;
    if (line->is_guest || line->is_ssh_value)
        sb_candidates_add(words, line->cli, SB_WORDS_FILES, NULL);
    else if (line->option || with_value)
        add_values(words, line, line->option ? line->option : with_value);
    else if (word[0] == '-') {
        add_options(words, line->command ? line->command->options : NULL);
        add_options(words, sb_common_options);
        if (!line->command && !line->group)
            g_ptr_array_add(words, g_strdup("--version\tshow the version"));
    } else if (line->command)
        add_arguments(words, line);
    else if (line->arguments->len == 0)
        add_commands(words, line);
}

/* After 'help' come commands. */
static char **skip_help(char **words)
{
    return words[1] && strcmp(words[0], "help") == 0 ? words + 1 : words;
}

void sb_complete(SbCli *cli, char **words)
{
    words = skip_help(words);
    const char *word = words[g_strv_length(words) - 1];
    g_autoptr(GPtrArray) arguments = g_ptr_array_new(),
                         found = g_ptr_array_new_with_free_func(g_free);
    Line line = {.cli = cli, .arguments = arguments};
    read_line(&line, words);
    add_words(found, &line, word);
    /* The value of "--option=value" is completed with what stands before it. */
    const char *equals = g_str_has_prefix(word, "--") && !line.is_guest ? strchr(word, '=') : NULL;
    g_autofree char *before = equals ? g_strndup(word, (gsize)(equals + 1 - word)) : g_strdup("");
    SB_EACH(const char, candidate, found) {
        g_autofree char *whole = g_strconcat(before, candidate, NULL);
        if (candidate[0] == ':')
            puts(candidate);
        else if (g_str_has_prefix(whole, word))
            puts(whole);
    }
}
