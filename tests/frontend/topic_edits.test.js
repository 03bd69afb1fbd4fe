import assert from "node:assert/strict";
import { test } from "node:test";

import { axisName } from "../../explorer/dashboard/frontend/axes.js";
import { faint } from "../../explorer/dashboard/frontend/figure.js";
import { learntText } from "../../explorer/dashboard/frontend/recommended.js";
import { nothing, oddsText } from "../../explorer/dashboard/frontend/topic_compare.js";
import { stabilityText } from "../../explorer/dashboard/frontend/topic_edits.js";
import { placeOf } from "../../explorer/dashboard/frontend/topic_marks.js";

test("how sure it is that a topic is one", () => {
  assert.match(stabilityText(null), /not measured/);
  assert.equal(stabilityText(0.62), "Over samples of the papers 62 % of its words come back.");
  assert.match(stabilityText(0.1), /10 % .* with care/);
});

test("odds are short and keep their interval", () => {
  assert.equal(oddsText({ odds: [2, 0.38, 10.4] }), "× 2 (0.38 to 10)");
  assert.equal(oddsText({ odds: [0.0805, 0.00904, 0.716] }), "× 0.081 (0.0090 to 0.72)");
  assert.equal(oddsText({ odds: [1234.5, 101, 22000] }), "× 1235 (101 to 22000)");
  assert.equal(oddsText({ odds: [0.09, null, 0.9] }), "× 0.090 (at most 0.90)");
  assert.equal(oddsText({ odds: [11, 1.02, null] }), "× 11 (at least 1)");
  assert.equal(oddsText({ odds: [1.1, null, null] }), "× 1.1 (not known)");
});

test("why there is nothing to compare", () => {
  assert.match(nothing("keywords", "Key phrase"), /no key phrase is on five of these papers/);
  assert.equal(nothing("topics", "Topic"), "There is nothing to compare.");
});

test("a faded colour is solid and lies between the colour and its ground", () => {
  assert.equal(faint("rgb(100, 200, 0)", "rgb(0, 0, 0)"), "rgb(35, 70, 0)");
  assert.equal(faint("rgb(0, 0, 0)", "rgb(255, 255, 255)"), "rgb(166, 166, 166)");
});

test("an axis is called by its poles or by its column", () => {
  assert.equal(axisName({ low: "theory", high: "experiment", column: "" }), "theory ↔ experiment");
  assert.equal(axisName({ low: "Score", high: "", column: "columns.score" }), "Score");
});

test("a topic has its mark also where it has no row, and a name that every object has is none", () => {
  const panel = { places: { moss: 3 } };
  assert.equal(placeOf(panel, "moss"), 3);
  assert.equal(placeOf(panel, "constructor"), undefined);
  assert.equal(placeOf(undefined, "moss"), undefined);
});

test("what was learnt from is said", () => {
  assert.match(
    learntText({ learnt: 1, picked: 0, writable: true }),
    /^Learnt from 1 paper: what you starred, tagged and read\./,
  );
  assert.match(learntText({ learnt: 1, picked: 1, writable: true }), /^Learnt from 1 paper: the papers you picked\./);
  assert.match(learntText({ learnt: 5, picked: 2, writable: true }), /read and 2 papers you picked\./);
  assert.match(learntText({ learnt: 2, picked: 2, writable: false }), /^Learnt from 2 papers: the papers you picked\./);
});
