#!/usr/bin/env bash
# bibtexparser: joined BibTeX strings stay source code.
# Expected: BibTeX joins strings with #, and the values of macros with them: journal = acta # " B" means Acta B.
# Seen: bibtexparser 2 replaces a macro only where it stands alone. Where it is joined the source code stays as the
# value, quotes and all, and nothing is among the blocks that failed.
# Hurts: readers of the .bib files of mathematics and of dblp-like lists, where journals and months are written that
# way: one journal becomes two, one of them with quotes in its name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check bibtexparser==2.1.0
venv/bin/pip freeze | paste -sd ' '

cat > papers.bib <<'BIB'
@string{acta = "Acta"}
@article{one, title = {One}, journal = acta, year = 2004}
@article{two, title = {Two}, journal = acta # " B", year = 2004}
BIB
venv/bin/python - <<'PY'
import bibtexparser

library = bibtexparser.parse_file("papers.bib")
journals = {entry.key: entry["journal"] for entry in library.entries}
print("journals:", journals, "blocks that failed:", len(library.failed_blocks))
assert journals == {"one": "Acta", "two": 'acta # " B"'}
assert not library.failed_blocks
PY
