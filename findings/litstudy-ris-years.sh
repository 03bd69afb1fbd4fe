#!/usr/bin/env bash
# litstudy: most papers of a RIS file have no year.
# Expected: a year is read as RIS writes it, `2004/06/15` and `2004//` as well as `2004`, in PY or in Y1.
# Seen: PY counts if it is a bare number. The others have no year, and are missing from the histogram without a word; of
# no paper is the journal read.
# Hurts: who draws a field's growth from an export of Scopus, EndNote or a publisher.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check litstudy==1.0.6 bibtexparser==1.4.3
venv/bin/pip freeze | grep -iE '^(litstudy|pandas)=' | paste -sd ' '

cat > papers.ris <<'RIS'
TY  - JOUR
TI  - Salt
PY  - 2004
T2  - Ice
ER  - 

TY  - JOUR
TI  - Sand
PY  - 2004/06/15
JO  - Ice
ER  - 

TY  - JOUR
TI  - Dust
Y1  - 2004//
JF  - Ice
ER  - 
RIS
venv/bin/python - <<'PY'
import litstudy

papers = litstudy.load_ris_file("papers.ris")
for paper in papers:
    print(paper.title, paper.publication_year, paper.publication_source)
counts = litstudy.compute_year_histogram(papers)["Frequency"].to_dict()
print("papers by year:", counts)
assert [paper.publication_year for paper in papers] == [2004, None, None]
assert [paper.publication_source for paper in papers] == [None, None, None]
assert counts == {2004: 1}
PY
