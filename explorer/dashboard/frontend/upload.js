// Files cross to the kernel in parts, the next one only when the one before has arrived: other messages get through between
// them, and a slow line is not flooded.

/** @import { App } from "./page.d.ts" */
/** @typedef {{ id: string; file: File }} NamedFile */
/** @typedef {{ id: string; part: number; blob: Blob }} FilePart */

/**
 * Files on their way.
 *
 * @typedef {object} Job
 * @property {Iterator<FilePart, void>} parts Those to come.
 * @property {string | null} sent The part that was sent last, as `ID/PART`; null until it is on its way.
 * @property {number} seq Number of the message that announced them.
 * @property {(text: string) => void} complain Hears what goes wrong.
 */

/**
 * Files cut into parts; a file of no bytes has none.
 *
 * @param {NamedFile[]} files
 * @param {number} size Bytes of each part of a file but its last.
 * @returns {Generator<FilePart, void>}
 */
export function* partsOf(files, size) {
  for (const { id, file } of files)
    for (let part = 0; part * size < file.size; part += 1) yield { id, part, blob: file.slice(part * size, (part + 1) * size) };
}

/**
 * A function that sends files.
 *
 * @param {App} app
 * @returns {(files: File[], complain: (text: string) => void) => void}
 */
export function uploader(app) {
  const { model, link } = app;
  /** @type {Job | null} */
  let job = null;

  /** @param {Job} mine */
  async function next(mine) {
    const { value } = mine.parts.next();
    if (!value) {
      job = null;
      link.send("intake_read");
      return;
    }
    try {
      const data = await value.blob.arrayBuffer();
      if (job !== mine) return;
      mine.sent = `${value.id}/${value.part}`;
      link.send("intake_chunk", { id: value.id, part: value.part }, [data]);
    } catch (error) {
      if (job !== mine) return;
      job = null;
      link.send("intake_cancel");
      const reason = error instanceof Error ? error.message : error;
      mine.complain(`A file could not be read (${reason}). It may have been moved, or be open in another program.`);
    }
  }

  app.watch(["intake", "status"], () => {
    if (!job || !link.answered(job.seq)) return;
    const { phase, got } = model.get("intake");
    if (phase !== "receiving")
      job = null; // refused, or cancelled
    else if (job.sent === (got ? got.join("/") : "")) {
      job.sent = null; // until it is on its way
      next(job);
    }
  });

  return (files, complain) => {
    complain("");
    const mark = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
    const list = files.map((file, number) => ({ id: `${mark}-${number}`, file }));
    const seq = link.send("intake_begin", { files: list.map(({ id, file }) => ({ id, name: file.name, size: file.size })) });
    job = { parts: partsOf(list, model.get("intake").chunk), sent: "", seq, complain };
  };
}
