/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/shortage.h"

#include "base/resources.h"
#include "base/text.h"
#include "base/units.h"

#include <string.h>

/* More than the script has, which a guest can change. */
enum { MAX_LINES = 20, MAX_PATH_CHARACTERS = 150 };

char *sb_shortage_script(const char *workdir, const char *command)
{
    g_autoptr(GBytes) script = sb_resource("src/guest/shortage.sh");
    const char *text = g_bytes_get_data(script, NULL);
    g_autofree char *folder = workdir ? g_shell_quote(workdir) : NULL;
    g_autofree char *words = g_shell_quote(command);
    return g_strdup_printf("command=%s\n%s%s%s%s", words, folder ? "cd -- " : "",
                           folder ? folder : "", folder ? " 2>/dev/null\n" : "", text);
}

/* LINE of the script's output in words; NULL: it is not such a line. (transfer full) */
static char *describe_line(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    guint64 bytes, inodes;
    if (g_strv_length(words) < 4 ||
        !g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT64, &bytes, NULL) ||
        !g_ascii_string_to_unsigned(words[2], 10, 0, G_MAXUINT64, &inodes, NULL))
        return NULL;
    g_autofree char *size = sb_size_format(bytes);
    g_autofree char *path =
        g_utf8_substring(words[3], 0, MIN(g_utf8_strlen(words[3], -1), MAX_PATH_CHARACTERS));
    if (strcmp(words[0], "space") == 0)
        return g_strdup_printf("the guest's file system '%s' (%s) is full", path, size);
    if (strcmp(words[0], "inodes") == 0)
        return g_strdup_printf("the guest's file system '%s' (%s, %" G_GUINT64_FORMAT
                               " inodes) has no inode left",
                               path, size, inodes);
    return NULL;
}

char *sb_shortage_of_disk(const char *output)
{
    g_autofree char *clean = sb_text_sanitize(output, strlen(output));
    g_auto(GStrv) lines = g_strsplit(clean, "\n", MAX_LINES + 1);
    GString *text = g_string_new(NULL);
    for (guint i = 0; lines[i] && i < MAX_LINES; i++) {
        g_autofree char *part = describe_line(lines[i]);
        if (part)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", and " : "", part);
    }
    gboolean is_any = text->len > 0;
    char *words = g_string_free(text, !is_any);
    return is_any ? words : NULL;
}

char *sb_shortage_of_memory(const char *output)
{
    static const char key[] = "memory ";
    g_auto(GStrv) lines = g_strsplit(output, "\n", MAX_LINES + 1);
    for (guint i = 0; lines[i] && i < MAX_LINES; i++) {
        guint64 killed;
        if (g_str_has_prefix(lines[i], key) &&
            g_ascii_string_to_unsigned(lines[i] + strlen(key), 10, 1, G_MAXUINT64, &killed, NULL))
            return g_strdup_printf(
                "since its boot, the guest's kernel has killed %" G_GUINT64_FORMAT
                " process%s because memory was full; more 'memory' for the "
                "machine may help",
                killed, killed == 1 ? "" : "es");
    }
    return NULL;
}

/* The name of NUMBER, two bytes of an ELF file of this order. */
static const char *architecture(const char *number)
{
    static const char *const names[][2] = {{"b700", "aarch64"},
                                           {"3e00", "x86_64"},
                                           {"2800", "arm"},
                                           {"0300", "i386"},
                                           {"f300", "riscv64"}};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i][0], number) == 0)
            return names[i][1];
    return "another architecture";
}

char *sb_shortage_of_architecture(const char *output)
{
    g_autofree char *clean = sb_text_sanitize(output, strlen(output));
    g_auto(GStrv) lines = g_strsplit(clean, "\n", MAX_LINES + 1);
    for (guint i = 0; lines[i] && i < MAX_LINES; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 4);
        if (g_strv_length(words) == 4 && strcmp(words[0], "program") == 0)
            return g_strdup_printf("'%.*s' is a program for %s, and those of the guest are for %s",
                                   MAX_PATH_CHARACTERS, words[3], architecture(words[1]),
                                   architecture(words[2]));
    }
    return NULL;
}
