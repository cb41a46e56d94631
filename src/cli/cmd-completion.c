/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

/* The part of the script before the table. bash has cut the words at ':' and '=', which are in
 * every URI: the script first puts them together again. @GROUPS@ stands for the words that have
 * commands of their own. */
static const char before_table[] =
    "# bash completion for seedbed; made by 'seedbed completion bash' from its table of commands\n"
    "_seedbed()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} words=() connect=() command='' last='' i\n"
    "    local kind options with_value=' -c --connect '\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        if [[ ${COMP_WORDS[i]} == [:=]* && ${#words[@]} -gt 0 ]]; then\n"
    "            words[-1]+=${COMP_WORDS[i]}\n"
    "            ((i + 1 == COMP_CWORD)) || words[-1]+=${COMP_WORDS[++i]}\n"
    "        else\n"
    "            words+=(\"${COMP_WORDS[i]}\")\n"
    "        fi\n"
    "    done\n"
    "    COMPREPLY=()\n"
    "    [[ $word != [:=]* && ${COMP_WORDS[COMP_CWORD - 1]} != [:=]* ]] || return 0\n"
    "    for ((i = 0; i < ${#words[@]}; i++)); do\n"
    "        last=${words[i]}\n"
    "        case $last in\n"
    "        --) break ;;\n"
    "        -c | --connect)\n"
    "            ((i + 1 == ${#words[@]})) || { connect=(-c \"${words[++i]}\"); last=''; }\n"
    "            ;;\n"
    "        -c* | --connect=*) connect=(\"$last\") ;;\n"
    "        -*) ;;\n"
    "        @GROUPS@) command=${command:-\"$last ${words[++i]-}\"} ;;\n"
    "        *) command=${command:-$last} ;;\n"
    "        esac\n"
    "    done\n"
    "    case $command in\n";

/* The part after the table. `list` prints FLEET and MACHINE first, `image list` prints IMAGE first.
 */
static const char after_table[] =
    "    esac\n"
    "    if [[ $last == -- ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "        return\n"
    "    elif [[ $last == -f || $last == --format ]]; then\n"
    "        options='text json'\n"
    "        [[ $command != tap ]] || options+=' html junit tap'\n"
    "        [[ $command != inventory ]] || options='ini yaml json'\n"
    "    elif [[ -n $last && $with_value == *\" $last \"* ]]; then\n"
    "        return\n"
    "    elif [[ $word != -* ]]; then\n"
    "        case $kind in\n"
    "        words) ;;\n"
    "        files)\n"
    "            mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "            return\n"
    "            ;;\n"
    "        images) options=$(seedbed \"${connect[@]}\" image list 2>/dev/null |\n"
    "            awk 'NR > 1 { print $1 }') ;;\n"
    "        *) options=$(seedbed \"${connect[@]}\" list 2>/dev/null | awk -v kind=\"$kind\" '\n"
    "            NR > 1 && kind != \"machines\" { print $1 }\n"
    "            NR > 1 && kind != \"fleets\" && $2 != \"-\" { print $2 }') ;;\n"
    "        esac\n"
    "    fi\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\" | sort -u)\n"
    "}\n"
    "complete -o filenames -F _seedbed seedbed\n";

/* The kind of word that COMMAND takes as an argument, as its help describes it. */
static const char *kind_of_arguments(const SbCommand *command)
{
    const char *arguments = command->arguments ? command->arguments : "";
    if (strstr(arguments, "FLEET.yaml") || strstr(arguments, "FILE"))
        return "files";
    if (strstr(arguments, "MACHINE"))
        return "machines";
    if (strstr(arguments, "FLEET"))
        return "fleets";
    if (strstr(arguments, "NAME"))
        return g_str_has_prefix(command->name, "image ") ? "images" : "fleets-and-machines";
    return "words";
}

static void print_command(const SbCommand *command)
{
    const char *kind = kind_of_arguments(command);
    printf("    '%s')\n        kind=%s\n        options='--connect --quiet --help", command->name,
           kind);
    for (const GOptionEntry *option = command->options; option && option->long_name; option++)
        printf(" --%s", option->long_name);
    /* An argument in lower case is the word itself. */
    if (strcmp(kind, "words") == 0 && command->arguments)
        printf(" %s", command->arguments);
    fputs("'\n        with_value+='", stdout);
    for (const GOptionEntry *option = command->options; option && option->long_name; option++) {
        if (option->arg == G_OPTION_ARG_NONE)
            continue;
        printf("--%s ", option->long_name);
        if (option->short_name)
            printf("-%c ", option->short_name);
    }
    puts("'\n        ;;");
}

/* The first words of the commands that have two. (transfer full) of char *, ended by NULL */
static GPtrArray *groups_of(const SbCommand *const *commands)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(g_free);
    for (; *commands; commands++) {
        const char *blank = strchr((*commands)->name, ' ');
        g_autofree char *group =
            blank ? g_strndup((*commands)->name, (gsize)(blank - (*commands)->name)) : NULL;
        if (group && !g_ptr_array_find_with_equal_func(groups, group, g_str_equal, NULL))
            g_ptr_array_add(groups, g_steal_pointer(&group));
    }
    g_ptr_array_add(groups, NULL);
    return groups;
}

/* The words after GROUP ("" for the first words of commands), each with a blank. (transfer full) */
static char *words_of(const SbCommand *const *commands, const char *group)
{
    GString *words = g_string_new(NULL);
    gsize length = strlen(group);
    for (; *commands; commands++) {
        const char *name = (*commands)->name;
        if (length == 0 ? !strchr(name, ' ') : g_str_has_prefix(name, group) && name[length] == ' ')
            g_string_append_printf(words, "%s ", length ? name + length + 1 : name);
    }
    return g_string_free(words, FALSE);
}

static void print_bash(const SbCommand *const *commands)
{
    g_autoptr(GPtrArray) groups = groups_of(commands);
    g_autofree char *all = g_strjoinv(" | ", (char **)groups->pdata);
    g_auto(GStrv) parts = g_strsplit(before_table, "@GROUPS@", 2);
    printf("%s%s%s", parts[0], all, parts[1]);
    for (const SbCommand *const *at = commands; *at; at++)
        print_command(*at);
    for (char **group = (char **)groups->pdata; *group; group++) {
        g_autofree char *words = words_of(commands, *group);
        printf("    '%s '*)\n        kind=words\n        options='%s--help'\n        ;;\n", *group,
               words);
    }
    g_autofree char *words = words_of(commands, "");
    g_autofree char *more = g_strjoinv(" ", (char **)groups->pdata);
    printf("    '')\n        kind=words\n        options='%shelp %s --connect --quiet --help "
           "--version'\n        ;;\n    *) return ;;\n",
           words, more);
    fputs(after_table, stdout);
}

static int run(SbCli *cli, char **arguments)
{
    if (strcmp(arguments[0], "bash") != 0)
        return sb_cli_usage(cli, "there is only a completion for 'bash', not for '%.40s'",
                            arguments[0]);
    print_bash(cli->commands);
    return SB_EXIT_OK;
}

const SbCommand sb_command_completion = {
    .name = "completion",
    .arguments = "bash",
    .summary = "print the completion script for a shell",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
