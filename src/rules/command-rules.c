/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rule-rows.h"

/* What programs say when they fail in a script or in a module of cloud-init. Each is only a reason
 * beside such a failure: a script may well go on after these words. */
static const SbRule rules[] = {
    /* ---- the script itself ---- */
    REASON("script-line-ends", "\\^M: bad interpreter|\\$'\\\\r'|\\\\r: (?:command )?not found",
           "it has the line ends of Windows",
           "save the file with the line ends of Unix: \"sed -i 's/\\r$//' FILE\"; 'seedbed lint' "
           "finds such lines"),
    REASON("script-not-sh",
           "(?|[Ss]yntax error:? (.*)|([Bb]ad substitution)|\\d+: ((?:\\[\\[|source|declare|shopt|"
           "pushd|function|let): (?:command )?not found)|set: ([Ii]llegal option .*))",
           "the shell does not understand it: {1}",
           "correct that line: 'sh -n FILE' checks a script; 'runcmd' is run by 'sh', and what "
           "only bash knows needs a script of its own with '#!/bin/bash' as its first line"),

    REASON("exit-not-found", "Exit code: 127\\b", "it calls a program that does not exist (127)",
           "the last lines in cloud-init-output.log name that program: install it with "
           "'packages' of the user-data, or write its whole path"),
    REASON("exit-not-run", "Exit code: 126\\b", "it calls a program that cannot be run (126)",
           "the last lines in cloud-init-output.log name that program: 'chmod +x', and 'file' "
           "shows whether it is for {arch}"),
    REASON("exit-killed", "Exit code: (?:137|-9)\\b", "it was killed (SIGKILL)",
           "most likely the guest's memory was out: give the machine more 'memory' in the fleet "
           "file; 'dmesg' with {ssh} says 'Out of memory: Killed process' then"),

    /* ---- what it needs ---- */
    REASON("python-managed", "externally-managed-environment",
           "pip does not install into the Python of the distribution",
           "make an environment for it ('python3 -m venv /opt/x'), or install the distribution's "
           "package ('python3-…')"),
    REASON("python-module", "(?:ModuleNotFoundError|ImportError): No module named '?([\\w.]+)",
           "its Python program needs the module '{1}'",
           "install it before: the distribution's package ('python3-…') under 'packages' of the "
           "user-data, or by pip in an environment of its own"),
    REASON("program-missing",
           "FileNotFoundError: \\[Errno 2\\] No such file or directory: b?'([^'/]+)'",
           "the guest has no program '{1}'",
           "install the package that has it in the image, or with 'packages' of the user-data"),
    REASON("mount-helper", "need a /sbin/mount\\.\\S+ helper",
           "the guest lacks the program that mounts such a file system",
           "add its package to 'packages' of the user-data: 'nfs-common' (Fedora: 'nfs-utils'), "
           "or 'cifs-utils'"),
    REASON("unit-unknown",
           "(?|Unit (?:file )?(\\S+?)(?: could)? (?:does not exist|not (?:be )?found)|"
           "(\\S+): unrecognized service|rc-service: service [`'](\\S+?)' does not exist)",
           "the guest has no service {1}",
           "install its package with 'packages' of the user-data; a unit of your own must be "
           "written before, with 'write_files', and 'systemctl daemon-reload' makes it known"),
    REASON("user-unknown",
           "(?|[Uu]ser '?([^\\s']+?)'? does not exist|invalid (?:user|group): "
           "[^\\w/]*([\\w:.-]+)|unknown (?:user|group):? '?([^\\s']+)|no such (?:user|group):? "
           "'?([^\\s']+)|([^\\s:'’]+)['’]?: no such user)",
           "the guest has no account or group '{1}'",
           "'users' and 'groups' of the user-data make them, after 'bootcmd' and 'write_files', "
           "and before 'packages' and 'runcmd': compare the names"),
    REASON("already-there",
           "(?|(?:user|group) '?([^\\s']+?)'? already exists|(?:destination path|cannot create "
           "\\w+) '?([^\\s']+?)'?:? (?:already exists|File exists))",
           "'{1}' is there already",
           "leave that command out, or let it accept this, as in 'id NAME || useradd NAME' and "
           "'mkdir -p'"),

    /* ---- who answers ---- */
    REASON("login-wanted", "could not read (?:Username|Password) for '([^']+)'",
           "git wants a login for {1}, and nobody can give it",
           "use an address that needs none, or give the guest a token or a key first, with "
           "'write_files' of the user-data (mode '0600')"),
    REASON("terminal-wanted",
           "a terminal is required|must be run from a terminal|no tty present|not a (?:tty|TTY)\\b",
           "it asks something, and has no terminal to ask on",
           "answer on its command line ('-y', '--yes', DEBIAN_FRONTEND=noninteractive)"),
    REASON("host-unknown", "Host key verification failed",
           "ssh in the guest does not know the key of the other host",
           "add it before: 'ssh-keyscan HOST >>/root/.ssh/known_hosts' in 'runcmd', after you "
           "have compared that key"),
    REASON("key-refused", "(\\S+@\\S+): Permission denied \\(publickey",
           "{1} refuses the guest's ssh key",
           "give the guest a key that this server knows, with 'write_files' of the user-data "
           "(mode '0600')"),
    REASON("docker-off", "Cannot connect to the Docker daemon", "Docker does not run in the guest",
           "start it before: 'systemctl enable --now docker'; 'journalctl -u docker' with {ssh} "
           "says why it does not start"),
    REASON("server-off",
           "(?|connect to (\\S+(?: port \\d+)?).*(?:refused|[Tt]imed out|timeout)|dial tcp "
           "(\\S+?):? .*(?:refused|i/o timeout))",
           "nothing answers at {1}",
           "start that server first, and let the script wait until it listens; 'curl -v' with "
           "{ssh} tries it"),
    REASON("mount-server", "mount\\.(?:nfs4?|cifs): (.*)", "the file server says: {1}",
           "compare the address and the folder with what that server exports; 'nofail' and "
           "'_netdev' among the options let the guest boot without it"),
    REASON("port-taken", "[Aa]ddress already in use|EADDRINUSE|port is already allocated",
           "another program in the guest has that port already",
           "'ss -ltnp' with {ssh} names that program: stop it, or choose another port"),

    /* ---- what it may ---- */
    REASON("root-wanted",
           "are you root\\?|(?:must be|run (?:it |this )?as) (?:run as )?root|"
           "requires? (?:root|superuser)",
           "it must run as root",
           "write 'sudo' before it; 'runcmd' runs as root, and 'su USER -c' does not"),
    REASON("option-unknown",
           "(?|(?:unrecognized|unknown|invalid|illegal) option:? (?:-- )?['‘]?([^\\s'’]+))",
           "a command does not know the option '{1}'",
           "compare it with '--help' of that command in the guest ({ssh}): another distribution "
           "has another version"),
    REASON("not-permitted",
           "(?:cloud-init\\[\\d+\\]:|/scripts/).* (\\S+): (?:Permission denied|Operation not "
           "permitted)$",
           "the guest does not permit it: {1}",
           "a script needs 'chmod +x'; a file system with 'noexec', an account that is not root, "
           "SELinux and AppArmor ('dmesg' with {ssh}) are the other usual causes"),
};

const SbRule *sb_command_rules(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(rules);
    return rules;
}
