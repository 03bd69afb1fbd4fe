import assert from "node:assert/strict";
import { test } from "node:test";

import { drawnPlaces } from "../../explorer/dashboard/frontend/axes.js";
import { barPieces, signed } from "../../explorer/dashboard/frontend/explanation.js";
import { barGap, dressed, neededHeight, readableOn } from "../../explorer/dashboard/frontend/figure.js";
import { randoms } from "./kernel.js";

const COLOURS = {
  ink: "ink",
  muted: "muted",
  line: "line",
  edge: "edge",
  surface: "surface",
  accent: "accent",
  family: "serif",
};
const SIZE = { width: 480, height: 300 };
const fast = () => true;

test("a range drawn over a histogram takes every bar that it touches, and no other", () => {
  const random = randoms(11);
  for (let run = 0; run < 500; run += 1) {
    const pair = [random() * 6 - 3, random() * 6 - 3];
    const [low, high] = [Math.min(...pair), Math.max(...pair)];
    const [from, to] = drawnPlaces(pair, [-4, 4], 0.25, true);
    assert.ok(from <= low && low < from + 0.25 + 1e-9);
    assert.ok(to >= high && high > to - 0.25 - 1e-9);
    assert.ok([from, to].every((place) => Number.isInteger(place * 4)));
  }
});

test("an icicle of many topics is high enough to be read, other trees stay as they are", () => {
  const areas = Array.from({ length: 41 }, (_, at) => at - 1);
  assert.equal(neededHeight({ data: [{ type: "icicle", meta: { areas } }] }), 18 * 41);
  assert.equal(neededHeight({ data: [{ type: "treemap", meta: { areas } }] }), 0);
  assert.equal(neededHeight({ data: [{ type: "bar", orientation: "h", y: areas }] }), 20 * 41 + 60);
});

test("the sides of a box are rounded to the nearest step", () => {
  assert.deepEqual(drawnPlaces([0.52, -0.48], [-3, 3], 0.05, false), [-0.5, 0.5]);
});

test("an end at or beyond all papers is open", () => {
  assert.deepEqual(drawnPlaces([-9, 9], [-3, 3], 0.25, true), [null, null]);
  assert.deepEqual(drawnPlaces([-3, 1.3], [-3, 3], 0.25, true), [null, 1.5]);
});

test("pieces of a bar stand side by side from the middle outwards", () => {
  const { zero, pieces } = barPieces([1, -1, 2], -2, 6);
  assert.equal(zero, 0.25);
  assert.deepEqual(pieces, [
    { start: 0.25, size: 0.125 },
    { start: 0.125, size: 0.125 },
    { start: 0.375, size: 0.25 },
  ]);
});

test("what speaks against the worst papers ends at the edge", () => {
  const { pieces } = barPieces([-5, -1], -2, 6);
  assert.deepEqual(pieces, [
    { start: 0, size: 0.25 },
    { start: 0, size: 0 },
  ]);
});

test("what is rounded to nothing has no sign", () => {
  assert.deepEqual(
    [1.26, -1.26, 0.04, -0.04, 0].map((amount) => signed(amount, 1)),
    ["+1.3", "−1.3", "0.0", "0.0", "0.0"],
  );
  assert.equal(signed(-0.04, 2), "−0.04");
});

test("a bar of nothing has no width, and is drawn all the same", () => {
  const { pieces } = barPieces([0, 0], 0, 0);
  assert.ok(pieces.every(({ start, size }) => Number.isFinite(start) && size === 0));
});

