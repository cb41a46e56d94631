/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tried-words.h"

#include <glib.h>
#include <string.h>

/* Of docker, podman, vagrant, limactl, virsh, multipass, git and the shell. */
static const struct {
    const char *word, *meaning;
} meanings[] = {
    {"apply", "up"},
    {"attach", "console"},
    {"boot", "start"},
    {"check", "lint"},
    {"clean", "gc"},
    {"cleanup", "gc"},
    {"connect", "ssh"},
    {"create", "up"},
    {"define", "up"},
    {"delete", "down"},
    {"del", "down"},
    {"deploy", "up"},
    {"destroy", "down"},
    {"diagnose", "doctor"},
    {"domifaddr", "list"},
    {"download", "image fetch"},
    {"dumpxml", "xml"},
    {"enter", "ssh"},
    {"fetch", "image fetch"},
    {"fleets", "list"},
    {"global-status", "list"},
    {"halt", "stop"},
    {"image create", "build"},
    {"image add", "image import"},
    {"image build", "build"},
    {"image check", "image verify"},
    {"image delete", "image rm"},
    {"image download", "image fetch"},
    {"image get", "image fetch"},
    {"image inspect", "image info"},
    {"image load", "image import"},
    {"image ls", "image list"},
    {"image prune", "image rm --old"},
    {"image pull", "image fetch"},
    {"image push", "image export"},
    {"image remove", "image rm"},
    {"image save", "image export"},
    {"image show", "image info"},
    {"image upgrade", "image update --fetch"},
    {"images", "image list"},
    {"import", "image import"},
    {"info", "status"},
    {"inspect", "status"},
    {"kill", "stop --now"},
    {"launch", "run"},
    {"login", "ssh"},
    {"ls", "list"},
    {"machines", "list"},
    {"managedsave", "stop --save"},
    {"new", "up"},
    {"pause", "stop --save"},
    {"plan", "up --print-xml"},
    {"poweroff", "stop"},
    {"prune", "gc"},
    {"ps", "list"},
    {"pull", "image fetch"},
    {"purge", "down"},
    {"reboot", "restart"},
    {"reload", "restart"},
    {"remove", "down"},
    {"resume", "start"},
    {"revert", "restore"},
    {"rm", "down"},
    {"rmi", "image rm"},
    {"rsync", "ssh-config"},
    {"scp", "copy"},
    {"serial", "console"},
    {"shell", "ssh"},
    {"show", "status"},
    {"shutdown", "stop"},
    {"state", "status"},
    {"suspend", "stop --save"},
    {"terminate", "down"},
    {"undefine", "down"},
    {"validate", "lint"},
    {"version", "--version"},
    {"vms", "list"},
};

const char *sb_tried_words_meaning(const char *words)
{
    for (gsize i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (strcmp(meanings[i].word, words) == 0)
            return meanings[i].meaning;
    return NULL;
}
