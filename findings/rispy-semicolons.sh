#!/usr/bin/env bash
# rispy: an address with a semicolon is read as two.
# Expected: a line of UR is one address. Semicolons are allowed in addresses and stand in those of many DOIs of the 1990s.
# Seen: the reader cuts UR at every semicolon, while the DO line beside it stays whole; keywords, which exports do join by
# semicolons, are not cut.
# Hurts: who follows, counts or compares the addresses of older papers.
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
DO  - 10.1000/ice(1998)1:2;3-4
UR  - https://example.org/ice(1998)1:2;3-4
KW  - ice; lakes
ER  - 
RIS
venv/bin/python - <<'PY'
import rispy

with open("papers.ris") as file:
    (paper,) = rispy.load(file)
print("DO:", paper["doi"])
print("UR:", paper["urls"])
print("KW:", paper["keywords"])
assert paper["doi"] == "10.1000/ice(1998)1:2;3-4"
assert paper["urls"] == ["https://example.org/ice(1998)1:2", "3-4"]
assert paper["keywords"] == ["ice; lakes"]
PY
