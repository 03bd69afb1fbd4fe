import assert from "node:assert/strict";
import { test } from "node:test";

import { percent } from "../../explorer/dashboard/frontend/text.js";
import { markOf } from "../../explorer/dashboard/frontend/topic_marks.js";
import {
  axisLabels,
  excluding,
  inside,
  labelledPeriods,
  level,
  rangeOf,
  riseText,
  runs,
  fromLeft,
  scaleEnd,
  sorted,
  sparkPaths,
  stops,
} from "../../explorer/dashboard/frontend/topics.js";

const periods = [2019, 2020, 2021, 2022].map((year) => ({
  label: String(year),
  papers: 10,
  state: year === 2022 ? "unfinished" : "",
  span: [`${year}-01`, `${year}-12`],
}));

test("forty topics have forty marks", () => {
  const marks = Array.from({ length: 40 }, (_, place) => JSON.stringify(markOf(place)));
  assert.equal(new Set(marks).size, 40);
});

test("the colour scale keeps nothing apart from little, and a period without papers from both", () => {
  assert.equal(level(0, 0, 0.5, true), null);
  assert.equal(level(0, 9, 0.5, true), 0);
  assert.equal(level(1, 1000, 0.5, true), 1);
  assert.equal(level(25, 100, 0.5, true), 5);
  assert.equal(level(90, 100, 0.5, true), 10);
  assert.equal(level(3, 100, 6, false), 5);
});

test("neighbours of one colour are one stop", () => {
  assert.equal(
    stops([null, 3, 3, 0]),
    "linear-gradient(to right, transparent 0.00% 25.00%, var(--heat-3) 25.00% 75.00%, var(--heat-0) 75.00% 100.00%)",
  );
});

test("runs of periods that tell little", () => {
  const states = ["few", "few", "", "coarse", "unfinished"].map((state) => ({ state }));
  assert.deepEqual(runs(states), [
    { state: "few", from: 0, to: 2 },
    { state: "coarse", from: 3, to: 4 },
    { state: "unfinished", from: 4, to: 5 },
  ]);
});

test("a range of periods is one of years, or of months where they are shorter", () => {
  const none = [null, null];
  assert.deepEqual(rangeOf(periods, 2, 1, "year"), { years: [2020, 2021], months: none });
  assert.deepEqual(rangeOf(periods, 0, 3, "year"), { years: none, months: none });
  const quarters = [{ span: ["2020-01", "2020-03"] }, { span: ["2020-04", "2020-06"] }, { span: ["2020-07", "2020-09"] }];
  assert.deepEqual(rangeOf(quarters, 1, 2, "quarter"), { years: none, months: ["2020-04", "2020-09"] });
});

test("columns that are values choose them, and all of them are no filter", () => {
  const values = ["Annals", "Letters", "Notes"].map((value) => ({ label: value, value, span: [] }));
  const draft = {
    venues: ["Letters"],
    columns: [
      ["lab", "north"],
      ["kind", "a"],
    ],
  };
  assert.deepEqual(rangeOf(values, 1, 0, "venues", draft), { venues: ["Annals", "Letters"] });
  assert.deepEqual(rangeOf(values, 0, 2, "venues", draft), { venues: [] });
  assert.deepEqual(rangeOf(values, 2, 2, "columns.lab", draft), {
    columns: [
      ["kind", "a"],
      ["lab", "Notes"],
    ],
  });
  assert.deepEqual(
    values.map((value) => inside(value, draft, "venues")),
    [false, true, false],
  );
  assert.ok(values.every((value) => inside(value, { columns: [] }, "columns.lab")));
});

test("what a range of dates leaves in", () => {
  const kept = (draft) => periods.filter((period) => inside(period, draft)).map((period) => period.label);
  const none = [null, null];
  assert.deepEqual(kept({ years: none, months: none }), ["2019", "2020", "2021", "2022"]);
  assert.deepEqual(kept({ years: [2020, 2021], months: none }), ["2020", "2021"]);
  assert.deepEqual(kept({ years: [null, 2019], months: none }), ["2019"]);
  assert.deepEqual(kept({ years: none, months: ["2020-06", null] }), ["2020", "2021", "2022"]);
});

test("a topic is left out by its own field", () => {
  const draft = { topics: ["b"], exclude: [["venues", "x"]] };
  const once = excluding(draft, "b");
  assert.deepEqual(once, {
    topics: [],
    exclude: [
      ["venues", "x"],
      ["topics", "b"],
    ],
  });
  assert.deepEqual(excluding({ ...draft, ...once }, "b").exclude, [["venues", "x"]]);
});