test("pieces stay within the bar and do not overlap", () => {
  const random = randoms(13);
  for (let run = 0; run < 200; run += 1) {
    const amounts = Array.from({ length: 4 }, () => 2 * random() - 1);
    const high = amounts.reduce((sum, amount) => sum + Math.max(amount, 0), 0);
    const low = amounts.reduce((sum, amount) => sum + Math.min(amount, 0), 0) * random();
    const { pieces } = barPieces(amounts, low, high);
    const parts = pieces.map(({ start, size }) => [start, start + size]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    parts.forEach(([start, end], place) => {
      assert.ok(start > -1e-9 && end < 1 + 1e-9);
      if (place) assert.ok(start > parts[place - 1][1] - 1e-9);
    });
  }
});

const figure = () => ({
  data: [{ type: "bar", orientation: "h", marker: { opacity: [1] }, meta: { accent: true } }],
  layout: {
    height: 160,
    margin: { t: 6 },
    xaxis: { title: { text: "papers" }, range: [0, 5] },
    yaxis: { tickvals: [0] },
    yaxis2: { range: [0, 1] },
    font: { size: 40 },
  },
});

test("the kernel's figure stays as it came", () => {
  const given = figure();
  dressed(given, COLOURS, SIZE, fast);
  assert.deepEqual(given, figure());
});

test("a figure takes the size of its frame and the colours of the theme, and keeps what it says", () => {
  const { data, layout } = dressed(figure(), COLOURS, SIZE, fast);
  assert.deepEqual([layout.width, layout.height], [480, 300]);
  assert.deepEqual(layout.margin, { l: 8, r: 12, t: 6, b: 32 });
  assert.deepEqual(layout.font, { size: 12, family: "serif", color: "ink" });
  assert.deepEqual(layout.xaxis.range, [0, 5]);
  assert.deepEqual(layout.xaxis.title, { text: "papers", font: { color: "muted", size: 12 } });
  assert.equal(layout.yaxis.title, undefined);
  assert.deepEqual(layout.yaxis2.range, [0, 1]);
  assert.ok([layout.xaxis, layout.yaxis, layout.yaxis2].every((axis) => axis.fixedrange && axis.gridcolor === "line"));
  assert.deepEqual(data[0].marker, { opacity: [1], color: "accent" });
  assert.equal(layout.dragmode, false);
});

test("few bars are no thicker than others", () => {
  for (const [bars, height] of [
    [1, 330],
    [2, 330],
    [4, 330],
    [15, 390],
    [65, 1360],
    [3, 20],
  ]) {
    const thick = ((height - 60) / bars) * (1 - barGap(bars, height));
    assert.ok(thick <= 44.001, `${bars} in ${height}: ${thick}`);
    assert.ok(barGap(bars, height) >= 0.2 && barGap(bars, height) < 1);
  }
  assert.equal(dressed(figure(), COLOURS, { width: 400, height: 170 }, fast).layout.bargap, 0.6);
});

test("labels stay level, and as many as fit", () => {
  assert.equal(dressed(figure(), COLOURS, SIZE, fast).layout.xaxis.nticks, 6);
  const series = { data: [{ type: "scatter" }], layout: {} };
  assert.equal(dressed(series, COLOURS, SIZE, fast).layout.xaxis.nticks, 10);
  assert.equal(dressed(series, COLOURS, { width: 20, height: 20 }, fast).layout.xaxis.nticks, 3);
  // A month takes more room than a year, and an axis has that of its part of the picture only.
  const months = { data: [{ type: "scatter", x: ["2005-01", "2005-02"] }], layout: {} };
  assert.equal(dressed(months, COLOURS, SIZE, fast).layout.xaxis.nticks, 7);
  const beside = { ...figure(), layout: { xaxis: { domain: [0, 0.5] } } };
  assert.equal(dressed(beside, COLOURS, { width: 1000, height: 300 }, fast).layout.xaxis.nticks, 6);
});

test("points are drawn by WebGL where there is one, and nobody asks where no trace would", () => {
  const points = { data: [{ type: "scattergl", x: [1] }], layout: { selectdirection: "any" } };
  assert.equal(dressed(points, COLOURS, SIZE, fast).data[0].type, "scattergl");
  assert.equal(dressed(points, COLOURS, SIZE, () => false).data[0].type, "scatter");
  assert.equal(dressed(points, COLOURS, SIZE, fast).layout.dragmode, "select");
  dressed(figure(), COLOURS, SIZE, () => assert.fail("asked"));
});

test("scales of colour run from edge to edge", () => {
  const data = [
    { type: "heatmap", meta: { density: true } },
    { type: "scattergl", marker: { size: 3, colorbar: { len: 1 } }, meta: { scaled: true } },
  ];
  const [density, scaled] = dressed({ data, layout: {} }, COLOURS, SIZE, fast).data;
  assert.deepEqual(density.colorscale, [
    [0, "surface"],
    [1, "edge"],
  ]);
  assert.deepEqual(scaled.marker.colorscale, [
    [0, "edge"],
    [0.5, "accent"],
    [1, "ink"],
  ]);
  assert.deepEqual(scaled.marker.colorbar, { len: 1, tickfont: { color: "muted", size: 12 } });
  assert.equal(scaled.marker.size, 3);
});

test("a figure without traces or axes is one", () => {
  const { data, layout } = dressed({ data: [], layout: {} }, COLOURS, SIZE, fast);
  assert.deepEqual(data, []);
  assert.equal(layout.shapes, undefined);
});

test("what is written on an area stands out from it, whatever its colour", () => {
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const contrast = (one, other) => {
    const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const random = randoms(5);
  for (let run = 0; run < 500; run += 1) {
    const ground = [0, 0, 0].map(() => Math.floor(random() * 256));
    const ink = readableOn(`rgb(${ground.join(", ")})`) === "#000" ? [0, 0, 0] : [255, 255, 255];
    assert.ok(contrast(ink, ground) >= 4.5);
  }
});
