#!/usr/bin/env bash
# pandoc: of a BibTeX title the capitals of names are gone for good.
# Expected: a converter keeps what it cannot know to be wrong, or marks it: a style can put letters small later, none can
# find the names again.
# Seen: in CSL JSON an English title of .bib is in small letters but for what stands in braces: "Heisenberg chains in
# Antarctica" is "heisenberg chains in antarctica". From RIS the same title stays as it is.
# Hurts: who brings a .bib file into Zotero or a reference list through CSL JSON.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pypandoc_binary==1.17
venv/bin/pip freeze | paste -sd ' '

cat > papers.bib <<'BIB'
@article{roe,
  author = {Roe, Sam},
  title = {A Theory of Heisenberg Chains in Antarctica},
  journal = {Ice},
  year = 2004
}
BIB
cat > papers.ris <<'RIS'
TY  - JOUR
AU  - Roe, Sam
TI  - A Theory of Heisenberg Chains in Antarctica
T2  - Ice
PY  - 2004
ER  - 
RIS
venv/bin/python - <<'PY'
import json

import pypandoc

print("pandoc", pypandoc.get_pandoc_version())
titles = {}
for source, name in (("papers.bib", "bibtex"), ("papers.ris", "ris")):
    (paper,) = json.loads(pypandoc.convert_file(source, "csljson", format=name))
    titles[name] = paper["title"]
    print(f"{name:6} {paper['title']}")
assert titles["bibtex"] == "A theory of heisenberg chains in antarctica"
assert titles["ris"] == "A Theory of Heisenberg Chains in Antarctica"
PY
