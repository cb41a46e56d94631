/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include <string.h>

const SbCommand sb_commands[] = {
    {"up", "FLEET.yaml", "make the machines of a fleet file, and wait until they are ready",
     "What is there stays as it is: run it again to add what is missing. A machine that fails is\n"
     "taken back, with its console kept; Ctrl-C takes back all that this run made.",
     sb_options_up, FALSE, sb_cmd_up},
    {"down", "NAME…", "remove fleets or single machines, with all that belongs to them",
     "NAME is a fleet or a machine. Neither the fleet file nor the folder that 'up' ran in is "
     "needed.",
     sb_options_down, FALSE, sb_cmd_down},
    {"list", "[FLEET…]", "show fleets and machines: state, address, image, age", NULL,
     sb_options_list, FALSE, sb_cmd_list},
    {"status", "MACHINE", "show how boot and cloud-init went, in the machine's own words",
     "What failed is shown with the lines of its logs that explain it, and when each stage and\n"
     "module ran. The exit status is 3 if cloud-init failed.",
     sb_options_status, FALSE, sb_cmd_status},
    {"ssh", "MACHINE [-- COMMAND…]", "log in to a machine, or run a command there",
     "As ssh does, the words of COMMAND are joined with spaces and run by the guest's shell, and\n"
     "the exit status is the command's.",
     NULL, TRUE, sb_cmd_ssh},
    {"exec", "NAME… -- COMMAND…", "run a command on machines or whole fleets, all at once",
     "Each line of output is prefixed with its machine. The exit status is the highest one of the\n"
     "commands, or 3 if a machine could not be reached.",
     NULL, FALSE, sb_cmd_exec},
    {"log", "MACHINE", "show the serial console from the start of the machine", NULL,
     sb_options_log, FALSE, sb_cmd_log},
    {"console", "MACHINE", "use the serial console; Ctrl-] ends the session", NULL,
     sb_options_console, FALSE, sb_cmd_console},
    {"ssh-config", "FLEET", "print an ssh_config(5) for the machines of a fleet",
     "For ssh -F, scp -F, rsync -e, ansible: every host key in it is pinned.", NULL, FALSE,
     sb_cmd_ssh_config},
    {"xml", "FLEET.yaml", "print all XML that 'up' would send to libvirt, and change nothing", NULL,
     sb_options_xml, FALSE, sb_cmd_xml},
    {"lint", "FILE…", "check user-data, network-config, meta-data, and all that a fleet file names",
     "What cloud-init would refuse or ignore is an error, what is hardly meant a warning. A rule "
     "is\n"
     "switched off with --disable, or in a file with '# seedbed-lint: disable=RULE'. The exit\n"
     "status is 2 if there is an error.",
     sb_options_lint, FALSE, sb_cmd_lint},
    {"seed", "", "make a NoCloud seed of files as they are, or list what is in one",
     "seedbed seed --user-data FILE -o seed.iso\nseedbed seed --show seed.iso", sb_options_seed,
     FALSE, sb_cmd_seed},
    {"build", "FLEET.yaml", "make a golden image: boot, configure, clean, pack, import",
     "A machine boots the image that the file names with the file's user-data; when cloud-init is\n"
     "done, what is a machine's own is removed, and its disk becomes the image --name NAME. What\n"
     "would be made of the same image and files again is not made again.",
     sb_options_build, FALSE, sb_cmd_build},
    {"image fetch", "[NAME|URL]", "download an image, verify it, and put it into the pool",
     "NAME is one of the catalogue, which --list shows. A URL needs a digest, and --name.",
     sb_options_image_fetch, FALSE, sb_cmd_image_fetch},
    {"image import", "NAME FILE", "put a file into the pool as an image",
     "FILE is a qcow2 or raw disk image, as it is or compressed (.gz, .xz, .zst).",
     sb_options_image_import, FALSE, sb_cmd_image_import},
    {"image list", "", "show the images of the pool", NULL, sb_options_image_list, FALSE,
     sb_cmd_image_list},
    {"image info", "NAME", "show all that is known of an image",
     "Its header, its three sizes, what is based on it, who uses it, and where it comes from.",
     sb_options_image_info, FALSE, sb_cmd_image_info},
    {"image verify", "[NAME…]", "read images back, and compare them with their digests",
     "Without NAME: all of the pool. Each version is read. The exit status is 3 if one is damaged.",
     sb_options_image_verify, FALSE, sb_cmd_image_verify},
    {"image export", "NAME FILE", "write an image to a new file, verified", NULL,
     sb_options_image_export, FALSE, sb_cmd_image_export},
    {"image rm", "[NAME…]", "remove images that no machine uses",
     "With --old, only versions that are not the current one; then without NAME, of all images.",
     sb_options_image_rm, FALSE, sb_cmd_image_rm},
    {"test", "FLEET.yaml", "bring a fleet up, run the tests of its file in it, and take it down",
     "TAP comes on standard output; on a terminal, what failed. Machines that were there before "
     "stay.\n"
     "The exit status is 0 if all passed, 1 if a test failed or a suite is not to be trusted, 3 if "
     "a\n"
     "machine or the way to it failed; Ctrl-C ends it in order, with 130.",
     sb_options_test, FALSE, sb_cmd_test},
    {"tap", "[FILE…]", "say what TAP means: what passed, what failed, whether to trust it",
     "Without FILE, TAP 12, 13, 14 or KTAP is read from standard input. The exit status is 0 if "
     "all\n"
     "passed, 1 if a test failed or the stream is not to be trusted, such as one without a plan, "
     "and\n"
     "2 if FILE cannot be read.",
     sb_options_tap, FALSE, sb_cmd_tap},
    {"completion", "bash", "print the completion script for a shell", NULL, NULL, FALSE,
     sb_cmd_completion},
    {NULL, NULL, NULL, NULL, NULL, FALSE, NULL},
};

const SbCommand *sb_command_find(const char *name)
{
    for (const SbCommand *command = sb_commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}
