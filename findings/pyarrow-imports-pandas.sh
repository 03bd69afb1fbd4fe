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

loaded() {
    venv/bin/python - "$1" <<'PY'
import sys

import pyarrow as pa
import pyarrow.compute as pc

column = pa.nulls(3, pa.string())
eval(sys.argv[1])
print("pandas" in sys.modules)
PY
}

for expression in 'pa.scalar("x")' 'pa.array([1])' 'pc.equal(column, "x")'; do
    answer=$(loaded "$expression")
    echo "$expression: pandas imported: $answer"
    [ "$answer" = True ]
done
for expression in 'pc.equal(column, column[0])' 'pa.table({"x": column})' 'pa.nulls(0, pa.string())'; do
    answer=$(loaded "$expression")
    echo "$expression: pandas imported: $answer"
    [ "$answer" = False ]
done
