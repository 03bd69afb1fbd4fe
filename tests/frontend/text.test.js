import assert from "node:assert/strict";
import { test } from "node:test";

import { cellPick, cellText, tabTo } from "../../explorer/dashboard/frontend/charts.js";
import { conceptColour, expression, written } from "../../explorer/dashboard/frontend/concepts.js";
import { buttonLabel } from "../../explorer/dashboard/frontend/intake.js";
import { isExpression } from "../../explorer/dashboard/frontend/search.js";
import { SHORTCUTS } from "../../explorer/dashboard/frontend/shortcuts.js";
import {
  count,
  dotted,
  plainText,
  plural,
  scripts,
  spoken,
  tidied,
  webAddress,
} from "../../explorer/dashboard/frontend/text.js";

test("numbers and their nouns", () => {
  assert.equal(count(1234567), "1,234,567");
  assert.equal(plural(1, "paper"), "1 paper");
  assert.equal(plural(0, "paper"), "0 papers");
  assert.equal(plural(1200, "merge"), "1,200 merges");
});

test("a marked text says the same without its marks", () => {
  assert.equal(
    plainText([
      ["A ", 0],
      ["<b>graph</b>", 1],
      [" of graphs", 0],
    ]),
    "A <b>graph</b> of graphs",
  );
  assert.equal(plainText([]), "");
});

test("formulas have signs below and above the line, and say the same", () => {
  /** @param {string} text */
  const drawn = (text) =>
    scripts([[text, 0]])
      .map(([part, , role]) => (role === "sign" ? "" : role ? `<${role}>${part}</${role}>` : part))
      .join("");
  for (const [text, expected] of [
    ["The x_i of 2x_j", "The x<sub>i</sub> of 2x<sub>j</sub>"],
    ["γ_n=n^(-γ)", "γ<sub>n</sub>=n<sup>-γ</sup>"],
    ["On K_(1,3) and (a+b)^k", "On K<sub>1,3</sub> and (a+b)<sup>k</sup>"],
    ["x̂_i^k", "x̂<sub>i</sub><sup>k</sup>"],
    ["(g_n)_(n=1)^∞ in L^∞ and A^†", "(g<sub>n</sub>)<sub>n=1</sub><sup>∞</sup> in L<sup>∞</sup> and A<sup>†</sup>"],
    ["snake_case, p_value, a_b_c, __init__ and x_ij", "snake_case, p_value, a_b_c, __init__ and x_ij"],
    ["a^ b_ _c", "a^ b_ _c"],
  ]) {
    assert.equal(drawn(text), expected);
    assert.equal(
      scripts([[text, 0]])
        .map(([part]) => part)
        .join(""),
      text,
    );
  }
  // A hit may end within a formula.
  assert.deepEqual(
    scripts([
      ["An ", 0],
      ["x", 1],
      ["_i here", 0],
    ]),
    [
      ["An ", 0, ""],
      ["x", 1, ""],
      ["_", 0, "sign"],
      ["i", 0, "sub"],
      [" here", 0, ""],
    ],
  );
});

test("names are compared as the kernel keeps them", () => {
  assert.equal(tidied("  two \n words\t"), "two words");
});

test("only web addresses become links", () => {
  for (const url of ["https://example.org/a", "HTTP://example.org"]) assert.equal(webAddress(url), url);
  for (const url of ["javascript:alert(1)", " https://example.org", "data:text/html,x", "ftp://x", "//x", ""])
    assert.equal(webAddress(url), null);
});

test("a cell of a table as text", () => {
  const cases = [
    [null, ""],
    ["theory", "theory"],
    [2024, "2024"],
    [12345, "12,345"],
    [0.123456, "0.123"],
    [-3, "-3"],
  ];
  for (const [cell, text] of cases) assert.equal(cellText(cell), text);
});

test("a cell of a table selects the value of its row, or of its column", () => {
  const pick = { field: "topics", values: ["a", "b"] };
  const rows = [
    ["a", 3],
    ["b", 2],
  ];
  assert.equal(cellPick(pick, rows, 1, "b", 0), "b");
  assert.equal(cellPick(pick, rows, 1, 2, 1), undefined);
  assert.equal(cellPick(pick, [], 0, "b", 1), "b");
  assert.equal(cellPick(pick, [], 0, "c", 1), undefined);
  assert.equal(cellPick(null, rows, 0, "a", 0), undefined);
});

test("arrow keys go round the tabs", () => {
  assert.equal(tabTo("ArrowRight", 0, 2), 1);
  assert.equal(tabTo("ArrowRight", 1, 2), 0);
  assert.equal(tabTo("ArrowLeft", 0, 3), 2);
  assert.equal(tabTo("Home", 2, 3), 0);
  assert.equal(tabTo("End", 0, 3), 2);
  assert.equal(tabTo("Tab", 0, 3), undefined);
});

test("concepts as an expression", () => {
  const term = (text, weight, added) => ({ text, weight, added });
  assert.equal(expression([term("arithmetic", 1, true)]), "arithmetic");
  assert.equal(expression([term("vision", 1, false)]), "- vision");
  assert.equal(
    expression([term("arithmetic", 0.5, true), term('topic:"a b"', 1, true), term("benchmark", 1.25, false)]),
    '0.5*arithmetic + topic:"a b" - 1.25*benchmark',
  );
  assert.equal(expression([]), "");
});

test("a weight is written as short as it can be", () => {
  assert.deepEqual([0.1 + 0.2, 1 / 3, 2, 0].map(written), ["0.3", "0.333", "2", "0"]);
});

test("colours of concepts begin again after the last", () => {
  const names = Array.from({ length: 12 }, (_, place) => conceptColour(place));
  assert.equal(new Set(names).size, 6);
  assert.equal(names[0], names[6]);
});

test("what the button says of papers on their way in", () => {
  assert.equal(buttonLabel({ phase: "idle", part: null }), "Add papers");
  assert.equal(buttonLabel({ phase: "done", part: null }), "Add papers");
  assert.equal(buttonLabel({ phase: "review", part: null }), "Review papers");
  assert.equal(buttonLabel({ phase: "fetching", part: null }), "Reading…");
  assert.equal(buttonLabel({ phase: "receiving", part: 0.999 }), "Reading… 99 %");
  assert.equal(buttonLabel({ phase: "building", part: 0 }), "Building… 0 %");
});

test("an expression begins with an equals sign", () => {
  assert.ok(isExpression(" = a + b"));
  assert.ok(!isExpression("a = b"));
});

test("every shortcut is told once, of the Screen mode and of the rest", () => {
  // While it screens, the page hands its keys to the Screen mode first.
  for (const screening of [true, false]) {
    const told = SHORTCUTS.filter(([, meaning]) => meaning.startsWith("while screening") === screening);
    const keys = told.flatMap(([pressed]) => pressed.split("  "));
    assert.ok(keys.length);
    assert.equal(new Set(keys).size, keys.length);
  }
});

test("a line of facts may end after a dot and not before one", () => {
  assert.equal(dotted(["A", "", null, "B"]), "A\u00a0· B");
  assert.equal(dotted([undefined]), "");
});

test("names of columns are said in words", () => {
  const said = ["github_stars", "githubStars", "DOI", "my_label", "abstractNote", "score2", "_"].map(spoken);
  assert.deepEqual(said, ["Github stars", "Github stars", "DOI", "My label", "Abstract note", "Score2", "_"]);
});
