#!/usr/bin/env bash
# pymed: the identifier of a paper is that of all papers that it cites, too.
# Expected: `pubmed_id` and `doi` of an article are the article's.
# Seen: they hold one line for the article and one for each reference that PubMed knows, for the reader takes every
# ArticleId below the record.
# Hurts: who counts, joins or looks up papers by what it gives; a table by PMID has a key that no other table has.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pymed==0.8.9
venv/bin/pip freeze | paste -sd ' '

cat > paper.xml <<'XML'
<PubmedArticle>
  <MedlineCitation><PMID>111</PMID>
    <Article><ArticleTitle>Salt</ArticleTitle><AuthorList><Author><LastName>Roe</LastName></Author></AuthorList></Article>
  </MedlineCitation>
  <PubmedData>
    <ArticleIdList><ArticleId IdType="pubmed">111</ArticleId><ArticleId IdType="doi">10.1000/salt</ArticleId></ArticleIdList>
    <ReferenceList><Reference><Citation>Ice. 2001.</Citation>
      <ArticleIdList><ArticleId IdType="pubmed">222</ArticleId><ArticleId IdType="doi">10.1000/ice</ArticleId></ArticleIdList>
    </Reference></ReferenceList>
  </PubmedData>
</PubmedArticle>
XML
venv/bin/python - <<'PY'
import xml.etree.ElementTree as ElementTree

from pymed.article import PubMedArticle

paper = PubMedArticle(xml_element=ElementTree.parse("paper.xml").getroot())
print("title:", paper.title)
print("pubmed_id:", repr(paper.pubmed_id))
print("doi:", repr(paper.doi))
assert paper.pubmed_id == "111\n222"
assert paper.doi == "10.1000/salt\n10.1000/ice"
PY
