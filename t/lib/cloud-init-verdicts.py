# SPDX-License-Identifier: LGPL-2.1-or-later
# The verdicts of cloud-init's own `cloud-init schema --config-file FILE` on many files: prints
# "NAME good" or "NAME bad" for each; NAME is the file's name without its folder.
#
# It calls the command's own code in one process, because each start takes half a second.
# Usage: PYTHONPATH=…/dist-packages python3 cloud-init-verdicts.py FILE...
import contextlib
import io
import os
import sys

from cloudinit.config.schema import get_parser, handle_schema_args


def is_good(path):
    arguments = get_parser().parse_args(["--config-file", path])
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            handle_schema_args("schema", arguments)
        except SystemExit as end:
            return not end.code
        except ValueError:
            # Text that is not UTF-8 and impossible dates end the command in this way.
            return False
    return True


for file in sys.argv[1:]:
    print(os.path.basename(file), "good" if is_good(file) else "bad")
