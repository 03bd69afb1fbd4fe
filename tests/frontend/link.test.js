import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { openLink, watchKernel } from "../../explorer/dashboard/frontend/link.js";
import { EMPTY, fakeKernel, randoms } from "./kernel.js";

const SILENT_AFTER = 20000; // ms

function opened(selection) {
  const kernel = fakeKernel(selection);
  const heard = { silent: 0, busy: [] };
  const link = openLink(kernel.model, { onSilent: () => (heard.silent += 1), onBusy: (busy) => heard.busy.push(busy) });
  return {
    ...kernel,
    link,
    heard,
    /** Answer one message and let the page see it. */
    step() {
      const answered = kernel.answer();
      link.settle();
      return answered;
    },
    /** Answer all there is to answer. */
    finish() {
      while (this.step());
    },
  };
}

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const kinds = (sent) => sent.map(({ kind }) => kind);

test("while a change is unanswered, typing sends nothing more", () => {
  const { link, sent } = opened();
  ["g", "gr", "gra", "graph"].forEach((query) => link.set({ query }));
  assert.deepEqual(
    sent.map(({ changes }) => changes),
    [{ query: "g" }],
  );
  assert.equal(link.draft().query, "graph");
});

test("after the answer the newest text follows, and only it", () => {
  const page = opened();
  ["g", "gr", "gra", "graph"].forEach((query) => page.link.set({ query }));
  page.finish();
  assert.deepEqual(
    page.sent.map(({ changes }) => changes.query),
    ["g", "graph"],
  );
  assert.equal(page.traits.selection.query, "graph");
  assert.deepEqual(page.heard.busy, [true, false, true, false]);
  assert.equal(page.link.busy(), false);
});

test("numbers grow, also between two links and beyond what the kernel has seen", () => {
  const [one, other] = [opened(), opened()];
  const numbers = [one.link.send("undo"), other.link.send("redo"), one.link.send("untick_all")];
  one.traits.status = { seq: numbers[2] + 50 };
  numbers.push(one.link.send("undo"));
  assert.deepEqual(
    numbers,
    [...numbers].sort((a, b) => a - b),
  );
  assert.equal(new Set(numbers).size, 4);
  assert.equal(numbers[3], numbers[2] + 51);
});

test("two quick clicks on values of one panel are both kept", () => {
  const page = opened();
  page.link.toggle("topics", "a");
  page.link.toggle("topics", "b");
  assert.ok(page.link.isOn("topics", "a") && page.link.isOn("topics", "b"));
  page.finish();
  assert.deepEqual(page.traits.selection.topics, ["a", "b"]);
});

test("another message sends what is pending ahead of it", () => {
  const page = opened();
  page.link.set({ query: "g" });
  page.link.set({ query: "graph" });
  page.link.send("tick", { row: 3, on: true });
  assert.deepEqual(kinds(page.sent), ["set", "set", "tick"]);
  assert.equal(page.sent[1].changes.query, "graph");
});

test("a question goes ahead of nothing and sends nothing else", () => {
  const page = opened();
  page.link.set({ query: "g" });
  page.link.set({ query: "graph" });
  page.link.send("complete", { text: "gra", at: 3, concepts: false });
  assert.deepEqual(kinds(page.sent), ["set", "complete"]);
});

test("what is changed while papers are opened waits for them, and not for papers that do not come", () => {
  for (const come of [true, false]) {
    const page = opened();
    page.traits.opening = { title: "many", stage: "Finding topics", part: 0.4 };
    page.link.set({ query: "gr" }, false, true);
    page.link.set({ query: "graph" });
    page.link.set({ mode: "any" });
    page.link.settle();
    assert.deepEqual([page.sent, page.link.busy(), page.link.draft().query], [[], true, "graph"]);
    page.traits.opening = null;
    if (!come) page.link.forget();
    page.link.settle();
    page.finish();
    assert.deepEqual(
      page.sent.map(({ changes }) => changes),
      come ? [{ query: "graph", mode: "any" }] : [],
    );
    assert.deepEqual([page.link.busy(), page.heard.silent], [false, 0]);
  }
});

