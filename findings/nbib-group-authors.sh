#!/usr/bin/env bash
# nbib: of several group authors one is left.
# Expected: a record of PubMed names each group author in a CN line of its own; of a paper by two groups a reader
# gives both.
# Seen: the nbib package keeps the last CN line and drops those before it. The authors who are persons are all there.
# Hurts: who looks for the trials of a study group: in clinical papers the groups are often the only authors that all
# its papers share.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check nbib==0.3.2
venv/bin/pip freeze | paste -sd ' '

cat > paper.nbib <<'NBIB'

PMID- 1
OWN - NLM
DP  - 2004 Jun
TI  - Ice on northern lakes
FAU - Doe, Jane
AU  - Doe J
FAU - Roe, Karl
AU  - Roe K
CN  - Northern Lakes Study Group
CN  - Ice Survey Committee

NBIB
venv/bin/python - <<'PY'
import nbib

paper = nbib.read_file("paper.nbib")[0]
persons = [author["author"] for author in paper["authors"]]
print("persons:", persons, "groups:", paper["corporate_author"])
assert persons == ["Doe, Jane", "Roe, Karl"]
assert paper["corporate_author"] == "Ice Survey Committee"
PY
