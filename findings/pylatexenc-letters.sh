#!/usr/bin/env bash
# pylatexenc: letters of Romanian and Vietnamese names lose their marks, or are lost.
# Expected: what LaTeX's own encodings name by a macro becomes that letter, as `\c{s}` becomes ş; or the reader is told.
# Seen: of macros that it does not know the plain letter is left, and of one without an argument nothing: ș is s, ả is a,
# and ơ is gone from the name. Nothing is logged.
# Hurts: authors with these names, and who compares names from BibTeX with names from elsewhere.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pylatexenc==2.11
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
from pylatexenc.latex2text import LatexNodes2Text

seen = {}
for latex, meant in [
    (r"Ni\c{s}", "Niş"),
    (r"Ni\textcommabelow{s}", "Niș"),
    (r"B\h{a}o", "Bảo"),
    (r"S{\ohorn}n", "Sơn"),
]:
    seen[meant] = LatexNodes2Text().latex_to_text(latex)
    print(f"{latex:24} meant {meant}, read {seen[meant]}")
assert seen == {"Niş": "Niş", "Niș": "Nis", "Bảo": "Bao", "Sơn": "Sn"}
PY
