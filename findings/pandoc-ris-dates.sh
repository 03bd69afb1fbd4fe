#!/usr/bin/env bash
# pandoc: dates as RIS writes them are lost.
# Expected: RIS writes a date as year/month/day/other, in PY and Y1, each part after the year optional. A reader takes
# the year at least.
# Seen: pandoc reads 2004 and 2004-06-15, but of 2004/06/15 nothing is left: the paper has no date at all. Of 2004///
# the empty parts come out as dates of the year 0.
# Hurts: who turns the RIS export of a publisher into CSL JSON or BibTeX: bibliographies say n.d., and charts by year
# lose the paper.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pypandoc_binary==1.17
venv/bin/pip freeze | paste -sd ' '

for date in 2004 2004-06-15 2004/06/15 2004/06// 2004///; do
    printf 'TY  - JOUR\nTI  - Ice on northern lakes\nAU  - Doe, Jane\nPY  - %s\nER  - \n' "$date" > paper.ris
    printf '%s\t' "$date"
    venv/bin/python - <<'PY'
import json
import pypandoc

print(json.dumps(json.loads(pypandoc.convert_file("paper.ris", "csljson"))[0]["issued"]["date-parts"]))
PY
done | tee seen
venv/bin/python -c 'import pypandoc; print("pandoc", pypandoc.get_pandoc_version())'
diff seen - <<'SEEN'
2004	[[2004]]
2004-06-15	[[2004, 6, 15]]
2004/06/15	[]
2004/06//	[]
2004///	[[2004], [0], [0], [0]]
SEEN
