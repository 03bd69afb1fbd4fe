#!/usr/bin/env bash
# edtf: the number of a quarter becomes a month.
# Expected: text_to_edtf turns the dates that people write into EDTF, and gives None where it cannot: a quarter is one
# that EDTF can write (2004-34).
# Seen: the number of the quarter becomes the month: Q4 2004 is April 2004. So do the number of an issue and a count
# of pages that stand beside a year.
# Hurts: who dates journals that appear four times a year: everything of the autumn was published in spring.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check edtf==5.0.2
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
from edtf import text_to_edtf

written = ("autumn 2004", "Q4 2004", "2nd quarter 2004", "issue 5, 2004", "2004, 12 pp")
seen = {text: str(text_to_edtf(text)) for text in written}
print(seen)
assert seen == {
    "autumn 2004": "2004-23",
    "Q4 2004": "2004-04",
    "2nd quarter 2004": "2004-02",
    "issue 5, 2004": "2004-05",
    "2004, 12 pp": "2004-12",
}
PY
