#!/usr/bin/env bash
# Biopython: two identifiers of one paper are one text.
# Expected: LID stands once for each identifier of a paper in PubMed's format, as AID does, and as of AID a list is given.
# Seen: the lines are joined with a space: a DOI with " [doi] " and a publisher's number behind it. The same with the two
# ISSNs in IS.
# Hurts: who takes DOIs of newer papers from LID, where they stand first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check biopython==1.88
venv/bin/pip freeze | paste -sd ' '

cat > papers.nbib <<'NBIB'
PMID- 1
TI  - Salt in water
IS  - 1234-5679 (Print)
IS  - 8765-4320 (Electronic)
LID - 10.1000/salt [doi]
LID - S1234 [pii]
AID - 10.1000/salt [doi]
AID - S1234 [pii]

NBIB
venv/bin/python - <<'PY'
from Bio import Medline

with open("papers.nbib") as file:
    paper = Medline.read(file)
for tag in ("AID", "LID", "IS"):
    print(tag, repr(paper[tag]))
assert paper["AID"] == ["10.1000/salt [doi]", "S1234 [pii]"]
assert paper["LID"] == "10.1000/salt [doi] S1234 [pii]"
assert paper["IS"] == "1234-5679 (Print) 8765-4320 (Electronic)"
PY
