#!/usr/bin/env bash
# rispy: a RIS record without its end swallows the next one.
# Expected: in a RIS file every TY line starts a record, so a record whose ER line is missing ends where the next one
# starts, or the reader says that something is wrong.
# Seen: rispy reads on. The paper after the missing ER is gone, without an error or a warning, and the one before it
# has its DOI.
# Hurts: reviewers who join exports by hand or by cat, and count what was found.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check rispy==0.10.0
venv/bin/pip freeze | paste -sd ' '

cat > papers.ris <<'RIS'
TY  - JOUR
TI  - Ice on northern lakes

TY  - JOUR
TI  - Dust on the moon
DO  - 10.1000/dust
ER  - 

TY  - JOUR
TI  - Bees in the city
ER  - 
RIS
venv/bin/python - <<'PY'
import rispy

with open("papers.ris") as file:
    papers = rispy.load(file)
print("records that start in the file: 3, records read:", len(papers))
for paper in papers:
    print(paper)
assert [(paper["title"].strip(), paper.get("doi")) for paper in papers] == [
    ("Ice on northern lakes", "10.1000/dust"),
    ("Bees in the city", None),
]
PY
