#!/usr/bin/env bash
# xmltodict: a title with a formula loses the place of its parts.
# Expected: titles in PubMed, Crossref and JATS have markup in their text; from what a reader of XML returns, the
# title can be put together as it stands.
# Seen: xmltodict joins the text around the markup and files the marked parts beside it, without their places: H2O and
# HO2 give one and the same dictionary. Turned back into XML by unparse, the parts stand in front of the title.
# Hurts: who reads such XML this way: titles with species or formulas are wrong, those without are right, so that a
# short look finds nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check xmltodict==1.0.4
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import xmltodict

water = xmltodict.parse("<title>Ice of H<sub>2</sub>O in <i>Larus</i> nests</title>")
other = xmltodict.parse("<title>Ice of HO<sub>2</sub> in <i>Larus</i> nests</title>")
print(water)
print(other)
print(xmltodict.unparse(water, full_document=False))
assert water == other == {"title": {"sub": "2", "i": "Larus", "#text": "Ice of HO in  nests"}}
assert xmltodict.unparse(water, full_document=False) == "<title><sub>2</sub><i>Larus</i>Ice of HO in  nests</title>"
PY
