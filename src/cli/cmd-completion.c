#include "cli/command.h"

#include <stdio.h>
#include <string.h>

/* What the word under the cursor can be, for a command whose arguments are described so. */
static const char *completion_for(const SbCommand *command)
{
    if (strstr(command->arguments, "FLEET.yaml") || strstr(command->arguments, "FILE"))
        return "files";
    if (strstr(command->arguments, "MACHINE"))
        return "machines";
    if (g_str_has_prefix(command->name, "image"))
        return "images";
    return *command->arguments ? "machines" : "nothing";
}

static void print_options(const SbCommand *command)
{
    fputs("--connect --quiet --help", stdout);
    for (const GOptionEntry *option = command->options; option && option->long_name; option++)
        printf(" --%s", option->long_name);
}

static void print_bash(void)
{
    puts("# bash completion for seedbed; made by 'seedbed completion bash' from its table of "
         "commands\n"
         "_seedbed()\n{\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} command=\"\" options kind i\n"
         "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "        case ${COMP_WORDS[i]} in\n"
         "        -c | --connect) ((i++)) ;;\n"
         "        -*) ;;\n"
         "        image) command=\"image ${COMP_WORDS[i + 1]}\"; break ;;\n"
         "        *) command=${COMP_WORDS[i]}; break ;;\n"
         "        esac\n"
         "    done\n"
         "    case $command in");
    for (const SbCommand *command = sb_commands; command->name; command++) {
        printf("    \"%s\") kind=%s options=\"", command->name, completion_for(command));
        print_options(command);
        puts("\" ;;");
    }
    GString *first = g_string_new(NULL), *image = g_string_new(NULL);
    for (const SbCommand *command = sb_commands; command->name; command++) {
        if (g_str_has_prefix(command->name, "image "))
            g_string_append_printf(image, "%s ", command->name + strlen("image "));
        else
            g_string_append_printf(first, "%s ", command->name);
    }
    printf("    \"image \"*) kind=nothing options=\"%s\" ;;\n"
           "    *) kind=nothing options=\"%simage --connect --quiet --help --version\" ;;\n"
           "    esac\n",
           image->str, first->str);
    puts("    if [[ $word == -* || $kind == nothing ]]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
         "    elif [[ $kind == machines ]]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$(seedbed list 2>/dev/null |\n"
         "            awk 'NR > 1 { print $1; print $2 }')\" -- \"$word\")\n"
         "    elif [[ $kind == images ]]; then\n"
         "        mapfile -t COMPREPLY < <(compgen -W \"$(seedbed image list 2>/dev/null |\n"
         "            awk 'NR > 1 { print $1 }')\" -- \"$word\")\n"
         "    else\n"
         "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
         "    fi\n"
         "}\n"
         "complete -o filenames -F _seedbed seedbed");
    g_string_free(first, TRUE);
    g_string_free(image, TRUE);
}

int sb_cmd_completion(SbCli *cli, int argc, char **argv)
{
    char **arguments = sb_cli_arguments(cli, argc, argv, 1, 1);
    if (!arguments)
        return SB_EXIT_USAGE;
    if (strcmp(arguments[0], "bash") != 0)
        return sb_cli_usage(cli, "there is a completion for 'bash' only, not for '%.40s'",
                            arguments[0]);
    print_bash();
    return SB_EXIT_OK;
}
