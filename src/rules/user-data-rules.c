/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rule-rows.h"

#define MODULE_FAILED                                                                              \
    "(?|Running module (\\S+) .*failed|Failed to run module (\\S+)|Failed to run (\\w+) "          \
    "module|failed run of (?:\\S+ "                                                                \
    ")?module "                                                                                    \
    "(\\S+))"
#define EXCEPTION "((?:\\w+\\.)*\\w*(?:Error|Exception)(?:: .*|$))"

/* Services that only try again are no reason. */
#define NAME_FAILED                                                                                \
    "^(?!.*(?:snapd|chronyd|ntpd|timesyncd|fwupd\\S*)\\[).*?(?|Temporary failure resolving "       \
    "'([^']+)|[Cc]ould(?:n't| not) resolve host(?: name)?:? "                                      \
    "(?:for )?'?([^\\s'\\]]+)|bad address '?([^\\s']+)|Failed to resolve '?([^\\s']+)|lookup "     \
    "([^\\s:]+)[^:]*: (?:no such host|server misbehaving|Temporary "                               \
    "failure)|([\\w-]+\\.[\\w.-]+): "                                                              \
    "(?:Temporary failure in name resolution|Name or service not known)|(Temporary failure in "    \
    "name resolution|Name or service not known))"
#define NOT_REACHED                                                                                \
    "Network is unreachable|Failed to fetch https?://\\S+ .*(?:connect|timed out)|Failed to "      \
    "download "                                                                                    \
    "metadata for repo|Could not connect to \\S+:(?:80|443|3128)\\b"

#define NEXT_MODULE(module)                                                                        \
    "correct what your user-data says for it: cloud-init's documentation has the keys of '" module \
    "', 'seedbed lint' checks their form, and {log} has cloud-init's words"

/* What another shell says of a script for bash, or of Windows' line ends: see command-rules.c. */
#define NOT_ONLY_BASH "(?!\\$'\\\\r'|(?:\\[\\[|source|declare|shopt|pushd|function|let):)"

