import assert from "node:assert/strict";
import { test } from "node:test";

import { middle, rangeText } from "../../explorer/dashboard/frontend/filters.js";
import { chosenOf, excluded, holds, ranged, removed, toggled } from "../../explorer/dashboard/frontend/selection.js";
import { EMPTY } from "./kernel.js";

const chosen = (fields) => ({ ...EMPTY, ...fields });

test("a long name is cut in the middle only where another begins like it", () => {
  const names = [
    "University of Somewhere, Department of A",
    "University of Somewhere, Department of B",
    "A name that is long and alone",
  ];
  assert.deepEqual(
    names.map((name) => middle(name, names)[1]),
    ["of A", "of B", ""],
  );
  for (const name of names) assert.equal(middle(name, names).join(""), name);
  assert.deepEqual(middle("short", ["short", "shorter"]), ["short", ""]);
  // The end begins with a word, unless nothing would be left of it.
  const like = (name) => middle(name, [name, `${name.slice(0, 20)}!`])[1];
  assert.equal(like("Proceedings of the Conference on Computational Linguistics"), "inguistics");
  assert.equal(like("Proceedings of the Conference on Machine Learning"), "Learning");
  assert.equal(like("Proceedings of the International Joint Conference, IJCAI-23"), "IJCAI-23");
  assert.equal(like("Proceedings of the International Conference, part 7"), "part 7");
});

test("a range of steps is written to the end of its last step", () => {
  assert.equal(rangeText([0.2, 0.45], 0.05), "0.2..0.5");
  assert.equal(rangeText([0.1, 0.2], 0.1), "0.1..0.3");
  assert.equal(rangeText([null, 20], 9), "..29");
  assert.equal(rangeText(["2024-01", "2024-05"], 0), "2024-01..2024-05");
  assert.equal(rangeText([null, null], 1), "");
});

test("an end within a step is written as it was", () => {
  assert.equal(rangeText([null, null], 19999, [10, null]), "10..");
  assert.equal(rangeText([20000, 40000], 19999, [20500, null]), "20500..59999");
  assert.equal(rangeText([20000, 40000], 19999, [null, 41000]), "20000..41000");
  assert.equal(rangeText([null, null], 0.1, [null, -0.25]), "..-0.25");
});

test("values and ranges of own columns come in and go out", () => {
  const one = chosen(toggled(EMPTY, "columns.place", "MIT"));
  assert.deepEqual(one.columns, [["place", "MIT"]]);
  assert.equal(holds(one, "columns.place", "MIT"), true);
  assert.equal(holds(one, "columns.other", "MIT"), false);
  const both = chosen({ ...one, ...ranged(one, "columns.score", "0.5..") });
  assert.deepEqual(both.columns, [
    ["place", "MIT"],
    ["score", "0.5.."],
  ]);
  assert.deepEqual(chosenOf(both, "columns.score"), ["0.5.."]);
  assert.deepEqual(ranged(both, "columns.score", ""), { columns: [["place", "MIT"]] });
  assert.deepEqual(removed(both, "columns", ["place", "MIT"]), { columns: [["score", "0.5.."]] });
  assert.deepEqual(toggled(both, "columns.place", "MIT"), { columns: [["score", "0.5.."]] });
});

test("a value that is left out is not chosen too", () => {
  const some = chosen({ venues: ["a", "b"] });
  const out = chosen({ ...some, ...excluded(some, "venues", "a") });
  assert.deepEqual([out.venues, out.exclude], [["b"], [["venues", "a"]]]);
  assert.deepEqual(excluded(out, "venues", "a"), { exclude: [] });
  assert.deepEqual(toggled(out, "venues", "a"), { exclude: [], venues: ["b", "a"] });
  assert.deepEqual(removed(out, "exclude", ["venues", "a"]), { exclude: [] });
  assert.deepEqual(excluded(EMPTY, "columns.place", "MIT"), { exclude: [["place", "MIT"]] });
});
