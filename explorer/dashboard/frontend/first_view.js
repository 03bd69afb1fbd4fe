// The page before its kernel is there: drawn from values that the server wrote into it, and taken over in place.

/** @import { Traits } from "./messages.d.ts" */
/** @import { Listener, Model, Standby } from "./page.d.ts" */

const ARRIVAL = 1; // number of the message that tells a kernel which page it has come to; those of the reader follow

/**
 * A model that holds the server's values until the kernel's own model is there.
 *
 * Messages are kept, and sent in the order in which they were made. Until then nothing that the reader did is lost, and
 * what the kernel says is drawn only where it differs.
 *
 * @param {Traits} state
 * @param {string} address Query of the page's address.
 * @returns {Standby}
 */
export function standby(state, address) {
  /** @type {Model | null} */
  let kernel = null;
  /** @type {Parameters<Model["send"]>[]} */
  const kept = [];
  /** @type {Map<string, Set<Listener>>} */
  const listeners = new Map();
  /** @type {Map<string, Listener>} */
  const forwarded = new Map();
  state.summary = { ...state.summary, seq: ARRIVAL };

  /**
   * @param {string} event
   * @param {unknown[]} parts
   */
  function emit(event, ...parts) {
    [...(listeners.get(event) ?? [])].forEach((listener) => listener(...parts));
  }

  /** @param {string} event */
  function forward(event) {
    if (!kernel || forwarded.has(event)) return;
    /** @type {Listener} */
    const handler = (...parts) => emit(event, ...parts);
    forwarded.set(event, handler);
    kernel.on(event, handler);
  }

  /** @param {Model} model */
  function takeOver(model) {
    kernel = model;
    [...listeners.keys()].forEach(forward);
    for (const name of /** @type {(keyof Traits)[]} */ (Object.keys(state))) {
      if (!same(name, model.get(name), state[name])) emit(`change:${name}`);
    }
    kept.splice(0).forEach((message) => model.send(...message));
  }

  return {
    get: (name) => (kernel ?? { get: () => state[name] }).get(name),
    on(event, handler) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event)?.add(handler);
      forward(event);
    },
    off: (event, handler) => void listeners.get(event)?.delete(handler),
    send(...message) {
      if (kernel) kernel.send(...message);
      else kept.push(message);
    },
    get widget_manager() {
      return kernel?.widget_manager;
    },
    waiting: () => !kernel,
    adopt(model, done) {
      const over = () => {
        takeOver(model);
        done();
      };
      if (model.get("assets").early) arrive(model, address, over);
      else over();
    },
    release() {
      forwarded.forEach((handler, event) => kernel?.off(event, handler));
    },
  };
}

/**
 * Tell a kernel that was started before anybody came which page it has come to, and go on once it shows that.
 *
 * @param {Model} model
 * @param {string} url Query of the address.
 * @param {() => void} then
 */
export function arrive(model, url, then) {
  const answered = () => {
    if (!(model.get("summary").seq >= ARRIVAL)) return;
    model.off("change:summary", answered);
    // All that changed with it is there, but perhaps not told of yet.
    queueMicrotask(then);
  };
  model.on("change:summary", answered);
  post("arrive", { seq: ARRIVAL, url });

  /**
   * @param {"arrive"} kind
   * @param {{ seq: number; url: string }} content
   */
  function post(kind, content) {
    model.send({ kind, ...content });
  }
}

/**
 * Whether the kernel's value of a trait is drawn as the server's is.
 *
 * @param {string} name
 * @param {any} mine
 * @param {any} theirs
 */
export function same(name, mine, theirs) {
  // The number of a message is drawn nowhere.
  const plain = name === "summary" || name === "status" ? { seq: 0 } : null;
  const [left, right] = plain
    ? [
        { ...mine, ...plain },
        { ...theirs, ...plain },
      ]
    : [mine, theirs];
  return JSON.stringify(left) === JSON.stringify(right);
}
