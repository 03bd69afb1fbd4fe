#!/usr/bin/env bash
# datasketch: papers without text are duplicates of each other.
# Expected: of two papers without an abstract nothing is known about how alike the abstracts are; a search for near-
# duplicates leaves them out.
# Seen: MinHash puts the likeness of two empty sets at 1.0, and MinHashLSH returns every paper without text as a near-
# duplicate of every other, at any threshold.
# Hurts: who removes duplicates by abstract: in exports where a third of the records has none, these are merged into
# one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check datasketch==2.0.0 numpy==2.4.6 scipy==1.17.1
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
from datasketch import MinHash, MinHashLSH

abstracts = {
    "ice": "ice on the lakes of the north is measured by boat",
    "dust": "dust on the far side of the moon is measured by light",
    "letter": "",
    "editorial": "",
    "erratum": "",
}
index = MinHashLSH(threshold=0.95, num_perm=128)
sketches = {}
for paper, abstract in abstracts.items():
    sketches[paper] = MinHash(num_perm=128)
    for word in abstract.split():
        sketches[paper].update(word.encode())
    index.insert(paper, sketches[paper])
found = {paper: sorted(index.query(sketch)) for paper, sketch in sketches.items()}
print("near-duplicates:", found)
print("likeness of two empty abstracts:", sketches["letter"].jaccard(sketches["erratum"]))
assert found["ice"] == ["ice"]
assert found["letter"] == ["editorial", "erratum", "letter"]
assert sketches["letter"].jaccard(sketches["erratum"]) == 1.0
PY
