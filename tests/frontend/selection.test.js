import assert from "node:assert/strict";
import { test } from "node:test";

import { holds, removed, toggled } from "../../explorer/dashboard/frontend/selection.js";
import { EMPTY } from "./kernel.js";

const chosen = (fields) => ({ ...EMPTY, ...fields });

test("toggling", async (t) => {
  const cases = [
    ["a value comes in", {}, "topics", "a", { topics: ["a"] }],
    ["a value comes in beside others", { topics: ["b"] }, "topics", "a", { topics: ["b", "a"] }],
    ["a value goes out", { topics: ["b", "a"] }, "topics", "b", { topics: ["a"] }],
    ["a flag is set", {}, "has_code", false, { has_code: false }],
    ["the other flag takes its place", { has_code: false }, "has_code", true, { has_code: true }],
    ["a flag is taken back", { has_code: true }, "has_code", true, { has_code: null }],
    ["a year stands for a range of one", {}, "years", 2020, { years: [2020, 2020] }],
    ["a range that is there is taken back", { years: [2020, 2020] }, "years", 2020, { years: [null, null] }],
    ["another range takes its place", { years: [2020, 2020] }, "years", [2019, null], { years: [2019, null] }],
    ["a drawn range", {}, "x", [-0.5, null], { x: [-0.5, null] }],
  ];
  for (const [name, before, field, value, changes] of cases)
    await t.test(name, () => assert.deepEqual(toggled(chosen(before), field, value), changes));
});

test("a value is there after it was toggled in and not after it was toggled out", () => {
  for (const [field, value] of [
    ["topics", "a"],
    ["has_code", false],
    ["years", 2020],
  ]) {
    const once = chosen(toggled(EMPTY, field, value));
    const asHeld = field === "years" ? [value, value] : value;
    assert.equal(holds(EMPTY, field, asHeld), false);
    assert.equal(holds(once, field, asHeld), true);
    assert.equal(holds(chosen(toggled(once, field, value)), field, asHeld), false);
  }
});

test("an end of a range is not the range", () => {
  assert.equal(holds(chosen({ years: [2019, 2021] }), "years", 2019), false);
});

test("taking a chip away", async (t) => {
  const full = chosen({
    query: "graph",
    topics: ["a", "b"],
    has_code: true,
    years: [2019, null],
    axes: [["theory", "experiment"]],
    x: [0, 1],
    prefer: [["recency", 1]],
    like: ["id1"],
  });
  const cases = [
    ["query", "graph", { query: "" }],
    ["topics", "a", { topics: ["b"] }],
    ["topics", "of no paper", { topics: ["a", "b"] }],
    ["has_code", true, { has_code: null }],
    ["years", [2019, null], { years: [null, null] }],
    ["axes", [["theory", "experiment"]], { axes: [], x: [null, null], y: [null, null] }],
    ["x", [0, 1], { x: [null, null] }],
    ["prefer", [["recency", 1]], { prefer: [] }],
    ["like", "id1", { like: [] }],
  ];
  for (const [field, value, changes] of cases)
    await t.test(`${field} ${value}`, () => assert.deepEqual(removed(full, field, value), changes));
});

test("no change touches the selection it was made of", () => {
  const selection = chosen({ topics: ["a"] });
  const before = structuredClone(selection);
  toggled(selection, "topics", "b");
  removed(selection, "topics", "a");
  assert.deepEqual(selection, before);
});
