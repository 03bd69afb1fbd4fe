#!/usr/bin/env bash
# bibtexparser: a group with "and" in its name is two authors, each with half of the braces.
# Expected: braces keep a name together, as in BibTeX: `{Institute of Salt and Water}` is one author.
# Seen: the customization for authors cuts at every " and ", also within braces.
# Hurts: who counts authors, and groups such as *Centers for … and …*, who become two persons.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check bibtexparser==1.4.3
venv/bin/pip freeze | paste -sd ' '

cat > papers.bib <<'BIB'
@article{ice,
  author = {{Institute of Salt and Water} and Roe, Sam},
  title = {Ice}
}
BIB
venv/bin/python - <<'PY'
import bibtexparser
from bibtexparser.bparser import BibTexParser
from bibtexparser.customization import author

with open("papers.bib") as file:
    (paper,) = bibtexparser.load(file, BibTexParser(customization=author)).entries
print("authors that stand in the file: 2, read:", paper["author"])
assert paper["author"] == ["Salt, {Institute of", "Water}, ", "Roe, Sam"]
PY
