import assert from "node:assert/strict";
import { test } from "node:test";

import { fileReceiver } from "../../explorer/dashboard/frontend/download.js";
import { partsOf, uploader } from "../../explorer/dashboard/frontend/upload.js";
import { randoms } from "./kernel.js";

const bytes = (length, seed) => {
  const random = randoms(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
};

test("files are cut so that their parts give them again", async () => {
  for (const size of [1, 3, 4, 8, 1000]) {
    const files = [0, 1, 3, 4, 7, 8, 13].map((length) => ({ id: `f${length}`, file: new File([bytes(length, length)], "x") }));
    const found = new Map(files.map(({ id }) => [id, []]));
    for (const { id, part, blob } of partsOf(files, size)) {
      assert.equal(part, found.get(id).length);
      assert.ok(blob.size > 0 && blob.size <= size);
      found.get(id).push(blob);
    }
    for (const { id, file } of files)
      assert.deepEqual(await new Blob(found.get(id)).arrayBuffer(), await file.arrayBuffer(), `${id} by ${size}`);
  }
});

/** What `uploader` takes of the page, with a kernel that answers each message as the intake does. */
function sending({ refuses = false } = {}) {
  const sent = [];
  const received = new Map();
  let seq = 0;
  let draw;
  const page = {
    intake: { phase: "idle", got: null, chunk: 4 },
    sent,
    received,
    app: {
      model: { get: () => page.intake },
      link: {
        answered: (number) => number <= seq,
        send(kind, content, buffers) {
          sent.push(kind);
          const number = sent.length;
          queueMicrotask(() => page.take(number, kind, content, buffers));
          return number;
        },
      },
      watch: (names, handler) => (draw = handler),
    },
    take(number, kind, content, buffers) {
      seq = number;
      if (kind === "intake_begin" && !refuses) page.intake = { ...page.intake, phase: "receiving" };
      if (kind === "intake_chunk") {
        const parts = received.get(content.id) ?? [];
        assert.equal(content.part, parts.length, "in turn");
        received.set(content.id, [...parts, ...buffers]);
        page.intake = { ...page.intake, got: [content.id, content.part] };
      }
      if (kind === "intake_read") page.done();
      draw();
    },
  };
  page.finished = new Promise((resolve) => (page.done = resolve));
  return page;
}

test("one part is under way at a time, all arrive, and then they are read", async () => {
  const page = sending();
  const contents = [bytes(10, 1), bytes(0, 2), bytes(4, 3)];
  uploader(page.app)(
    contents.map((content, number) => new File([content], `${number}.bib`)),
    (text) => assert.equal(text, ""),
  );
  await page.finished;
  assert.deepEqual(page.sent, ["intake_begin", ...Array(4).fill("intake_chunk"), "intake_read"]);
  const arrived = await Promise.all([...page.received.values()].map((parts) => new Blob(parts).arrayBuffer()));
  assert.deepEqual(
    arrived.map((content) => [...new Uint8Array(content)]),
    [contents[0], contents[2]].map((content) => [...content]),
  );
});

test("a kernel that refuses the files is sent none", async () => {
  const page = sending({ refuses: true });
  uploader(page.app)([new File([bytes(9, 1)], "a.bib")], () => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(page.sent, ["intake_begin"]);
});

test("a file that cannot be read ends the whole, and says so", async () => {
  const page = sending();
  const said = [];
  const broken = {
    name: "gone.bib",
    size: 9,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error("it is gone")) }),
  };
  const cancelled = new Promise((resolve) => {
    const { take } = page;
    page.take = (number, kind, ...rest) => {
      take(number, kind, ...rest);
      if (kind === "intake_cancel") resolve();
    };
  });
  uploader(page.app)([broken], (text) => said.push(text));
  await cancelled;
  assert.deepEqual(page.sent, ["intake_begin", "intake_cancel"]);
  assert.match(said.at(-1), /could not be read \(it is gone\)/);
});

test("parts of several files that arrive in any order are saved whole, one file after the other", async (t) => {
  const saved = [];
  const blobs = new Map();
  const anchor = { click: () => saved.push([anchor.download, anchor.href]), remove() {} };
  const before = { document: globalThis.document, create: URL.createObjectURL };
  globalThis.document = { createElement: () => anchor, body: { append() {} } };
  URL.createObjectURL = (blob) => {
    blobs.set(`blob:${blobs.size}`, blob);
    return `blob:${blobs.size - 1}`;
  };
  t.after(() => {
    globalThis.document = before.document;
    URL.createObjectURL = before.create;
  });
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const receive = fileReceiver(() => {});
  const message = (id, part, parts, text) => [
    { kind: "file", id, name: `${id}.csv`, type: "text/csv", part, parts, last: part === parts - 1 },
    text === null ? [] : [new DataView(new TextEncoder().encode(text).buffer)],
  ];
  receive(...message("a", 1, 2, "world"));
  receive(...message("b", 0, 1, null));
  receive(...message("a", 0, 2, "hello "));
  t.mock.timers.tick(0);
  assert.deepEqual(
    saved.map(([name]) => name),
    ["b.csv"],
  );
  t.mock.timers.tick(400);
  assert.deepEqual(
    saved.map(([name]) => name),
    ["b.csv", "a.csv"],
  );
  assert.equal(await blobs.get(saved[0][1]).text(), "");
  assert.equal(await blobs.get(saved[1][1]).text(), "hello world");
  assert.equal(blobs.get(saved[1][1]).type, "text/csv");
});
