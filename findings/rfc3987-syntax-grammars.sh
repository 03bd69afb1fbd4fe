#!/usr/bin/env bash
# rfc3987-syntax: to import nbformat makes 39 parsers of international addresses.
# Expected: who reads a notebook, whose schema names no such format, does not wait for a check of it; a parser is made when it is asked.
# Seen: jsonschema imports the package where it is installed, as Jupyter's packages ask, and the package makes a parser of the whole
# grammar for each of its rules at once: 39, most of the seconds that the import of nbformat, or of jupyter_server, takes.
# Hurts: who starts Jupyter, Voila or a process for each notebook; our server starts in half the time without.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check nbformat==5.11.1 jsonschema==4.26.0 rfc3987-syntax==1.1.0 lark==1.3.1
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import subprocess
import sys

COUNTED = """
import sys, time
{before}
import lark
made, init = [], lark.Lark.__init__
def counted(self, *given, **named):
    made.append(1)
    init(self, *given, **named)
lark.Lark.__init__ = counted
begun = time.process_time()
import nbformat
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Salt and water")])
nbformat.validate(book)
print(len(made), round(time.process_time() - begun, 2))
"""


def parsers(what: str, before: str) -> int:
    program = COUNTED.format(before=before)
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    print(f"{what}: {told[0]} parsers made, {told[1]} s of the processor to validate a notebook")
    return int(told[0])


assert parsers("as installed", "") == 39
assert parsers("without the package", "sys.modules['rfc3987_syntax'] = None") == 0
PY
