/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/lint-rules.h"

#include "cloud-init/schema-report.h"

#include <string.h>

const SbLintRule sb_lint_rules[] = {
    {SB_RULE_HEADER, SB_SEVERITY_ERROR, FALSE, "cloud-init knows the first line"},
    {SB_RULE_ENCODING, SB_SEVERITY_ERROR, TRUE, "the text is UTF-8"},
    {SB_RULE_GZIP, SB_SEVERITY_ERROR, TRUE, "gzip can be unpacked"},
    {SB_RULE_YAML, SB_SEVERITY_ERROR, TRUE, "YAML can be read, and is not too large"},
    {SB_RULE_TAB, SB_SEVERITY_ERROR, FALSE, "YAML has no tabs outside of quotes and blocks"},
    {SB_RULE_SCHEMA, SB_SEVERITY_ERROR, FALSE, "cloud-init knows all keys and values"},
    {SB_RULE_PARTS, SB_SEVERITY_ERROR, FALSE,
     "the parts of a MIME multipart or an archive are "
     "well-formed, and of types that cloud-init knows"},
    {SB_RULE_RUNCMD_MAP, SB_SEVERITY_ERROR, FALSE,
     "no command is a mapping because it has ': ' in it"},
    {SB_RULE_OCTAL, SB_SEVERITY_ERROR, FALSE,
     "permissions are octal numbers in quotes, because YAML reads 0644 as 420"},
    {SB_RULE_UNKNOWN_KEY, SB_SEVERITY_ERROR, FALSE,
     "cloud-init knows every key at the top (a warning for versions that ignore other keys)"},
    {SB_RULE_DEPRECATED, SB_SEVERITY_WARNING, FALSE, "nothing is deprecated"},
    {SB_RULE_FORMAT, SB_SEVERITY_WARNING, FALSE, "host names and URIs have their form"},
    {SB_RULE_DUPLICATE_KEY, SB_SEVERITY_WARNING, FALSE, "no key is there twice"},
    {SB_RULE_SUDO_PASSWORD, SB_SEVERITY_WARNING, FALSE,
     "sudo does not ask for a password that the account does not have"},
    {SB_RULE_POWEROFF, SB_SEVERITY_WARNING, FALSE,
     "commands do not stop the machine before cloud-init is done"},
    {SB_RULE_PWAUTH, SB_SEVERITY_WARNING, FALSE,
     "ssh does not accept a password that can be read in the file"},
    {SB_RULE_PLAIN_PASSWORD, SB_SEVERITY_WARNING, FALSE, "passwords are hashed"},
    {SB_RULE_OFFLINE, SB_SEVERITY_WARNING, FALSE,
     "a machine without a way out of its network fetches nothing"},
    {SB_RULE_SCRIPT, SB_SEVERITY_WARNING, FALSE, "scripts can be executed"},
    {SB_RULE_INCLUDE, SB_SEVERITY_WARNING, FALSE, "the lines of an include are URLs"},
    {SB_RULE_PART_HANDLER, SB_SEVERITY_WARNING, FALSE,
     "a part handler has the functions that cloud-init calls"},
    {SB_RULE_INSTANCE_ID, SB_SEVERITY_WARNING, FALSE,
     "every meta-data has an instance-id of its own"},
    {NULL, 0, FALSE, NULL},
};

const SbLintRule *sb_lint_rule_find(const char *id)
{
    for (const SbLintRule *rule = sb_lint_rules; rule->id; rule++)
        if (strcmp(rule->id, id) == 0)
            return rule;
    return NULL;
}
