#!/usr/bin/env bash
# pytrec_eval: close scores are one score, and ids decide.
# Expected: the paper with the higher score stands first, whatever it is called.
# Seen: trec_eval keeps scores in single precision, and orders those that become equal by id, last letter first. Two
# rankings alike in all but the ids get 1.0 and 0.5.
# Hurts: who evaluates a classifier that is sure of itself: of its probabilities near 1 the order is lost, and the ids
# decide what it is worth.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pytrec-eval-terrier==0.5.11 numpy==2.4.6
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import pytrec_eval

first, second = 0.99999999, 0.99999998
seen = {}
for relevant, other in (("paper-b", "paper-a"), ("paper-a", "paper-b")):
    evaluator = pytrec_eval.RelevanceEvaluator({"query": {relevant: 1}}, {"recip_rank"})
    seen[relevant] = evaluator.evaluate({"query": {relevant: first, other: second}})["query"]["recip_rank"]
    print(f"relevant: {relevant} {first}, not: {other} {second}, reciprocal rank: {seen[relevant]}")
assert seen == {"paper-b": 1.0, "paper-a": 0.5}
PY
