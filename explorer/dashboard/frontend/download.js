// Files are fetched from the server; where it gives none out, they arrive from the kernel in numbered parts.

/** @import { DownloadAnswer, FileAnswer } from "./messages.d.ts" */

const BETWEEN_FILES = 400; // ms; browsers drop a second download started in the same instant
const KEPT = 60000; // ms until the browser has surely read a file

/**
 * A file on its way.
 *
 * @typedef {{ name: string; type: string; chunks: BlobPart[]; got: number }} Arriving
 */

/**
 * A function that takes `file` messages and saves each file once all its parts are there; the kernel says what they are.
 *
 * @param {(id: string) => void} arrived Is told of each part that does not end its file, whereupon the kernel sends another.
 * @returns {(message: FileAnswer, buffers: DataView<ArrayBuffer>[]) => void}
 */
export function fileReceiver(arrived) {
  /** @type {Map<string, Arriving>} */
  const arriving = new Map();
  let free = 0;

  /** @param {Arriving} file */
  function save({ name, type, chunks }) {
    const address = URL.createObjectURL(new Blob(chunks, { type }));
    saveAs(address, name);
    setTimeout(() => URL.revokeObjectURL(address), KEPT);
  }

  return (message, buffers) => {
    const file = arriving.get(message.id) ?? { name: message.name, type: message.type, chunks: [], got: 0 };
    arriving.set(message.id, file);
    file.chunks[message.part] = buffers[0] ?? "";
    file.got += 1;
    if (!message.last) arrived(message.id);
    if (file.got < message.parts) return;
    arriving.delete(message.id);
    const wait = Math.max(0, free - Date.now());
    free = Date.now() + wait + BETWEEN_FILES;
    setTimeout(() => save(file), wait);
  };
}

/**
 * Have the browser fetch a file from the server, which gives it out once.
 *
 * @param {DownloadAnswer} message
 */
export function fetchFile({ url, name }) {
  saveAs(url, name);
}

/**
 * @param {string} address
 * @param {string} name
 */
function saveAs(address, name) {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.hidden = true;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}
