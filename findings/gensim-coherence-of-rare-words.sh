#!/usr/bin/env bash
# gensim: words that never meet cohere better when they are rare.
# Expected: normalised pointwise mutual information is -1 for two words that never stand together, however often each
# stands alone.
# Seen: gensim puts a small number where the count is zero, and the result depends on how rare the words are: two
# frequent words that never meet get -0.95, two rare ones -0.50.
# Hurts: who chooses the number of topics by c_npmi: topics made of rare words that never meet look better than they
# are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check gensim==4.4.0 numpy==2.4.6 scipy==1.17.1
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
from gensim.corpora import Dictionary
from gensim.models.coherencemodel import CoherenceModel

texts = [["lake", "ice"] if number < 500 else ["moon", "dust"] for number in range(1000)]
texts[0] = [*texts[0], "sonar"]
texts[-1] = [*texts[-1], "mirror"]
dictionary = Dictionary(texts)
seen = {}
for topic in (("lake", "moon"), ("sonar", "mirror"), ("lake", "ice")):
    model = CoherenceModel(topics=[list(topic)], texts=texts, dictionary=dictionary, coherence="c_npmi", processes=1)
    together = sum(set(topic) <= set(text) for text in texts)
    seen[topic] = round(float(model.get_coherence()), 2)
    print(topic, "texts with both:", together, "c_npmi:", seen[topic])
assert seen == {("lake", "moon"): -0.95, ("sonar", "mirror"): -0.5, ("lake", "ice"): 1.0}
PY
