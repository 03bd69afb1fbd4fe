#!/usr/bin/env bash
# feedparser: words between < and > leave the abstract.
# Expected: a feed that says k&lt;n in the abstract of a paper gives k<n to its reader.
# Seen: feedparser takes what stands between a less-than and a later greater-than sign for an HTML tag and removes it,
# words and all. With the less-than sign alone the abstract is whole; so is the title.
# Hurts: who makes a digest out of journals' RSS feeds: abstracts with inequalities lose half a sentence, and look
# whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check feedparser==6.0.14
venv/bin/pip freeze | paste -sd ' '

cat > feed.xml <<'RSS'
<rss version="2.0"><channel><title>New papers</title>
<item><title>Colours when k&lt;n and i&gt;j</title>
<description>A graph with k&lt;n colours is taken. For every pair with i&gt;j there is a path.</description></item>
<item><title>Colours when k&lt;n</title>
<description>A graph with k&lt;n colours is taken. For every pair there is a path.</description></item>
</channel></rss>
RSS
venv/bin/python - <<'PY'
import feedparser

both, alone = feedparser.parse("feed.xml").entries
for entry in (both, alone):
    print(entry.title, "|", entry.description)
assert both.title == "Colours when k<n and i>j"
assert both.description == "A graph with kj there is a path."
assert alone.description == "A graph with k<n colours is taken. For every pair there is a path."
PY
