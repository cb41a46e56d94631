/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/full-disk.h"

#include "base/units.h"

#include <string.h>

/* One line for each file system that is full: "space" or "inodes", its bytes, its inodes, and where
 * it is mounted. Read-only ones are always full, and those that do not say their size never are. */
static const char look_script[] =
    "export LC_ALL=C\n"
    "is_read_only() {\n"
    "  last=\n"
    "  while read -r _ at _ options _; do\n"
    "    [ \"$at\" != \"$1\" ] || last=$options\n"
    "  done </proc/mounts\n"
    "  case ,$last, in *,ro,*) ;; *) return 1 ;; esac\n"
    "}\n"
    "seen=\n"
    "for dir in . /tmp /; do\n"
    "  mount=$(df -P \"$dir\" 2>/dev/null | sed -n '2s/.*% //p')\n"
    "  case $seen in *\"|$mount|\"*) continue ;; esac\n"
    "  # shellcheck disable=SC2046\n"
    "  set -- $(stat -f -c '%S %b %a %c %d' \"$dir\" 2>/dev/null) 0 0 0 0 0\n"
    "  full=\n"
    "  if [ -w \"$dir\" ]; then\n"
    "    file=$dir/.seedbed-$$\n"
    "    case $(dd if=/dev/zero of=\"$file\" bs=4096 count=1 2>&1) in\n"
    "    *'No space left'* | *'quota exceeded'*) full=space ;;\n"
    "    esac\n"
    "    rm -f \"$file\"\n"
    "    [ -z \"$full\" ] || [ \"$4\" = 0 ] || [ \"$5\" != 0 ] || full=inodes\n"
    "    seen=\"$seen|$mount|\"\n"
    "  elif ! is_read_only \"$mount\"; then\n"
    "    [ \"$2\" = 0 ] || [ \"$3\" != 0 ] || full=space\n"
    "    [ \"$4\" = 0 ] || [ \"$5\" != 0 ] || full=inodes\n"
    "  fi\n"
    "  [ -n \"$full\" ] || continue\n"
    "  echo \"$full $(($1 * $2)) $4 $mount\"\n"
    "  seen=\"$seen|$mount|\"\n"
    "done\n";

char *sb_full_disk_script(const char *workdir)
{
    g_autofree char *quoted = workdir ? g_shell_quote(workdir) : NULL;
    return quoted ? g_strdup_printf("cd -- %s 2>/dev/null\n%s", quoted, look_script)
                  : g_strdup(look_script);
}

/* (transfer full) (nullable): LINE is no line of the script. */
static char *describe_line(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    guint64 bytes, inodes;
    if (g_strv_length(words) < 4 ||
        !g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT64, &bytes, NULL) ||
        !g_ascii_string_to_unsigned(words[2], 10, 0, G_MAXUINT64, &inodes, NULL))
        return NULL;
    g_autofree char *size = sb_size_format(bytes);
    if (strcmp(words[0], "space") == 0)
        return g_strdup_printf("the guest's file system '%s' (%s) is full", words[3], size);
    if (strcmp(words[0], "inodes") == 0)
        return g_strdup_printf("the guest's file system '%s' (%s, %" G_GUINT64_FORMAT
                               " inodes) has no inode left",
                               words[3], size, inodes);
    return NULL;
}

char *sb_full_disk_describe(const char *output)
{
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    GString *text = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *part = describe_line(lines[i]);
        if (part)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", and " : "", part);
    }
    gboolean is_any = text->len > 0;
    char *words = g_string_free(text, !is_any);
    return is_any ? words : NULL;
}
