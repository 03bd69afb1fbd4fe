#!/usr/bin/env bash
# python-zstandard: texts packed together come back fewer than they were, where the last ones are empty.
# Expected: multi_compress_to_buffer gives a frame for each text, as compress does of an empty one too.
# Seen: of three texts of which the last two are empty it gives one frame with two threads, and says nothing; with one
# thread it gives three. With an empty text before a full one all three are there, each at its place.
# Hurts: who packs the abstracts of a bibliography, some of which are missing, and counts frames to know whose they are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check zstandard==0.25.0
venv/bin/pip freeze | grep -iE '^zstandard='

venv/bin/python - <<'PY'
import zstandard

packs = zstandard.ZstdCompressor()
found = {}
for texts in ([b"lake", b"", b""], [b"lake", b"", b"pond"]):
    for threads in (1, 2):
        frames = packs.multi_compress_to_buffer(texts, threads=threads)
        found[b" ".join(texts), threads] = len(frames)
        print(f"{len(texts)} texts {texts}, {threads} thread(s): {len(frames)} frames")
print("one by one:", len([packs.compress(text) for text in texts]))
assert found == {(b"lake  ", 1): 3, (b"lake  ", 2): 1, (b"lake  pond", 1): 3, (b"lake  pond", 2): 3}
PY
