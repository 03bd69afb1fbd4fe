#!/usr/bin/env bash
# tantivy: the UTC offset of a date is dropped.
# Expected: a datetime that carries its UTC offset is one instant: ten in the evening of 31 December five hours behind
# Greenwich is 2005 in the index, or the datetime is refused.
# Seen: Document.add_date drops the offset and files the clock's reading as UTC: the paper is of 2004. The
# constructor, Document(published=...), refuses the same value.
# Hurts: who indexes announcements with their offset, as feeds and mail have them: daily lists miss papers at both
# ends of the day, and years at both ends of the year.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check tantivy==0.27.0
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
import datetime

import tantivy

evening = datetime.datetime(2004, 12, 31, 22, tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))
builder = tantivy.SchemaBuilder()
builder.add_date_field("published", stored=True, indexed=True, fast=True)
schema = builder.build()
index = tantivy.Index(schema)
writer = index.writer(15_000_000)
document = tantivy.Document()
document.add_date("published", evening)
writer.add_document(document)
writer.commit()
index.reload()
searcher = index.searcher()
years = {}
for year in (2004, 2005):
    first, after = datetime.datetime(year, 1, 1), datetime.datetime(year + 1, 1, 1)
    query = tantivy.Query.range_query(schema, "published", tantivy.FieldType.Date, first, after, True, False)
    years[year] = searcher.search(query).count
try:
    tantivy.Document(published=evening)
    refused = False
except ValueError as error:
    refused = True
    print("constructor:", error)
print("in UTC:", evening.astimezone(datetime.timezone.utc), "papers found by year:", years)
assert years == {2004: 1, 2005: 0}
assert refused
PY