test("a step while papers are opened waits for them, in the place of what waited", () => {
  const page = opened({ sort: "newest" });
  const { link, traits, sent } = page;
  traits.opening = { title: "many", stage: "Finding topics", part: 0.4 };
  const shown = () => {
    traits.opening = null;
    link.settle();
    page.finish();
    traits.opening = { title: "many", stage: "Finding topics", part: 0.4 };
    return sent.splice(0).map(({ kind, changes, name }) => changes ?? name ?? kind);
  };
  link.set({ query: "graph" });
  link.send("clear");
  assert.deepEqual([sent, link.busy()], [[], true]);
  // What is changed after it builds on its answer.
  link.set({ query: "planets" });
  assert.deepEqual(shown(), ["clear", { query: "planets" }]);
  assert.equal(traits.selection.query, "planets");
  link.send("run_search", { name: "one" });
  link.set({ query: "graph" });
  link.send("run_search", { name: "two" });
  assert.deepEqual(shown(), ["two"]);
  // What waits is taken back, and what waited before it comes.
  link.set({ query: "graph" });
  link.send("undo");
  assert.deepEqual([shown(), link.busy()], [[], false]);
  link.send("url", { url: "q=graph" });
  link.set({ query: "planets" });
  link.send("undo");
  link.send("redo");
  assert.deepEqual(shown(), ["url"]);
  link.send("clear");
  link.send("undo");
  assert.deepEqual(shown(), []);
  // Nothing waits for papers that do not come.
  link.send("clear");
  link.set({ query: "graph" });
  link.forget();
  assert.deepEqual([shown(), link.busy()], [[], false]);
  mock.timers.tick(2 * SILENT_AFTER);
  assert.equal(page.heard.silent, 0);
});

test("what was typed and not sent is sent before a click", () => {
  const page = opened();
  let typed = "graph";
  page.link.typedFirst(() => {
    const query = typed;
    typed = "";
    if (query) page.link.set({ query });
  });
  page.link.toggle("topics", "a");
  page.finish();
  assert.deepEqual(
    page.sent.map(({ changes }) => changes),
    [{ query: "graph" }, { topics: ["a"] }],
  );
});

test("a change of another field is a step of its own", () => {
  const page = opened();
  page.link.set({ query: "g" });
  page.link.set({ query: "graph" });
  page.link.set({ sort: "newest" });
  page.finish();
  assert.deepEqual(
    page.sent.map(({ changes }) => changes),
    [{ query: "g" }, { query: "graph" }, { sort: "newest" }],
  );
});

test("steps of one slider are taken back together, what was before them is not", () => {
  const page = opened();
  page.link.set({ prefer: [["recency", 0.1]] });
  page.link.set({ prefer: [["recency", 0.2]] }, true);
  page.link.set({ prefer: [["recency", 0.3]] }, true);
  page.finish();
  assert.deepEqual(
    page.sent.map(({ joined }) => joined),
    [false, true],
  );
  page.link.send("undo");
  page.finish();
  assert.deepEqual(page.traits.selection.prefer, []);
});

test("a step that begins anew is not joined to the one that waits", () => {
  const page = opened();
  page.link.set({ prefer: [["recency", 0.1]] });
  page.link.set({ prefer: [["recency", 0.2]] });
  page.link.set({ prefer: [["recency", 0.3]] }, true);
  page.finish();
  assert.deepEqual(
    page.sent.map(({ joined }) => joined),
    [false, false],
  );
});

test("a change made while an undo is unanswered builds on its answer", () => {
  const page = opened();
  page.link.toggle("topics", "a");
  page.finish();
  page.link.send("undo");
  page.link.toggle("topics", "b");
  assert.deepEqual(kinds(page.sent), ["set", "undo"]);
  page.finish();
  assert.deepEqual(page.traits.selection.topics, ["b"]);
});

test("a change between two steps is taken back by the second", () => {
  const page = opened({ topics: ["a"] });
  page.link.toggle("topics", "b");
  page.finish();
  page.link.send("undo");
  page.link.toggle("topics", "c");
  page.link.send("undo");
  page.finish();
  assert.deepEqual(kinds(page.sent), ["set", "undo", "set", "undo"]);
  assert.deepEqual(page.traits.selection.topics, ["a"]);
});

test("whatever is done in whatever rhythm, the kernel ends with what was done in turn", () => {
  const values = ["a", "b", "c"];
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randoms(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const page = opened();
    // The same acts on plain sets, one after the other.
    let plain = { topics: new Set(), authors: new Set(), query: "", year: null };
    for (let act = 0; act < 25; act += 1) {
      const [kind, field, value] = [random(), pick(["topics", "authors"]), pick(values)];
      if (kind < 0.4) {
        page.link.toggle(field, value);
        if (!plain[field].delete(value)) plain[field].add(value);
      } else if (kind < 0.5) {
        page.link.remove(field, value);
        plain[field].delete(value);
      } else if (kind < 0.65) {
        page.link.set({ query: `${act}` });
        plain.query = `${act}`;
      } else if (kind < 0.75) {
        page.link.toggle("years", 2000 + (act % 2));
        plain.year = plain.year === 2000 + (act % 2) ? null : 2000 + (act % 2);
      } else if (kind < 0.85) {
        page.link.send("clear");
        plain = { topics: new Set(), authors: new Set(), query: "", year: null };
      } else if (kind < 0.9) page.link.send("tick_page", { on: true });
      while (random() < 0.4) page.step();
    }
    page.finish();
    const { topics, authors, query, years } = page.traits.selection;
    assert.deepEqual(
      { topics, authors, query, years },
      {
        topics: [...plain.topics],
        authors: [...plain.authors],
        query: plain.query,
        years: [plain.year, plain.year],
      },
      `seed ${seed}`,
    );
    assert.deepEqual(page.link.draft(), page.traits.selection);
    assert.equal(page.link.busy(), false);
  }
});

