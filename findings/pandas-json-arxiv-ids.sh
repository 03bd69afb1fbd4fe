#!/usr/bin/env bash
# pandas: arXiv ids in quotes are read as numbers.
# Expected: JSON has types: what stands in quotes is a string, and an arXiv id in quotes stays what it is.
# Seen: pandas.read_json, which guesses types unless told not to, makes numbers of a column of strings that all look
# like numbers: 0704.0010 becomes 704.001. One old id (hep-th/9901001) among them, and the column stays as it was, so
# a larger sample reads differently from a smaller one.
# Hurts: who reads the arXiv metadata: ids lose their zeros, joins find nothing, links lead nowhere.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pandas==3.1.1 numpy==2.4.6
venv/bin/pip freeze | paste -sd ' '

cat > new.jsonl <<'JSON'
{"id": "0704.0010", "title": "Ice on northern lakes"}
{"id": "0705.0100", "title": "Dust on the moon"}
JSON
cp new.jsonl mixed.jsonl
echo '{"id": "hep-th/9901001", "title": "Strings"}' >> mixed.jsonl
venv/bin/python - <<'PY'
import pandas as pd

new = pd.read_json("new.jsonl", lines=True)["id"].tolist()
mixed = pd.read_json("mixed.jsonl", lines=True)["id"].tolist()
print("ids of two new papers:", new)
print("with an old one:", mixed)
assert new == [704.001, 705.01]
assert mixed == ["0704.0010", "0705.0100", "hep-th/9901001"]
PY
