import assert from "node:assert/strict";
import { test } from "node:test";

import { between, columns, ends, holding, jumps, keyStep, nearest, stepEnd } from "../../explorer/dashboard/frontend/steps.js";
import { MONTHS, YEARS } from "../../explorer/dashboard/frontend/range.js";
import { randoms } from "./kernel.js";

const years = (first, last) => Array.from({ length: last - first + 1 }, (_, place) => [first + place, place]);
const MONTH_STEPS = [
  ["2023-11", 1],
  ["2023-12", 0],
  ["2024-01", 4],
];

test("the ends of a range and back", () => {
  const steps = years(1990, 2020);
  for (let low = 0; low < steps.length; low += 1)
    for (let high = low; high < steps.length; high += 1) assert.deepEqual(ends(steps, between(steps, low, high)), [low, high]);
});

test("an end at the edge is open, so that papers which come later count", () => {
  assert.deepEqual(between(years(1990, 2020), 0, 30), [null, null]);
  assert.deepEqual(between(years(1990, 2020), 1, 29), [1991, 2019]);
});

test("a range holds the steps that lie in it, whatever its ends", () => {
  const steps = years(2000, 2010);
  for (let from = 1997; from <= 2013; from += 1)
    for (let to = from; to <= 2013; to += 1) {
      const inside = steps.filter(([year]) => from <= year && year <= to);
      if (!inside.length) continue;
      const [low, high] = ends(steps, [from, to]);
      assert.deepEqual(steps.slice(low, high + 1), inside, `${from} to ${to}`);
    }
});

test("months compare as they are written", () => {
  assert.deepEqual(ends(MONTH_STEPS, ["2023-12", null]), [1, 2]);
  assert.deepEqual(ends(MONTH_STEPS, [null, "2023-12"]), [0, 1]);
});

test("what lies outside all steps is at the nearest end", () => {
  const last = MONTH_STEPS.length - 1;
  assert.deepEqual(ends(MONTH_STEPS, ["1700-01", "1700-12"]), [0, 0]);
  assert.deepEqual(ends(MONTH_STEPS, ["2900-01", null]), [last, last]);
});

test("without steps there is nothing between the ends", () => {
  const [low, high] = ends([], [null, null]);
  assert.ok(low > high);
});

test("a year that no paper has is taken as the next one inside", () => {
  const steps = [2000, 2004, 2009].map((year) => [year, 1]);
  assert.equal(steps[nearest(steps, 2001, 0)][0], 2004);
  assert.equal(steps[nearest(steps, 2001, 1)][0], 2000);
  assert.equal(steps[nearest(steps, 2004, 0)][0], 2004);
  assert.equal(steps[nearest(steps, 2004, 1)][0], 2004);
  assert.equal(steps[nearest(steps, 2030, 0)][0], 2009);
  assert.ok(nearest(steps, 1900, 1) < 0);
});

test("a number lies in one step, and a step ends before the next one", () => {
  const steps = [-0.2, -0.1, 0, 0.1, 0.2].map((step) => [step, 1]);
  const held = (number) => steps[holding(steps, number)][0];
  assert.deepEqual([-9, -0.2, -0.11, 0, 0.05, 0.29, 9].map(held), [-0.2, -0.2, -0.2, 0, 0, 0.2, 0.2]);
  assert.deepEqual([stepEnd(0.2, 0.1), stepEnd(-36, 2), stepEnd(480000, 19999)], [0.3, -34, 499999]);
  assert.equal(stepEnd("2024-06", 0), "2024-06");
});

test("keys move a handle by a step, a page, or to the edge", () => {
  assert.equal(keyStep("ArrowLeft", 80), -1);
  assert.equal(keyStep("ArrowUp", 80), 1);
  assert.equal(keyStep("PageDown", 80), -10);
  assert.equal(keyStep("PageUp", 4), 2);
  assert.equal(keyStep("Home", 80), -80);
  assert.equal(keyStep("End", 80), 80);
  assert.equal(keyStep("a", 80), undefined);
  assert.equal(keyStep("Tab", 80), undefined);
});

test("columns hold every step once, in order, as many of each as the others", () => {
  const random = randoms(7);
  for (let count = 0; count < 400; count += 1) {
    const steps = years(1600, 1600 + count - 1).map(([year]) => [year, Math.floor(random() * 9)]);
    const found = columns(steps, 72);
    assert.ok(found.length <= 72);
    assert.equal(
      found.reduce((sum, column) => sum + column.papers, 0),
      steps.reduce((sum, [, papers]) => sum + papers, 0),
    );
    let next = 0;
    for (const column of found) {
      assert.equal(column.start, next);
      next += column.steps;
      const first = steps[column.start][0];
      assert.equal(column.label, column.steps === 1 ? `${first}` : `${first} to ${first + column.steps - 1}`);
    }
    assert.equal(next, count);
    assert.ok(new Set(found.slice(0, -1).map((column) => column.steps)).size <= 1);
  }
});

test("what the boxes take for a year and a month", () => {
  assert.equal(YEARS.read("2020"), 2020);
  assert.equal(YEARS.read("20x0"), null);
  assert.equal(YEARS.read("2020.5"), null);
  const pattern = new RegExp(`^(?:${MONTHS.attributes.pattern})$`);
  assert.ok(["2024-01", "1999-12"].every((text) => pattern.test(text)));
  assert.ok(["2024-13", "2024-00", "2024", "24-01", "2024-1"].every((text) => !pattern.test(text)));
});

test("where years are left out between two steps", () => {
  assert.deepEqual(jumps([1687, 1986, 1987, 1990].map((year) => [year, 1])), [1, 3]);
  assert.deepEqual(jumps([]), []);
  assert.deepEqual(jumps(MONTH_STEPS), []);
  assert.deepEqual(
    jumps([
      ["1687-12", 1],
      ["1988-01", 2],
    ]),
    [1],
  );
});
