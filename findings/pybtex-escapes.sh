#!/usr/bin/env bash
# pybtex: a BibTeX file that is read and written is another file, and each further time it is yet another.
# Expected: what is read and written unchanged stays as it was; `\&` is how a title of BibTeX says "and" by a sign.
# Seen: the writer takes values for plain text. `\&` becomes `\\&`, which LaTeX reads as a line break and a column, and
# gets one more backslash each time; an address gets backslashes before its underscores.
# Hurts: who sorts, joins or filters a bibliography with it, and finds out when the paper is typeset.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pybtex==0.26.1
venv/bin/pip freeze | paste -sd ' '

cat > papers.bib <<'BIB'
@article{roe,
  title = {Salt \& water},
  url = {https://example.org/salt_water}
}
BIB
venv/bin/python - <<'PY'
from pybtex.database import parse_file, parse_string

once = parse_file("papers.bib")
twice = parse_string(once.to_string("bibtex"), "bibtex")
again = parse_string(twice.to_string("bibtex"), "bibtex")
for times, papers in enumerate((once, twice, again)):
    print("written", times, "times:", *papers.entries["roe"].fields.values())
assert once.entries["roe"].fields["title"] == r"Salt \& water"
assert twice.entries["roe"].fields["title"] == r"Salt \\& water"
assert again.entries["roe"].fields["title"] == r"Salt \\\& water"
assert twice.entries["roe"].fields["url"] == r"https://example.org/salt\_water"
PY
