#!/usr/bin/env bash
# nameparser: given names that are titles elsewhere cost the surname.
# Expected: in the order of bibliographies, surname before the comma, there is no doubt about the surname.
# Seen: nameparser takes Prince, King and Princess, which are given names in much of Africa, for titles, also after
# the comma, and then calls the surname the given name. Bishop and Judge become titles and leave no given name.
# Hurts: authors with these names: they are filed without a surname, and not found, or merged under the wrong name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check nameparser==2.6.0
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
from nameparser import HumanName

seen = {}
for written in ("Adeyemi, Grace", "Adeyemi, Prince", "Adeyemi, Princess", "Adeyemi, King", "Tanner, Bishop"):
    name = HumanName(written)
    seen[written] = (name.title, name.first, name.last)
    print(f"{written:18} title={name.title!r} first={name.first!r} last={name.last!r}")
assert seen == {
    "Adeyemi, Grace": ("", "Grace", "Adeyemi"),
    "Adeyemi, Prince": ("Prince", "Adeyemi", ""),
    "Adeyemi, Princess": ("Princess", "Adeyemi", ""),
    "Adeyemi, King": ("King", "Adeyemi", ""),
    "Tanner, Bishop": ("Bishop", "", "Tanner"),
}
PY
