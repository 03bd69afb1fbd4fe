#!/usr/bin/env bash
# pandas: periods in Parquet are years since 1970 to everyone else.
# Expected: a column of years made with pandas' PeriodIndex, written to Parquet, is a column of years, or of dates,
# for another reader, or is refused.
# Seen: the file holds the number of years since 1970, as plain integers that only pandas knows how to read. DuckDB
# shows the papers of 2024 in the year 54, without a warning; months come out as 653.
# Hurts: who counts papers by to_period and hands the table on: every chart made elsewhere starts in antiquity.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pandas==3.1.1 numpy==2.4.6 pyarrow==26.0.1 duckdb==2.0.1
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import duckdb
import pandas as pd

dates = pd.to_datetime(["2024-06-15", "2026-02-01"])
pd.DataFrame({"year": dates.to_period("Y"), "month": dates.to_period("M")}).to_parquet("papers.parquet")
back = pd.read_parquet("papers.parquet")
seen = duckdb.sql("select year, month from 'papers.parquet'").fetchall()
print("pandas:", back.astype(str).values.tolist(), "duckdb:", seen)
assert back.astype(str).values.tolist() == [["2024", "2024-06"], ["2026", "2026-02"]]
assert seen == [(54, 653), (56, 673)]
PY
