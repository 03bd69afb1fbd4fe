import assert from "node:assert/strict";
import { test } from "node:test";
import { band, chanceOf, curvePath, mostMissed, percent, sampleFor } from "../../explorer/dashboard/frontend/recall.js";

test("a share is rounded, but only all is all", () => {
  assert.deepEqual([0, 0.004, 0.5, 0.996, 1, null].map(percent), ["0 %", "1 %", "50 %", "99 %", "100 %", "?"]);
});

test("a chance is said as in the sentence beside it", () => {
  assert.deepEqual([0.004, 0.01, 0.62, 0.996, null].map(chanceOf), ["below 1 %", "1 %", "62 %", "above 99 %", "?"]);
});

test("what a random sample can show at best is what the kernel says once it is read", () => {
  // By most_missed of explorer/screening/stopping.py, which rests on scipy's hypergeometric distribution.
  for (const [sampled, left, most] of [
    [50, 4041, 233],
    [60, 4041, 195],
    [1800, 4041, 5],
    [1, 10, 9],
    [10, 10, 0],
    [300, 4800, 46],
    [20, 37, 3],
  ])
    assert.equal(mostMissed(sampled, left, 0.95), most);
  assert.equal(sampleFor(82, 4041, 0.95, 0.95), 1821);
  assert.equal(sampleFor(9, 1600, 0.95, 0.95), 1520);
  assert.equal(sampleFor(20, 37, 0.9, 0.95), 23);
});

test("interval, value and target stand within the bar", () => {
  assert.deepEqual(band({ value: 0.8, low: 0.6, high: 0.95, confidence: 0.95 }, 0.9), {
    left: 60,
    width: 35,
    at: 80,
    target: 90,
  });
  assert.deepEqual(band({ value: null, low: null, high: null, confidence: 0.95 }, 0.95), {
    left: 0,
    width: 100,
    at: null,
    target: 95,
  });
});

test("the curve goes from the lower left towards the top", () => {
  const points = /** @type {[number, number][]} */ ([
    [0, 0],
    [5, 2],
    [10, 4],
  ]);
  assert.equal(curvePath(points, 20, 4, 400, 160), "M0.0 160.0L100.0 80.0L200.0 0.0");
  assert.equal(curvePath([[0, 0]], 0, 0, 400, 160), "M0.0 160.0");
});
