# variables.awk: make shell variables of what yaml.awk prints
#
# Usage: busybox awk -f variables.awk FLAT
#
#   users/0/name	bob           v_users_0_name='bob'
#                               n_users=1             entries of the list
#                               keys=' users'         keys at the top
#
# Anything but letters, digits and _ in a path becomes _, and every value is quoted, so the output
# is safe to be read by a shell whatever the YAML says.

function name_of(path) { gsub(/[^A-Za-z0-9_]/, "_", path); return path }

{
    tab = index($0, "\t")
    value = substr($0, tab + 1)
    gsub(/\\\\/, "\001", value)
    gsub(/\\n/, "\n", value)
    gsub(/\\t/, "\t", value)
    gsub(/\001/, "\\", value)
    gsub(/'/, "'\\''", value)
    count = split(substr($0, 1, tab - 1), key, "/")
    path = key[1]
    if (!(path in seen)) { seen[path] = 1; keys = keys " " name_of(path) }
    for (i = 2; i <= count; i++) {
        if (key[i] ~ /^[0-9]+$/ && key[i] + 1 > entries[path]) entries[path] = key[i] + 1
        path = path "_" key[i]
    }
    print "v_" name_of(path) "='" value "'"
}

END {
    for (path in entries) if (entries[path]) print "n_" name_of(path) "=" entries[path]
    print "keys='" keys "'"
}
