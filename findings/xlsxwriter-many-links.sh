#!/usr/bin/env bash
# XlsxWriter: of a long table the addresses are not in the file.
# Expected: Excel takes 65,530 links a sheet; an address past that is written as text, as one that is too long for a link
# may be read at least.
# Seen: `write` takes a text that begins with https:// for a link, and a link past the bound is left out with its text:
# the cell is empty. A warning says "Ignoring URL" for each.
# Hurts: who exports a hundred thousand papers with the address of their DOI.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check xlsxwriter==3.3.1 openpyxl==3.1.5
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import warnings

import openpyxl
import xlsxwriter

PAPERS = 65_600
warnings.simplefilter("ignore")
book = xlsxwriter.Workbook("papers.xlsx")
sheet = book.add_worksheet()
for number in range(PAPERS):
    sheet.write(number, 0, f"Paper {number}")
    sheet.write(number, 1, f"https://doi.org/10.1000/{number}")
book.close()

rows = list(openpyxl.load_workbook("papers.xlsx", read_only=True).active.iter_rows(values_only=True))
written = [row[1] for row in rows if len(row) > 1 and row[1]]
print(f"rows {len(rows):,}, of them with an address {len(written):,}; the last:", rows[-1])
assert len(rows) == PAPERS
assert len(written) == 65_530
PY
