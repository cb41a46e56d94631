# SPDX-License-Identifier: LGPL-2.1-or-later
# variables.awk: with yaml.awk, make shell variables of a YAML document
#
# Usage: busybox awk -f yaml.awk -f variables.awk FILE
#
#   users:                v_users_0_name='bob'
#     - name: bob         n_users=1             entries of the list
#                         keys=' users'         keys at the top
#
# In a path, everything but letters, digits and _ becomes _. Every value is quoted. So a shell can read
# the output safely, whatever the YAML says.

function name_of(path) { gsub(/[^A-Za-z0-9_]/, "_", path); return path }

function emit(path, value,    count, key, i) {
    gsub(/'/, "'\\''", value)
    count = split(path, key, "/")
    path = name_of(key[1])
    if (!(path in seen)) { seen[path] = 1; keys = keys " " path }
    for (i = 2; i <= count; i++) {
        if (key[i] ~ /^[0-9]+$/ && key[i] + 1 > entries[path]) entries[path] = key[i] + 1
        path = path "_" name_of(key[i])
    }
    print "v_" path "='" value "'"
}

END {
    for (path in entries) if (entries[path]) print "n_" path "=" entries[path]
    print "keys='" keys "'"
}