test("a kernel that says nothing is noticed, one that answers is not", () => {
  const page = opened();
  page.link.set({ query: "a" });
  mock.timers.tick(SILENT_AFTER - 1);
  assert.equal(page.heard.silent, 0);
  mock.timers.tick(1);
  assert.equal(page.heard.silent, 1);
  page.finish();
  page.link.send("undo");
  page.finish();
  mock.timers.tick(2 * SILENT_AFTER);
  assert.equal(page.heard.silent, 1);
});

test("a question that is not answered, or cannot be sent, is no reason for alarm", () => {
  const page = opened();
  page.link.send("why", { row: 1 });
  mock.timers.tick(2 * SILENT_AFTER);
  page.model.send = () => {
    throw new Error("the socket is closed");
  };
  page.link.send("why", { row: 1 });
  assert.equal(page.heard.silent, 0);
  const logged = mock.method(console, "error", () => {});
  page.link.send("tick", { row: 1, on: true });
  assert.equal(page.heard.silent, 1);
  assert.equal(logged.mock.callCount(), 1);
  logged.mock.restore();
});

test("a change that was lost with the connection is made again, an undo is not", () => {
  const page = opened();
  page.link.set({ query: "graph" });
  page.link.set({ query: "graphs" });
  page.link.send("undo");
  page.lose();
  page.link.again();
  page.finish();
  assert.deepEqual(kinds(page.sent), ["set", "set", "undo", "set"]);
  assert.equal(page.traits.selection.query, "graphs");
});

test("a closed link raises no alarm", () => {
  const page = opened();
  page.link.set({ query: "a" });
  page.link.send("undo");
  page.link.close();
  mock.timers.tick(2 * SILENT_AFTER);
  assert.equal(page.heard.silent, 0);
});

test("buffers travel with their message", () => {
  const page = opened();
  const part = new ArrayBuffer(3);
  page.link.send("intake_chunk", { id: "f", part: 0 }, [part]);
  assert.deepEqual(page.sent[0].buffers, [part]);
  assert.deepEqual(page.traits.selection, EMPTY);
});

function signal() {
  const slots = new Set();
  return {
    connect: (slot) => slots.add(slot),
    disconnect: (slot) => slots.delete(slot),
    emit: (value) => slots.forEach((slot) => slot(null, value)),
    slots,
  };
}

function watched() {
  const kernel = { connectionStatusChanged: signal(), statusChanged: signal(), disposed: signal() };
  const heard = [];
  const stop = watchKernel({ widget_manager: { kernel } }, (gone) => heard.push(gone));
  return { kernel, heard, stop };
}

test("a short wobble of the network is not told, a long one is, and its end", () => {
  const { kernel, heard } = watched();
  kernel.connectionStatusChanged.emit("connecting");
  mock.timers.tick(2999);
  kernel.connectionStatusChanged.emit("connected");
  mock.timers.tick(10000);
  assert.deepEqual(heard, [false]);
  kernel.connectionStatusChanged.emit("connecting");
  mock.timers.tick(3000);
  assert.deepEqual(heard, [false, true]);
  kernel.connectionStatusChanged.emit("disconnected");
  mock.timers.tick(0);
  assert.deepEqual(heard, [false, true, true]);
});

test("a kernel that restarted connects again and is gone all the same", () => {
  const { kernel, heard } = watched();
  kernel.statusChanged.emit("idle");
  kernel.statusChanged.emit("autorestarting");
  kernel.connectionStatusChanged.emit("connected");
  mock.timers.tick(3000);
  assert.ok(heard.length && heard.every(Boolean));
});

test("who stops watching hears nothing more", () => {
  const { kernel, heard, stop } = watched();
  kernel.connectionStatusChanged.emit("connecting");
  stop();
  mock.timers.tick(10000);
  assert.deepEqual(heard, []);
  assert.equal(kernel.connectionStatusChanged.slots.size + kernel.statusChanged.slots.size + kernel.disposed.slots.size, 0);
});

test("a host that tells nothing of its kernel is taken as it is", () => {
  assert.doesNotThrow(() => watchKernel({}, () => assert.fail("nothing can be known"))());
});
