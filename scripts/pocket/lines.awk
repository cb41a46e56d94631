# SPDX-License-Identifier: LGPL-2.1-or-later
# lines.awk: with yaml.awk, print a YAML document flat, to look at or to compare
#
# Usage: busybox awk -f yaml.awk -f lines.awk FILE    (other awks read "\\\\" in gsub another way)
#
# A line for each scalar: its path, a tab, its value with backslash, newline and tab as \\ \n \t.

function emit(path, value) {
    gsub(/\\/, "\\\\", value)
    gsub(/\n/, "\\n", value)
    gsub(/\t/, "\\t", value)
    print path "\t" value
}
