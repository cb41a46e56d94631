# SPDX-License-Identifier: LGPL-2.1-or-later
# yaml.awk: read one YAML document, such as a cloud-config
#
# Usage: awk -f yaml.awk -f EMIT.awk FILE
#
# For each scalar, it calls emit(PATH, VALUE) of the other file: lines.awk, variables.awk. The path is
# the keys and list indexes, joined by "/". For
#
#   runcmd:
#     - [sh, -c, "a; b"]
#     - |
#       echo
#
# emit sees runcmd/0/0 "sh", runcmd/0/1 "-c", runcmd/0/2 "a; b", runcmd/1 "echo\n".
#
# Reads block and flow lists and mappings, plain and quoted scalars (also over several lines),
# block scalars, comments. Not: anchors, aliases, tags that matter, several documents. Where it cannot
# read, it stops with status 1 and the line's number.

{ sub(/\r$/, ""); line[++last] = $0 }

END {
    at = 1
    skip()
    if (line[at] ~ /^---/) { line[at] = substr(line[at], 4); skip() }
    if (at <= last) node("", -1)
    skip()
    if (at <= last && line[at] !~ /^\.\.\./) fail("cannot be read")
}

function fail(why) {
    print "line " at ": " why ": " line[at] > "/dev/stderr"
    exit 1
}

function indent(s) { match(s, /^ */); return RLENGTH }

