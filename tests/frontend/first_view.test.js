// A page that stands before its kernel does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { same, standby } from "../../explorer/dashboard/frontend/first_view.js";
import { openLink } from "../../explorer/dashboard/frontend/link.js";
import { EMPTY, fakeKernel } from "./kernel.js";

const QUIET = { onSilent: () => {}, onBusy: () => {} };

function traits(more = {}) {
  return {
    assets: { early: false },
    selection: { ...EMPTY },
    summary: { seq: 0, url: "", shown: 3 },
    status: { seq: 0 },
    charts: [{ name: "topics" }],
    ...more,
  };
}

/** A kernel's model that can be heard, on given values. */
function heard(values) {
  const kernel = fakeKernel();
  Object.assign(kernel.traits, values);
  const listeners = new Map();
  Object.assign(kernel.model, {
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) =>
      listeners.set(
        event,
        listeners.get(event).filter((other) => other !== listener),
      ),
  });
  return { ...kernel, emit: (event) => (listeners.get(event) ?? []).forEach((listener) => listener()), listeners };
}

test("what is done before the kernel is there reaches it in the order in which it was done", () => {
  const model = standby(traits(), "");
  const link = openLink(model, QUIET);
  link.set({ query: "vision" });
  link.send("page", { page: 1 });
  link.set({ years: [2020, null] });
  link.send("tick_all_of_nothing", {});
  const kernel = heard(traits());
  assert.deepEqual(kernel.sent, []);
  model.adopt(kernel.model, () => {});
  assert.deepEqual(
    kernel.sent.map((message) => message.kind),
    ["set", "page", "set", "tick_all_of_nothing"],
  );
  assert.deepEqual(kernel.sent[0].changes, { query: "vision" });
  assert.deepEqual(kernel.sent[2].changes, { years: [2020, null] });
  const numbers = kernel.sent.map((message) => message.seq);
  assert.deepEqual(
    numbers,
    [...numbers].sort((a, b) => a - b),
  );
  assert.ok(new Set(numbers).size === numbers.length);
  link.close();
});

test("a kernel that shows the same draws nothing anew, and one that differs only what differs", () => {
  for (const [theirs, expected] of [
    [traits(), []],
    [traits({ summary: { seq: 7, url: "", shown: 3 } }), []],
    [traits({ charts: [{ name: "topics", note: "new" }] }), ["charts"]],
    [traits({ summary: { seq: 0, url: "", shown: 4 }, status: { seq: 0, text: "x" } }), ["summary", "status"]],
  ]) {
    const model = standby(traits(), "");
    const drawn = [];
    for (const name of Object.keys(traits())) model.on(`change:${name}`, () => drawn.push(name));
    model.adopt(heard(theirs).model, () => {});
    assert.deepEqual(drawn, expected);
  }
});

test("afterwards the kernel's model is heard, read and written to", () => {
  const model = standby(traits(), "");
  let drawn = 0;
  model.on("change:charts", () => (drawn += 1));
  assert.ok(model.waiting());
  const kernel = heard(traits());
  model.adopt(kernel.model, () => {});
  assert.ok(!model.waiting());
  kernel.traits.charts = [];
  kernel.emit("change:charts");
  assert.equal(drawn, 1);
  assert.deepEqual(model.get("charts"), []);
  model.on("change:papers", () => (drawn += 1));
  kernel.emit("change:papers");
  assert.equal(drawn, 2);
  model.send({ kind: "undo", seq: 9 });
  assert.equal(kernel.sent.at(-1).kind, "undo");
  model.release();
  kernel.emit("change:charts");
  assert.equal(drawn, 2);
});

test("a kernel started in advance is told the address before anything else, and drawn once it shows that", async () => {
  const model = standby(traits({ summary: { seq: 0, url: "q=vision", shown: 5 } }), "q=vision&strange=1");
  const link = openLink(model, QUIET);
  link.set({ sort: "title" });
  const drawn = [];
  model.on("change:summary", () => drawn.push(model.get("summary").shown));
  const kernel = heard(traits({ assets: { early: true } }));
  let there = false;
  model.adopt(kernel.model, () => (there = true));
  assert.deepEqual(kernel.sent, [{ kind: "arrive", seq: 1, url: "q=vision&strange=1" }]);
  assert.ok(!there && model.waiting());
  // Something else of the kernel that is not the answer.
  kernel.emit("change:summary");
  await Promise.resolve();
  assert.ok(!there);
  kernel.traits.summary = { seq: 1, url: "q=vision", shown: 5 };
  kernel.emit("change:summary");
  await Promise.resolve();
  assert.ok(there);
  assert.deepEqual(drawn, []);
  assert.deepEqual(
    kernel.sent.map((message) => [message.kind, message.seq > 1]),
    [
      ["arrive", false],
      ["set", true],
    ],
  );
  link.close();
});

test("numbers of messages are no difference, anything that is drawn is", () => {
  assert.ok(same("summary", { seq: 1, shown: 2 }, { seq: 5, shown: 2 }));
  assert.ok(!same("summary", { seq: 1, shown: 2 }, { seq: 1, shown: 3 }));
  assert.ok(!same("papers", { seq: 1 }, { seq: 2 }));
});
