#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-documents.py SCHEMA FILE...: print what is wrong in JSON documents of seedbed, one a line

A FILE has one document, or a document on each line. A member that SCHEMA does not describe is wrong
too, although SCHEMA allows it: a later version may have it.
"""
import json
import sys

import jsonschema


def close(schema):
    """Let each object in SCHEMA have no other members than those that it names."""
    parts = list(schema.get("properties", {}).values())
    if "properties" in schema:
        schema.setdefault("additionalProperties", False)
    parts += [schema[key] for key in ("items", "additionalProperties") if schema.get(key)]
    for part in parts:
        close(part)


def documents(path):
    """The documents in the file at PATH."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]


def main():
    """Check the files that the arguments name."""
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in schema["$defs"].values():
        close(part)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sys.argv[2:]:
        try:
            found = [e for one in documents(path) for e in validator.iter_errors(one)]
        except ValueError as error:
            print(f"{path}: {error}")
            continue
        for error in found:
            place = "/".join(str(part) for part in error.absolute_path)
            print(f"{path}: {place}: {error.message:.300}")


if __name__ == "__main__":
    main()
