# SPDX-License-Identifier: LGPL-2.1-or-later
# mime.awk: take user-data or vendor-data apart
#
# Usage: awk -v dir=DIR -f mime.awk FILE
#
# It writes the body of each part to DIR/NN.raw, and prints a line for each part: NN, content type,
# transfer encoding and file name, separated by tabs. A text that is not MIME is one part; its first
# line tells its type, as in cloud-init.

BEGIN { part = 0; state = "first" }

{ sub(/\r$/, "") }

state == "first" {
    if (tolower($0) !~ /^(content-type|mime-version|from|to|subject):/) {
        start(type_of($0), "7bit", "part-001")
        state = "plain"
    } else
        state = "top"
}

# headers of the whole, with their continuation lines
state == "top" {
    if ($0 != "") { header = header " " $0; next }
    if (!match(header, /boundary="[^"]*"/)) { print "no boundary" > "/dev/stderr"; exit 1 }
    boundary = "--" substr(header, RSTART + 10, RLENGTH - 11)
    state = "preamble"
    next
}

state == "plain" { print > body; next }

$0 == boundary "--" { state = "end" }
$0 == boundary { state = "headers"; header = ""; next }

state == "headers" {
    if ($0 != "") { header = header " " $0; next }
    type = field(header, "content-type: *[^; ]*")
    encoding = field(header, "content-transfer-encoding: *[^; ]*")
    name = field(header, "filename=\"?[^\"; ]*")
    start(type, encoding == "" ? "7bit" : encoding, name)
    state = "body"
    first = 1
    next
}

# The newline before a boundary belongs to the boundary. A part that ends without one gets one.
state == "body" { print > body }

function start(type, encoding, name) {
    body = sprintf("%s/%02d.raw", dir, ++part)
    printf "" > body
    if (name == "") name = sprintf("part-%03d", part)
    gsub(/\//, "_", name)
    printf "%02d\t%s\t%s\t%s\n", part, type, tolower(encoding), name
}

# The value in header of what pattern (lower case, NAME: VALUE or NAME="VALUE) matches.
function field(header, pattern,    value) {
    if (!match(tolower(header), pattern)) return ""
    value = substr(header, RSTART, RLENGTH)
    sub(/^[^:=]*[:=] *"?/, "", value)
    return value
}

function type_of(text) {
    if (text ~ /^#cloud-config/) return "text/cloud-config"
    if (text ~ /^#!/) return "text/x-shellscript"
    return "text/plain"
}
