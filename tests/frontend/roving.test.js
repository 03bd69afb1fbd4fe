import assert from "node:assert/strict";
import { test } from "node:test";

import { rove } from "../../explorer/dashboard/frontend/roving.js";

const SIZES = [2, 3, 1];

test("arrows go from line to line and along a line", () => {
  assert.deepEqual(rove("ArrowDown", [0, 1], SIZES), [1, 1]);
  assert.deepEqual(rove("ArrowUp", [1, 0], SIZES), [0, 0]);
  assert.deepEqual(rove("ArrowRight", [1, 1], SIZES), [1, 2]);
  assert.deepEqual(rove("ArrowLeft", [1, 2], SIZES), [1, 1]);
  assert.deepEqual(rove("End", [0, 0], SIZES), [2, 0]);
  assert.deepEqual(rove("Home", [2, 0], SIZES), [0, 0]);
});

test("nothing leads out of the list, nor past a shorter line", () => {
  for (const [line, size] of SIZES.entries())
    for (let place = 0; place < size; place += 1)
      for (const key of ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"]) {
        const [to, at] = rove(key, [line, place], SIZES);
        assert.ok(to >= 0 && to < SIZES.length && at >= 0 && at < SIZES[to], `${key} from ${line}, ${place}`);
      }
});

test("other keys are left alone", () => {
  for (const key of ["Tab", "Enter", " ", "a", "Escape"]) assert.equal(rove(key, [1, 1], SIZES), undefined);
});
