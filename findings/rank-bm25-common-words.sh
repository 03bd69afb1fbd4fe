#!/usr/bin/env bash
# rank_bm25: a paper without the word ranks before those with it.
# Expected: a paper that has the word asked for stands before a paper that has it not. BM25Okapi takes care of words
# whose weight would be negative: it puts a quarter of the mean weight in its place.
# Seen: where papers share most of their words the mean weight is itself negative, and so is what is put in its place:
# the papers with the word score below zero, and the only one without it comes first.
# Hurts: small collections on one subject, and who tries a search on a handful of titles first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check rank_bm25==0.2.2 numpy==2.4.6
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
from rank_bm25 import BM25Okapi

titles = [f"report on lake ice of {year}" for year in (2001, 2002, 2003)] + ["report on moon dust"]
ranking = BM25Okapi([title.split() for title in titles])
scores = ranking.get_scores(["lake"])
for title, score in zip(titles, scores, strict=True):
    print(f"{score:+.3f} {title}")
print("first for lake:", ranking.get_top_n(["lake"], titles, n=1))
assert all(score < 0 for score in scores[:3]) and scores[3] == 0
PY
