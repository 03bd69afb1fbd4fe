#!/usr/bin/env bash
# statsmodels: one missing p-value blanks the corrected ones.
# Expected: a test that could not be made, a p-value that is NaN, is left out of the correction, as R's p.adjust does,
# or is refused, as scipy.stats.false_discovery_control does.
# Seen: multipletests answers, but every corrected p-value is NaN, that of 0.001 too, while the column beside it still
# says that the hypothesis is rejected.
# Hurts: who tests every topic for a trend: one topic that never varied blanks the column for all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import math

from statsmodels.stats.multitest import multipletests

nan = float("nan")
rejected, corrected, *_ = multipletests([0.001, 0.02, 0.8], method="fdr_bh")
print("without NaN:", rejected.tolist(), corrected.round(3).tolist())
rejected, corrected, *_ = multipletests([0.001, 0.02, 0.8, nan], method="fdr_bh")
print("with NaN:   ", rejected.tolist(), corrected.tolist())
assert all(math.isnan(p) for p in corrected)
assert rejected.tolist() == [True, True, False, False]
PY
