import assert from "node:assert/strict";
import { before, test } from "node:test";

import { watchPress } from "../../explorer/dashboard/frontend/pointer.js";

class Element extends EventTarget {
  constructor(matches = []) {
    super();
    this.matches = matches;
  }

  closest(selector) {
    return this.matches.includes(selector) ? this : null;
  }
}

before(() => {
  globalThis.window = new EventTarget();
  globalThis.Element = Element;
});

const later = () => new Promise((resolve) => setTimeout(resolve));

function pressed(root) {
  root.dispatchEvent(new Event("pointerdown"));
}

test("without a press an action runs at once", () => {
  const whenReleased = watchPress(new Element(), new AbortController().signal);
  const done = [];
  whenReleased(() => done.push("drawn"));
  assert.deepEqual(done, ["drawn"]);
});

test("during a press actions wait, and run in turn after the click that ends it", async () => {
  const root = new Element();
  const whenReleased = watchPress(root, new AbortController().signal);
  const done = [];
  pressed(root);
  ["one", "two"].forEach((name) => whenReleased(() => done.push(name)));
  assert.deepEqual(done, []);
  globalThis.window.dispatchEvent(new Event("pointerup"));
  done.push("click"); // comes in the same task as the release
  await later();
  assert.deepEqual(done, ["click", "one", "two"]);
  whenReleased(() => done.push("three"));
  assert.equal(done.at(-1), "three");
});

for (const name of ["pointercancel", "dragend", "blur"])
  test(`${name} ends a press too`, async () => {
    const root = new Element();
    const whenReleased = watchPress(root, new AbortController().signal);
    const done = [];
    pressed(root);
    whenReleased(() => done.push("drawn"));
    globalThis.window.dispatchEvent(new Event(name));
    await later();
    assert.deepEqual(done, ["drawn"]);
  });

test("what loses the focus by the press does not end it", async () => {
  const root = new Element();
  const whenReleased = watchPress(root, new AbortController().signal);
  const done = [];
  pressed(root);
  whenReleased(() => done.push("drawn"));
  // As the window hears it of a box that had the focus.
  globalThis.window.dispatchEvent(Object.defineProperty(new Event("blur"), "target", { value: root }));
  await later();
  assert.deepEqual(done, []);
});

test("a handle that is dragged holds nothing up", () => {
  const handle = new Element([".lx-handle"]);
  const whenReleased = watchPress(handle, new AbortController().signal);
  const done = [];
  pressed(handle);
  whenReleased(() => done.push("drawn"));
  assert.deepEqual(done, ["drawn"]);
});

test("a view that is gone listens no more", () => {
  const root = new Element();
  const controller = new AbortController();
  const whenReleased = watchPress(root, controller.signal);
  controller.abort();
  pressed(root);
  const done = [];
  whenReleased(() => done.push("drawn"));
  assert.deepEqual(done, ["drawn"]);
});
