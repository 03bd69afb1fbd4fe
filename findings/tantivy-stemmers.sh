#!/usr/bin/env bash
# tantivy: an index of another version opens, and words in it are not found.
# Expected: an index that a newer version of a search engine opens without complaint answers as before; where words are
# cut differently, the version of the index says so.
# Seen: tantivy 0.26 and 0.27 read each other's indexes, but their English stemmers differ. In an index made with the
# one, the other finds no paper for universities or organization, though the word stands in the title.
# Hurts: who keeps an index and updates the package: queries find less, quietly, until the index is built again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 0.26.0 0.27.0; do
    "${PYTHON:-python3}" -m venv "$version"
    "$version"/bin/pip install -qq --disable-pip-version-check tantivy=="$version"
    "$version"/bin/pip freeze
done
cat > build.py <<'PY'
import tantivy

builder = tantivy.SchemaBuilder()
builder.add_text_field("title", tokenizer_name="en_stem")
index = tantivy.Index(builder.build(), "index")
writer = index.writer(15_000_000)
writer.add_document(tantivy.Document(title="The organization of universities in the north"))
writer.commit()
PY
cat > search.py <<'PY'
import tantivy

index = tantivy.Index.open("index")
words = ["universities", "organization", "north"]
print([(word, index.searcher().search(index.parse_query(word, ["title"])).count) for word in words])
PY
for made in 0.26.0 0.27.0; do
    rm -rf index
    mkdir index
    "$made"/bin/python build.py
    for opened in 0.26.0 0.27.0; do
        echo "made by $made, opened by $opened: $("$opened"/bin/python search.py)"
    done
done | tee seen
diff seen - <<'SEEN'
made by 0.26.0, opened by 0.26.0: [('universities', 1), ('organization', 1), ('north', 1)]
made by 0.26.0, opened by 0.27.0: [('universities', 0), ('organization', 0), ('north', 1)]
made by 0.27.0, opened by 0.26.0: [('universities', 0), ('organization', 0), ('north', 1)]
made by 0.27.0, opened by 0.27.0: [('universities', 1), ('organization', 1), ('north', 1)]
SEEN
