#!/usr/bin/env bash
# rjsmin: a text within the expression of a template loses its blanks.
# Expected: a minifier that leaves out comments and room changes no text. Of templates it says that they are kept.
# Seen: of a template within the expression of another the blanks go: ", b and " becomes ",band". Without
# an outer template the same text is kept.
# Hurts: who minifies a page that writes sentences with templates: words run together, in no test of what the page does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check rjsmin==1.3.0
venv/bin/pip freeze | paste -sd ' '

venv/bin/python - <<'PY'
from rjsmin import jsmin

alone = "const said = list ? `, ${list} and ` : ``;"
within = "const said = `first${list ? `, ${list} and ` : ``}last`;"
print(jsmin(alone))
print(jsmin(within))
assert jsmin(alone) == "const said=list?`, ${list} and `:``;"
assert "`,${list}and`" in jsmin(within)
PY
