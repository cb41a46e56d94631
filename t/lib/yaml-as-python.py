# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints the values that PyYAML's safe loader reads from YAML files, one line for each, in the form of
# print-yaml.c. Like cloud-init, it also knows the tag !!python/unicode.
import datetime
import math
import sys

import yaml


class Loader(yaml.SafeLoader):
    def python_unicode(self, node):
        return self.construct_scalar(node)


Loader.add_constructor("tag:yaml.org,2002:python/unicode", Loader.python_unicode)


def text(value):
    return "'" + "".join(
        chr(byte) if chr(byte).isascii() and chr(byte).isalnum() else "%%%02x" % byte
        for byte in value.encode("utf-8", "surrogatepass")
    ) + "'"


def show(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return "int:large" if abs(value) > 9007199254740991 else "int:%d" % value
    if isinstance(value, float):
        return "float:nan" if math.isnan(value) else "float:%.12g" % value
    if isinstance(value, (datetime.date, datetime.datetime)):
        return "date"
    if isinstance(value, bytes):
        return "binary"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return "{" + ",".join(sorted(show(k) + ":" + show(v) for k, v in value.items())) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(show(item) for item in value) + "]"
    return "unknown:" + type(value).__name__


for file in sys.argv[1:]:
    try:
        with open(file, "rb") as stream:
            documents = list(yaml.load_all(stream.read().decode("utf-8"), Loader))
        # For us, a text without a document is an error.
        print(show(documents[0]) if len(documents) == 1 else "error")
    except Exception:
        print("error")
