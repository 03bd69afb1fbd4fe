#!/usr/bin/env bash
# pyarrow: a value or a list imports pandas.
# Expected: pyarrow.scalar("x"), pyarrow.array([1]) and pyarrow.compute.equal(column, "x") need nothing but Arrow; pandas is
# imported when something is converted to it or from it.
# Seen: each of them imports pandas where it is installed, to ask whether the value is one of pandas': some 300 modules, a quarter
# of a second and 26 MB in every process. The same comparison with a scalar that Arrow gave does not, nor do reading a file,
# pyarrow.nulls, and tables of arrays that are there.
# Hurts: who starts a process for each reader of a dashboard on Arrow files: one empty list doubles the time until it is open.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pandas==3.1.1 numpy==2.4.6 pyarrow==26.0.1
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import subprocess
import sys

BEGIN = "import sys, pyarrow as pa, pyarrow.compute as pc; column = pa.nulls(3, pa.string()); "


def imported(expression: str) -> bool:
    program = f"{BEGIN}{expression}; print('pandas' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{expression}: pandas imported: {told}")
    return told == "True"


assert all([imported(e) for e in ('pa.scalar("x")', "pa.array([1])", 'pc.equal(column, "x")')])
assert not any([imported(e) for e in ("pc.equal(column, column[0])", 'pa.table({"x": column})', "pa.nulls(0, pa.string())")])
PY
