#!/usr/bin/env bash
# ASReview: papers in another script than Latin are one paper, and who excludes one has excluded them all.
# Expected: records with other titles, other abstracts and other DOIs are labelled one by one.
# Seen: records are grouped by what is left of title and abstract when all but a to z and digits is taken away. Of
# Chinese, Russian or Greek nothing is left, so these are one group; so are two titles that differ in a Greek letter
# where no abstract stands. A label goes to the whole group, and the others are never shown.
# Hurts: reviewers whose searches find papers in other languages: they are screened out unread.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check asreview==3.0.8
venv/bin/pip freeze | grep -iE '^(asreview|pandas|sqlalchemy)=' | paste -sd ' '

cat > papers.csv <<'CSV'
title,abstract,doi
肺癌的新方法,我们比较了两种药物。,10.1000/1
水稻产量的模型,田间试验三年。,10.1000/2
Роль белка в клетке,Опыты на мышах.,10.1000/3
Salt and water,We measured ice.,10.1000/4
The role of α receptors,,10.1000/5
The role of β receptors,,10.1000/6
CSV
venv/bin/python - <<'PY'
import asreview

database = asreview.load_dataset("papers.csv")
groups = database.input.get_groups()
print("group and record:", groups)
database.label_record(0, 0)
labels = database.get_results_table(groups=True)[["record_id", "label"]].values.tolist()
print("labels after the first paper was excluded:", labels)
assert groups == [(0, 0), (0, 1), (0, 2), (3, 3), (4, 4), (4, 5)]
assert labels == [[0, 0], [1, 0], [2, 0]]
PY
