import assert from "node:assert/strict";
import { test } from "node:test";

import { expression, guessedTerms } from "../../explorer/dashboard/frontend/concepts.js";

test("the terms of a ranking are known before the kernel answers", () => {
  const told = (text) => guessedTerms(text).map(({ added, weight, kind, label }) => [added ? "+" : "-", weight, kind, label]);
  assert.deepEqual(told("arithmetic + few-shot learning - 2*benchmark"), [
    ["+", 1, "words", "arithmetic"],
    ["+", 1, "words", "few-shot learning"],
    ["-", 2, "words", "benchmark"],
  ]);
  assert.deepEqual(told('- vision −.5×"chain - of + thought"+topic:"task vectors"'), [
    ["-", 1, "words", "vision"],
    ["-", 0.5, "words", "chain - of + thought"],
    ["+", 1, "topic", "task vectors"],
  ]);
  for (const nothing of ["", " + ", "2*", "- -"]) assert.deepEqual(told(nothing), []);
});

test("what is written of terms is read as these", () => {
  const terms = guessedTerms('a b + 3*"c + d" - set:"mine"');
  assert.equal(expression(terms), 'a b + 3*"c + d" - set:"mine"');
});
