import assert from "node:assert/strict";
import { test } from "node:test";

import { direction, pointsTo, signed } from "../../explorer/dashboard/frontend/preference.js";
import { randoms } from "./kernel.js";

const length = (weights) => Math.sqrt(Object.values(weights).reduce((sum, weight) => sum + weight * weight, 0));

test("a direction has length one and keeps the ratios and signs", () => {
  const random = randoms(3);
  for (let run = 0; run < 200; run += 1) {
    const weights = { recency: 2 * random() - 1, upvotes: 2 * random() - 1, code: 2 * random() - 1 };
    const pointing = direction(weights);
    assert.ok(Math.abs(length(pointing) - 1) < 1e-12);
    for (const name of ["recency", "code"])
      assert.ok(Math.abs(pointing[name] * weights.upvotes - weights[name] * pointing.upvotes) < 1e-12);
    assert.ok(Object.keys(weights).every((name) => Math.sign(pointing[name]) === Math.sign(weights[name])));
  }
});

test("sliders that are all in the middle point nowhere", () => {
  assert.deepEqual(direction({ recency: 0, code: 0 }), { recency: 0, code: 0 });
  assert.deepEqual(direction({}), {});
});

test("what the kernel rounds to three places still is what the sliders say", () => {
  const random = randoms(5);
  for (let run = 0; run < 200; run += 1) {
    const weights = { recency: Math.round(random() * 40 - 20) / 20, code: Math.round(random() * 40 - 20) / 20 };
    const told = Object.entries(direction(weights)).map(([name, weight]) => ({
      name,
      weight: Math.round(weight * 1000) / 1000,
    }));
    assert.ok(pointsTo(weights, told));
  }
});

test("an undo, which points elsewhere, is noticed", () => {
  assert.equal(pointsTo({ recency: 1 }, [{ name: "recency", weight: 0.98 }]), false);
  assert.equal(pointsTo({ recency: 1 }, [{ name: "recency", weight: -1 }]), false);
  assert.equal(
    pointsTo({ recency: 1 }, [
      { name: "recency", weight: 0.707 },
      { name: "code", weight: 0.707 },
    ]),
    false,
  );
  assert.equal(pointsTo({}, [{ name: "recency", weight: 0 }]), true);
});

test("parts are written with a sign that is as wide as the other", () => {
  assert.equal(signed(0.5), "+0.50");
  assert.equal(signed(-1), "−1.00");
});
