#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-headers.py HEADER...: print what the documentation of public functions lacks, one a line

A documentation comment stands directly before its prototype. Error quarks need no comment.
"""
import re
import sys

MAX_PARAMETERS = 6
COMMENT = r"(?P<comment>/\*\*(?:(?!\*/).)*\*/\n)?"
PROTOTYPE = (
    r"^(?P<type>(?:static inline )?(?:const )?\w+ (?:\*|const|\s)*)"
    r"(?P<name>(?:sb|seedbed)_\w+)\((?P<parameters>[^;{]*?)\)(?P<attributes>[^;{()]*(?:\([^;{]*\))?)\s*[;{]"
)
FUNCTION = re.compile(COMMENT + PROTOTYPE, re.MULTILINE | re.DOTALL)
# What looks like the first line of a function: each must be found by FUNCTION.
NAME = re.compile(r"^(?!typedef|G_)[A-Za-z].*?\b((?:sb|seedbed)_\w+)\(", re.MULTILINE)


def parameter_count(text):
    """Count the parameters; the commas of a function type in brackets do not count."""
    text = re.sub(r"\([^()]*\)", "", text)
    return 0 if text.strip() == "void" else text.count(",") + 1


def lacking(function):
    """Yield what FUNCTION, a match of FUNCTION, lacks."""
    kind = function["type"].replace("static inline ", "").strip()
    comment = " ".join(re.sub(r"\n \*", "\n", function["comment"] or "").split())
    if function["name"].endswith("_quark"):
        return
    if not comment:
        yield "a documentation comment (/** … */) directly before it"
        return
    if "GError **error" in function["parameters"] and kind != "void":
        failure = "NULL" if "*" in kind else "FALSE" if kind == "gboolean" else "@return"
        if failure not in comment:
            yield f"what {failure} means"
        if (
            "G_GNUC_WARN_UNUSED_RESULT" not in function["attributes"]
            and "result may be dropped" not in comment
        ):
            yield "G_GNUC_WARN_UNUSED_RESULT, or the words 'result may be dropped'"
    if "*" in kind and not kind.startswith("const char"):
        if not re.search(r"\(transfer (full|none|container)\)", comment):
            yield "(transfer full), (transfer none) or (transfer container), on one line"
    count = parameter_count(function["parameters"])
    if count > MAX_PARAMETERS:
        yield f"a structure for its {count} parameters: at most {MAX_PARAMETERS}"


def main():
    """Check the files that the arguments name."""
    count = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        seen = {function["name"] for function in FUNCTION.finditer(text)}
        for name in set(NAME.findall(text)) - seen:
            print(f"{path}: {name}() cannot be read")
        for function in FUNCTION.finditer(text):
            count += 1
            line = text.count("\n", 0, function.start("name")) + 1
            for what in lacking(function):
                print(f"{path}:{line}: {function['name']}() lacks {what}")
    print(f"{count} functions", file=sys.stderr)


if __name__ == "__main__":
    main()