# Goes to the next line that is not empty and not a comment.
function skip() { while (at <= last && line[at] ~ /^[ \t]*(#.*)?$/) at++ }

function join(path, key) { return path == "" ? key : path "/" key }

# The node at the current line, which is indented by more than `parent`.
function node(path, parent,    text) {
    text = substr(line[at], indent(line[at]) + 1)
    if (text ~ /^-( |$)/) list(path, indent(line[at]))
    else if (key_of(text) >= 0) mapping(path, indent(line[at]))
    else value_of(path, text, parent)
}

function list(path, column,    n) {
    for (n = 0; ; n++) {
        skip()
        if (at > last || indent(line[at]) != column || substr(line[at], column + 1) !~ /^-( |$)/)
            return
        # The text behind the dash is a node with its own indentation.
        line[at] = substr(line[at], 1, column) " " substr(line[at], column + 2)
        if (line[at] ~ /^ *(#.*)?$/) {
            skip()
            if (at > last || indent(line[at]) <= column) { emit(join(path, n), ""); continue }
        }
        node(join(path, n), column)
    }
}

function mapping(path, column,    length_, key, text) {
    for (;;) {
        skip()
        if (at > last || indent(line[at]) != column) return
        text = substr(line[at], column + 1)
        length_ = key_of(text)
        if (length_ < 0) fail("not a key")
        key = join(path, unquoted(substr(text, 1, length_)))
        text = substr(text, length_ + 2)
        sub(/^ +/, "", text)
        if (text ~ /^(#.*)?$/) {
            at++
            skip()
            # A list need not be indented more than its key.
            if (at <= last && (indent(line[at]) > column ||
                (indent(line[at]) == column && substr(line[at], column + 1) ~ /^-( |$)/)))
                node(key, column)
            else
                emit(key, "")
        } else
            value_of(key, text, column)
    }
}

# Length of the key at the start of text, or -1: `key:` at its end or before a space.
function key_of(text) {
    if (text ~ /^["']/) {
        if (match(text, /^("([^"\\]|\\.)*"|'[^']*') *:( |$)/))
            return index(substr(text, RLENGTH - 2), ":") + RLENGTH - 4
        return -1
    }
    if (text !~ /^[^][{},#&*!|>@%` \t-]/ && text !~ /^-[^ ]/) return -1
    if (!match(text, /:( |$)/)) return -1
    if (index(substr(text, 1, RSTART), " #")) return -1
    return RSTART - 1
}

# A scalar or a flow collection that starts with text, on the current line.
function value_of(path, text, parent,    tag) {
    while (match(text, /^!+[^ ]* +/)) text = substr(text, RLENGTH + 1)
    if (text ~ /^[|>]/) block(path, text, parent)
    else if (text ~ /^[[{]/) { flow_text = gather(text, parent, ""); flow_at = 1; flow(path) }
    else if (text ~ /^["']/) emit(path, unquoted(gather(text, parent, substr(text, 1, 1))))
    else if (text ~ /^[&*]/) fail("anchors and aliases are not supported")
    else emit(path, plain(text, parent))
}

# Plain scalar: lines that are indented more go on with it.
function plain(text, parent,    more) {
    sub(/[ \t]+#.*$/, "", text)
    for (at++; at <= last && indent(line[at]) > parent && line[at] !~ /^ *(#.*)?$/; at++) {
        more = line[at]
        sub(/^ +/, "", more)
        sub(/[ \t]+#.*$/, "", more)
        text = text " " more
    }
    sub(/[ \t]+$/, "", text)
    return text == "~" || text == "null" ? "" : text
}

# Block scalar: text is its header.
function block(path, text, parent,    folded, keep, column, value, blank, one, before) {
    folded = text ~ /^>/
    keep = text ~ /^.[0-9]?\+/ ? "+" : text ~ /^.[0-9]?-/ ? "-" : ""
    column = match(text, /[0-9]/) ? (parent < 0 ? 0 : parent) + substr(text, RSTART, 1) : -1
    value = blank = before = ""
    for (at++; at <= last; at++) {
        one = line[at]
        if (one ~ /^ *$/ && (column < 0 || length(one) <= column)) { blank = blank "\n"; continue }
        if (column < 0) {
            if (indent(one) <= parent) break
            column = indent(one)
        }
        if (indent(one) < column) break
        one = substr(one, column + 1)
        if (value == "") value = blank one
        else if (!folded || one ~ /^[ \t]/ || before ~ /^[ \t]/) value = value "\n" blank one
        else value = value (blank == "" ? " " : blank) one
        blank = ""
        before = one
    }
    if (value != "" && keep != "-") value = value "\n"
    if (keep == "+") value = value blank
    emit(path, value)
}

# The text from here until its quote or its brackets are closed; lines are joined by a space.
function gather(text, parent, quote,    n, c, depth, in_quote, rest) {
    for (n = 1; ; n++) {
        while (n > length(text)) {
            if (++at > last) { at = last; fail("not closed") }
            rest = line[at]
            sub(/^[ \t]+/, "", rest)
            sub(/[ \t]+$/, "", text)
            # an empty line in a quoted text is a newline
            text = rest == "" && in_quote != "" ? text "\n" : text (text ~ /\n$/ ? "" : " ") rest
        }
        c = substr(text, n, 1)
        if (in_quote != "") {
            if (c == "\\" && in_quote == "\"") n++
            else if (c == in_quote) {
                if (c == "'" && substr(text, n + 1, 1) == "'") n++
                else in_quote = ""
            }
        } else if (c ~ /["']/ && (n == 1 || substr(text, n - 1, 1) ~ /[][{},: ]/)) in_quote = c
        else if (c ~ /[[{]/ && quote == "") depth++
        else if (c ~ /[]}]/ && quote == "") depth--
        else if (c == "#" && substr(text, n - 1, 1) == " ") {
            text = substr(text, 1, n - 1)
            continue
        }
        if (in_quote == "" && depth == 0) break
    }
    rest = substr(text, n + 1)
    if (rest !~ /^[ \t]*(#.*)?$/) fail("text after the end of a value")
    at++
    return substr(text, 1, n)
}

# The flow node at flow_at in flow_text.
function flow(path,    n, key, end) {
    flow_space()
    end = substr(flow_text, flow_at, 1)
    if (end != "[" && end != "{") { emit(path, flow_scalar()); return }
    end = end == "[" ? "]" : "}"
    flow_at++
    for (n = 0; ; n++) {
        flow_space()
        if (substr(flow_text, flow_at, 1) == end) { flow_at++; return }
        if (end == "}") {
            key = join(path, flow_scalar(":"))
            flow_space()
            if (substr(flow_text, flow_at, 1) == ":") { flow_at++; flow(key) }
            else emit(key, "")
        } else
            flow(join(path, n))
        flow_space()
        if (substr(flow_text, flow_at, 1) == ",") flow_at++
        else if (substr(flow_text, flow_at, 1) != end) { at--; fail("',' or '" end "' is missing") }
    }
}

function flow_space() { while (substr(flow_text, flow_at, 1) ~ /[ \t\n]/) flow_at++ }

# A key ends at a colon; a value at one that a space follows (then it is an error to see).
function flow_scalar(key,    rest, text) {
    rest = substr(flow_text, flow_at)
    if (match(rest, /^("([^"\\]|\\.)*"|'([^']|'')*')/)) {
        flow_at += RLENGTH
        return unquoted(substr(rest, 1, RLENGTH))
    }
    match(rest, key == "" ? "[],}]|$" : ":[ ,}\"[{]|[],}]|$")
    flow_at += RSTART - 1
    text = substr(rest, 1, RSTART - 1)
    sub(/[ \t]+$/, "", text)
    return text == "~" || text == "null" ? "" : text
}

# The value of a scalar that may be quoted.
function unquoted(text,    value, n, c) {
    sub(/[ \t]+$/, "", text)
    if (text ~ /^'/) {
        value = substr(text, 2, length(text) - 2)
        gsub(/''/, "'", value)
        return value
    }
    if (text !~ /^"/) return text
    value = ""
    for (n = 2; n < length(text); n++) {
        c = substr(text, n, 1)
        if (c == "\\") {
            c = substr(text, ++n, 1)
            if (c == "n") c = "\n"
            else if (c == "t") c = "\t"
            else if (c == "r") c = "\r"
            else if (c == "e") c = "\033"
            else if (c == "x") {
                c = sprintf("%c", hex(substr(text, n + 1, 2)))
                n += 2
            }
        }
        value = value c
    }
    return value
}

function hex(digits,    n, value) {
    for (n = 1; n <= length(digits); n++)
        value = value * 16 + index("0123456789abcdef", tolower(substr(digits, n, 1))) - 1
    return value
}