/* The first cause, not what follows from it. */
static const SbRule rules[] = {
    EXPLAINS("no-way-out", (SB_SIGN_NO_WAY_OUT, SB_SIGN_AWAITS_CLOUD_INIT), SB_SHOW_NETWORK,
             NAME_FAILED "|" NOT_REACHED, "the guest does not reach the outside: {outside}",
             "to open the way: {outside-mend}"),
    LATE_SAYS("disk-missing",
              "(?|Device (/dev/\\S+) did not exist|special device (/dev/\\S+) does not exist)",
              "a disk, or partition, that the user-data names is not there: {1}",
              "add a disk with 'disks' in the fleet file (the first one is /dev/vdb), or correct "
              "'disk_setup', 'fs_setup' and 'mounts' of the user-data"),
    FAILED_WITH("partition-not-grown", 0, "Failed: growpart (\\S+ \\S+)", "Stderr: (.+)",
                "cloud-init could not grow the partition {2}: {1}",
                "\"growpart: mode: 'off'\" in the user-data leaves that out; else look at the "
                "partition table of the image, and at 'growpart' and 'sfdisk' in it"),
    FAILED_WITH("disk-setup", 0,
                "Failed (?:to make filesystem|partitioning operation|to partition device)",
                "Stderr: (.+)", "cloud-init could not set up a disk: {1}",
                "correct 'disk_setup' and 'fs_setup' of the user-data"),
    LATE_SAYS("names-not-resolved", NAME_FAILED, "the guest cannot resolve names: {1}",
              NEXT_PACKAGES),
    LATE_SAYS(
        "clock-wrong", "is not valid yet|not yet valid",
        "the clock of the guest, or of the libvirt host, is wrong",
        "compare 'date -u' of the libvirt host with the time: a guest takes its clock from there"),
    LATE_SAYS("repository-expired", "Release file for (\\S+) is expired",
              "the package index of the mirror is too old: {1}",
              "use a mirror that is up to date; for a snapshot of the past, set "
              "'Acquire::Check-Valid-Until \"false\"' with 'apt: conf:' of the user-data"),
    LATE_SAYS(
        "certificate",
        "(?|SSL certificate problem: (.*)|(certificate verify failed.*)|(x509: .*)|(server "
        "certificate "
        "verification failed.*))",
        "the guest does not accept the TLS certificate of a server: {1}",
        "a proxy that has its own certificate needs 'ca_certs' in the user-data; else compare the "
        "guest's clock with the time, and install 'ca-certificates'"),
    LATE_SAYS(
        "package-gone", "Failed to fetch (\\S+) +404|\\[MIRROR\\] .*Status code: 404 for (\\S+)",
        "the guest's package index is older than its mirror, which has this file no more: {1}",
        "set 'package_update: true' in the user-data, so that the guest reads the index first"),
    LATE_SAYS("repository-key",
              "(?|(signature from .* is unknown trust)|(required key missing from "
              "keyring|Public keyring not found)|NO_PUBKEY (\\S+)|(GPG check FAILED)|Public key "
              "for (\\S+) is not "
              "installed|[Rr]epository"
              " '([^']+)' is not signed)",
              "the guest does not have the key of a package repository: {1}",
              "give the key with the source: 'apt: sources: … key' or 'yum_repos: … gpgkey' in the "
              "user-data"),
    LATE_SAYS(
        "repositories-none", "no enabled repositories|No repositories defined",
        "the guest's package manager has no repository that is switched on",
        "add one with 'yum_repos' or 'zypper: repos:' in the user-data, or register the guest "
        "('rh_subscription')"),
    LATE_SAYS(
        "package-lock",
        "(?|Could not get lock (\\S+?)\\.? |(?:System management|The package system) is locked|"
        "[Ww]aiting for (?:cache lock|process with pid)|Unable to lock database|status "
        "database is locked)",
        "another program in the guest holds the lock of the package manager",
        "switch off unattended upgrades in the image, or wait for them in a 'bootcmd' (such as "
        "'systemctl stop unattended-upgrades apt-daily.service')"),
    LATE_SAYS(
        "package-fails",
        "(?|dpkg: error processing package (\\S+)|(Unmet dependencies|unmet dependencies|dpkg was "
        "interrupted).*|Error in (?:POST|PRE)IN scriptlet in rpm package (\\S+))",
        "a package cannot be installed or configured in the guest: {1}",
        "the lines before it in {log} say why; try the same 'apt-get install' or 'dnf install' "
        "with {ssh}"),
    LATE_SAYS(
        "download-failed",
        "(?|HTTPS?ConnectionPool\\(host='([^']+)'|(Hash Sum mismatch)|Failed to fetch (\\S+(?: "
        "+\\d{3}\\b[^\\[]*)?)|Failed to download "
        "metadata for repo "
        "'([^']+)|(?:[Cc]annot|Failed to) (?:download|retrieve) (\\S+)|curl: \\(\\d+\\) "
        "(.*)|Download"
        " \\(curl\\) error for '([^']+)|(?:curl|wget|apt|dnf|git|pip|Failed to fetch).*(Network "
        "is unreachable|No route to host))",
        "a download in the guest failed: {1}", NEXT_PACKAGES),
    LATE_SAYS(
        "package-unknown",
        "(?|Unable to locate package (\\S+)|Package '?(\\S+?)'? has no installation candidate|No "
        "match for argument: (\\S+)|Unable to find a match: (\\S+)|No package (\\S+) available|No "
        "provider of '([^']+)' found|(\\S+) \\(no such package\\)|target not found: (\\S+))",
        "the guest's distribution has no package '{1}'",
        "correct the name under 'packages' in the user-data, or add the repository that has it; "
        "'package_update: true' makes the guest read the index first"),
    LATE_SAYS(
        "owner-unknown", "Unknown user or group: (.*?)['\"]?\\)?$",
        "a file of 'write_files' has an owner that does not exist yet: {1}",
        "add 'defer: true' to that file in the user-data: without it, cloud-init writes files "
        "before it makes the 'users'"),
    LATE_SAYS("command-killed", "(?:^|[:\\d] +)Killed(?: .*)?$",
              "a command of the user-data was killed: most likely the guest's memory was out",
              "give the machine more 'memory' in the fleet file{stays}; 'dmesg' in the guest, with "
              "{ssh}, "
              "says 'Out of memory: Killed process' then"),
    LATE_SAYS("script-empty",
              "Exec format error: b?'(/var/lib/cloud/instances?/(?:[^/]+/)?scripts/[^']+)",
              "a script of the user-data is empty, or its first line does not begin with '#!': {1}",
              "begin it with '#!/bin/sh'; if it is 'runcmd', the guest was switched off in the "
              "middle of its first boot: let that end before you reboot a machine"),
    LATE_SAYS(
        "program-other-cpu",
        "(?|(\\S+): (?:cannot execute(?: binary file)?: )?Exec format error|Exec format error: "
        "b?'([^']+))",
        "a program that the user-data starts is for another CPU, or is not a program: {1}",
        "get that program for {arch}: 'file' shows for which CPU a program is; a script "
        "needs '#!' at "
        "the begin of its first line"),
    LATE_SAYS("package-manager",
              "scripts/\\S+: (?:line )?\\d+: (apt|apt-get|dpkg|dnf|yum|rpm|apk|zypper|pacman): "
              "(?:command )?not found",
              "a script of the user-data calls '{1}', but this distribution has another package "
              "manager",
              "name packages under 'packages' in the user-data, which uses the distribution's own "
              "package manager, or use an image of the distribution that has '{1}'"),
    /* A shell says the same of a script whose first line names a program that does not exist. */
    FAILED("file-missing", 0,
           "scripts/\\S+: (?:line )?\\d+: (?:exec: )?(\\.{0,2}/\\S+): (?:(?:command )?not found|No "
           "such "
           "file or directory)",
           "a script of the user-data starts a program that the guest does not have: {1}",
           "make that file before, with 'write_files' of the user-data, or look at the commands "
           "above it in 'runcmd': the one that makes it has failed; if the file is there, its "
           "first line ('#!') names a program that is not"),
    LATE_SAYS("command-missing",
              "scripts/\\S+: (?:line )?\\d+: " NOT_ONLY_BASH "(.*?): (?:command )?not found",
              "a command of the user-data does not exist in the guest: {1}",
              "install its package with 'packages' in the user-data, or write its whole path"),
    FAILED(
        "script-failed", 0,
        "(?|Failed to run module (scripts[-_]\\w+)|Failed running (\\S+) \\[\\d+\\]|[Rr]unparts: "
        "\\d+ failures? \\(([^)]+)\\))",
        "a script of the user-data failed: {1}",
        "its own last words are above, and all of them in cloud-init-output.log; 'set -x' as the "
        "first command of 'runcmd' shows which command failed"),
    FAILED_WITH("module-failed", SB_SHOW_REASON, MODULE_FAILED, "Stderr: (.+)",
                "cloud-init's module {2} failed: {1}", NEXT_MODULE("{2}")),
    FAILED_WITH("module-failed", SB_SHOW_REASON, MODULE_FAILED, EXCEPTION,
                "cloud-init's module {2} failed: {1}", NEXT_MODULE("{2}")),
    FAILED("module-failed", 0, MODULE_FAILED, "cloud-init's module {1} failed", NEXT_MODULE("{1}")),
    SAYS_WITH("cloud-init-broken", "File \"\\S*/bin/cloud-init\"",
              "(?:ModuleNotFoundError|ImportError): (.*)",
              "cloud-init cannot run, because what it needs of Python is missing: {1}",
              "install cloud-init in the image anew, with all packages that it depends on"),
    SAYS_WITH("network-config", "cloudinit/net/\\w+\\.py\"|in apply_network_config", EXCEPTION,
              "cloud-init crashed when it read the network-config: {1}",
              "correct 'network-config' of the fleet file: 'seedbed lint' checks it; without that "
              "key, the machine gets one that works"),
    LATE_SAYS(
        "cloud-init-ended", "Cloud-init \\S+ received SIG(\\w+), exiting",
        "cloud-init was ended by SIG{1} before it was done: something in the guest reboots it "
        "or powers it off",
        "let only 'power_state' of the user-data do that, which waits for cloud-init's end; "
        "look for 'reboot' and 'shutdown' in its 'runcmd' and scripts, and for updates that "
        "restart by themselves"),
    LATE_SAYS("runcmd-form", "Failed to shellify ",
              "cloud-init left out a list of commands of the user-data: one of its items is no "
              "command",
              "each item of 'runcmd' and 'bootcmd' is a string, or a list of strings; an empty '-' "
              "is neither, nor is a string with ': ' that has no quotes: 'seedbed lint' shows "
              "which"),
    SAYS_WITH("traceback", "cloud-init\\[\\d+\\]: .*Traceback|^Traceback \\(most recent call last",
              EXCEPTION, "cloud-init crashed: {1}", NEXT_USER_DATA),
    SAYS("traceback", "cloud-init\\[\\d+\\]: .*Traceback", "cloud-init crashed", NEXT_USER_DATA),
    FAILED("cloud-init-unit", 0,
           SB_SYSTEMD_FAILED "start (.*(?:cloud-init|cloud-config|Cloud-init|Initial "
                             "cloud|cloud-final|Execute cloud).*?)\\.?$",
           "'{1}' failed in the guest", NEXT_USER_DATA),
    FAILED_WITH("module-complains", SB_SHOW_REASON,
                "\\bcc_(\\w+)\\.py\\[(?:WARNING|ERROR|CRITICAL)\\]",
                "\\bcc_\\w+\\.py\\[\\w+\\]: (.*)", "cloud-init's module {2} complains: {1}",
                NEXT_MODULE("{2}")),
    SAYS("user-data-template", "Could not render jinja template variables in file '[^']+': (.*)",
         "the jinja template of the user-data uses a name that does not exist: {1}",
         "'cloud-init query --all' with {ssh} shows the names that a template can use"),
    SAYS("user-data-schema",
         "Invalid (?:cloud-config|user-data|vendor-data) provided|failed schema validation",
         "cloud-init says that the user-data does not fit its schema", NEXT_USER_DATA),
    FAILED("initramfs-mount", 0, SB_SYSTEMD_FAILED "mount .*(/sysroot\\S*?)\\.?$",
           "the initramfs could not mount the root file system: {1}", NEXT_ROOT),
    AT_END("script-waits", (SB_SIGN_AWAITS_CLOUD_INIT),
           "cloud-init\\[\\d+\\]: (.*\\b[Ww]ait(?:ing)? (?:for|until)\\b.*)",
           "a script of the user-data waits: '{1}'",
           "look with {ssh} whether that can come at all, and let the script give up after a time "
           "('timeout 300 …')"),
    AT_END(
        "question", (SB_SIGN_SILENT),
        "cloud-init\\[\\d+\\]: (.*(?:\\[[Yy]/[Nn]\\]|\\([Yy](?:es)?/[Nn]o?\\)|\\[default=\\w+\\])"
        ".{0,3})$",
        "a program in the guest asks a question, and nobody answers: {1}",
        "answer in the user-data: '-y' or '--yes' on its command line, "
        "DEBIAN_FRONTEND=noninteractive, 'apt-get -o Dpkg::Options::=--force-confold'"),
    FAILED("mount-failed", 0,
           SB_SYSTEMD_FAILED "mount (?!\\S+ at |NFSD |RPC |Kernel |FUSE )(.+?)\\.?$",
           "the guest could not mount {1}", NEXT_MOUNT),

    EXPLAINS("cloud-init-failed", (SB_SIGN_CLOUD_INIT_FAILED), 0, NULL, "cloud-init failed",
             "look with {status} when each module ran, and with {ssh} at the machine"),
};

const SbRule *sb_user_data_rules(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(rules);
    return rules;
}
