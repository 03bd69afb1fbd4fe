#!/usr/bin/env bash
# bib-dedupe: a retraction is merged into the paper it retracts.
# Expected: a paper and the notice that retracts it are two records: they have two DOIs, other pages, and a title that
# says which is which.
# Seen: bib-dedupe labels them as duplicates when they appeared in one issue, and merge keeps the paper alone: the
# retraction is gone from the table. An erratum goes the same way; a comment stays.
# Hurts: systematic reviewers, who must know of retractions, and who used the package because it is careful.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check bib-dedupe==0.11.0 pandas==3.1.1 numpy==2.4.6
venv/bin/pip freeze | paste -sd ' '

cat > dedupe.py <<'PY'
import pandas as pd
from bib_dedupe.bib_dedupe import merge

paper = {
    "ID": "1", "ENTRYTYPE": "article", "title": "A survey of dust on the moon", "author": "Poe, Lena", "year": "2005",
    "journal": "Acta Lunaria", "volume": "1", "number": "2", "pages": "3--9", "doi": "10.1000/a", "abstract": "",
}
if __name__ == "__main__":
    left = {}
    for kind in ("Retraction", "Erratum", "Comment on"):
        title = f"{kind}: {paper['title']}"
        notice = paper | {"ID": "2", "title": title, "pages": "99--99", "doi": "10.1000/b"}
        left[kind] = merge(pd.DataFrame([paper, notice]), verbosity_level=0)["title"].tolist()
        print(kind, "->", left[kind])
    assert left["Retraction"] == left["Erratum"] == [paper["title"]]
    assert len(left["Comment on"]) == 2
PY
venv/bin/python dedupe.py