test("orders of the topics", () => {
  const rows = [
    { label: "b", rise: { by: 0.3, low: -0.1, high: 0.7 } },
    { label: "C", rise: { by: 0.1, low: 0.05, high: 0.15 } },
    { label: "a", rise: null },
  ];
  const labels = (by) =>
    sorted(rows, by)
      .map((row) => row.label)
      .join("");
  assert.deepEqual(["size", "name", "rise"].map(labels), ["bCa", "abC", "Cba"]);
  // The papers of no topic come last, however many they are.
  rows.unshift({ id: "none", label: "O", rise: { by: 0.5, low: 0.4, high: 0.6 } });
  assert.deepEqual(["size", "name", "rise"].map(labels), ["bCaO", "abCO", "CbaO"]);
});

test("a rise is said with its interval, and is none where that holds zero", () => {
  assert.match(riseText({ by: 0.2, low: 0.0524, high: 0.3339 }), /^Rising: \+20\.0 points .*\+5\.2 to \+33\.4/);
  assert.match(riseText({ by: -0.2, low: -0.3, high: -0.1 }), /^Falling: −20\.0/);
  assert.match(riseText({ by: 0.2, low: -0.1, high: 0.4 }), /^No clear change/);
  assert.match(riseText(null), /^Too few/);
  assert.deepEqual([0, 0.004, 0.0949, 0.25, 1].map(percent), ["0 %", "0.4 %", "9.5 %", "25 %", "100 %"]);
});

test("a sparkline ends where its periods are finished, and goes on dotted", () => {
  const row = { counts: [1, 2, 4, 1], low: [100, 500, 1500, 100], high: [4000, 5000, 7000, 4000] };
  const paths = sparkPaths(row, { periods, share: true });
  assert.deepEqual(
    paths.map(([name]) => name),
    ["lx-spark-band", "lx-spark-line", "lx-spark-open"],
  );
  assert.equal(paths[1][1].split("L").length, 3);
  assert.equal(paths[2][1].split("L").length, 2);
  assert.deepEqual(sparkPaths({ counts: [] }, { periods: [], share: true }), []);
  assert.equal(sparkPaths(row, { periods, share: false })[0][0], "lx-spark-line");
});

test("nothing is more than all: the scale's end says so", () => {
  assert.equal(scaleEnd({ share: true, top: 1, by: "year", choices: [] }), "all of a year’s papers");
  assert.equal(scaleEnd({ share: true, top: 0.25, by: "quarter", choices: [] }), "25 % or more of a quarter’s papers");
  assert.equal(scaleEnd({ share: false, top: 1, by: "year", choices: [] }), "1 paper or more");
  const choices = /** @type {[string, string][]} */ ([
    ["authors", "Author"],
    ["columns.fach", "Fach"],
  ]);
  assert.equal(scaleEnd({ share: true, top: 1, by: "authors", choices }), "all of an author’s papers");
  assert.equal(scaleEnd({ share: true, top: 1, by: "columns.fach", choices }), "all of a Fach’s papers");
});

test("the period in the middle is named where it has room between the first and the last", () => {
  assert.deepEqual(labelledPeriods(31, 4, 125), [0, 15, 30]);
  assert.deepEqual(labelledPeriods(180, 7, 125), [0, 179]);
  assert.deepEqual(labelledPeriods(10, 4, 96), [0, 9]);
  assert.deepEqual(labelledPeriods(180, 7, 240), [0, 89, 179]);
  assert.deepEqual(labelledPeriods(4, 4, 500), [0, 3]);
  assert.deepEqual(labelledPeriods(1, 4, 500), [0]);
  // Before it is known how wide they are.
  assert.deepEqual(labelledPeriods(180, 7, 0), [0, 89, 179]);
});

test("periods are called by their years where their names would run into each other", () => {
  const quarters = ["1992-Q1", "1992-Q2", "1993-Q1"];
  assert.deepEqual(axisLabels(quarters, 94), ["1992", "1992", "1993"]);
  assert.deepEqual(axisLabels(quarters, 125), quarters);
  assert.deepEqual(axisLabels(quarters, 0), quarters);
  assert.deepEqual(axisLabels(["2026-01", "2026-02", "2026-03"], 94), ["2026-01", "02", "03"]);
  assert.deepEqual(axisLabels([], 94), []);
});

test("columns without time are named from the left", () => {
  assert.equal(fromLeft(["Blood", "Haemophilia"]), "Blood, Haemophilia");
  const many = Array.from({ length: 20 }, (_, at) => String(at));
  assert.equal(fromLeft(many), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more");
  assert.ok(fromLeft(many.slice(0, 13)).endsWith("11, 12"));
  const long = "Proceedings of the 2004 International Symposium on Circuits and Systems";
  assert.equal(fromLeft([long, "Blood"]), "Proceedings of the 2004 International S…, Blood");
});
