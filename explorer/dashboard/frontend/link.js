// The line to the kernel: numbered messages, and at most one change of the selection in flight.

import { excluded, holds, removed, toggled } from "./selection.js";

/** @import { Changes, Kind } from "./messages.d.ts" */
/** @import { Link, Model, Signal } from "./page.d.ts" */

const ANSWER_TIMEOUT = 20000; // ms without an answer after which the page says that the kernel is silent
const WOBBLE = 3000; // ms; a network that fails for less mends itself

/** Ask for something and change nothing. @type {ReadonlySet<Kind>} */
const ASIDE = new Set(
  /** @type {const} */ ([
    "complete",
    "suggest",
    "beyond",
    "why",
    "axis_point",
    "ledger",
    "picture",
    "report",
    "chart_code",
    "cite",
    "day",
    "subscriptions",
    "plotly",
    "screen_flow",
    "recommend",
    "topic",
    "topic_log",
    "topic_compare",
    "file_next",
  ]),
);

/** Change the selection to one that only the kernel knows. @type {ReadonlySet<Kind>} */
const STEPS = new Set(/** @type {const} */ (["undo", "redo", "clear", "url", "run_search"]));

/** Number of the last message of every view: two of the same widget must not use a number twice. */
let last = 0;

/**
 * A message while it is unanswered.
 *
 * @typedef {{ seq: number; timer: number }} Unanswered
 */

/**
 * Open the line.
 *
 * `set` never queues: while one change is unanswered, later ones are merged into a single pending
 * change, so typing fast sends the newest text only. `draft` is the selection as it will be once all
 * is answered; toggles build on it, so two quick clicks do not undo each other.
 *
 * What the reader did first reaches the kernel first: any other message sends the pending change ahead of it, and
 * before that what `typedFirst` was told of, such as a query that waits for a pause. A change made while an undo is
 * unanswered waits for the answer, which it builds on.
 *
 * @param {Model} model
 * @param {{ onSilent: () => void; onBusy: (busy: boolean) => void }} listeners `onSilent` hears that an answer is overdue,
 *   `onBusy` whether a change is unanswered.
 * @returns {Link}
 */
export function openLink(model, { onSilent, onBusy }) {
  /** @type {Unanswered & { changes: Changes } | null} */
  let flight = null;
  /** @type {Changes | null} */
  let pending = null;
  /** Whether undo takes back what is pending together with the change before. */
  let joined = false;
  /** Whether the query that is pending is still being typed. */
  let typed = false;
  /** The last message that is a step. @type {Unanswered | null} */
  let step = null;
  /** Changes made since. @type {(() => void)[]} */
  const after = [];
  let unsent = () => {};
  /** The step that waits for papers. @type {(() => number) | null} */
  let first = null;
  /** Whether the papers are still being opened: what is changed meanwhile waits for them. */
  const opening = () => Boolean(model.get("opening"));
  const echoed = () => Math.max(model.get("summary")?.seq ?? 0, model.get("status")?.seq ?? 0);

  /**
   * @param {Kind} kind
   * @param {object} [content]
   * @param {ArrayBuffer[]} [buffers]
   */
  function post(kind, content, buffers) {
    last = Math.max(last, echoed()) + 1;
    try {
      model.send({ kind, seq: last, ...content }, undefined, buffers);
    } catch (error) {
      // What is only asked for may be missed, as on a page that is being left.
      if (!ASIDE.has(kind)) {
        console.error(error);
        onSilent();
      }
    }
    return last;
  }

  /** @type {Link["send"]} */
  function send(kind, content, buffers) {
    if (ASIDE.has(kind)) return post(kind, content, buffers);
    unsent();
    if (!STEPS.has(kind)) {
      launch();
      return post(kind, content, buffers);
    }
    // A further step replaces or takes back what waits for the one before; it must not be made after it.
    after.splice(0).forEach((change) => change());
    if (opening()) return awaitPapers(kind, content);
    return take(kind, content);
  }

  /**
   * @param {Kind} kind
   * @param {object} [content]
   */
  function take(kind, content) {
    launch();
    const seq = post(kind, content);
    over(step);
    step = { seq, timer: setTimeout(onSilent, ANSWER_TIMEOUT) };
    return seq;
  }

  /**
   * Of no papers a step would show what is none of theirs, and what was changed before would come after it: it waits, and
   * replaces what waits, or takes it back.
   *
   * @param {Kind} kind
   * @param {object} [content]
   */
  function awaitPapers(kind, content) {
    if (kind === "undo") first = pending ? first : null;
    else if (kind !== "redo") first = () => take(kind, content);
    if (kind !== "redo") pending = null;
    return last;
  }

  /** Leave what waits for papers. */
  function forget() {
    pending = null;
    first = null;
    after.length = 0;
  }

  /** Send what is pending. */
  function launch() {
    if (!pending || opening()) return;
    const changes = pending;
    pending = null;
    over(flight);
    flight = {
      changes: { ...flight?.changes, ...changes },
      seq: post("set", typed ? { changes, joined, typed } : { changes, joined }),
      timer: setTimeout(onSilent, ANSWER_TIMEOUT),
    };
    onBusy(true);
  }

  function settle() {
    if (first && !opening()) {
      const act = first;
      first = null;
      act();
    }
    if (step && echoed() >= step.seq) step = over(step);
    if (flight && echoed() >= flight.seq) {
      flight = over(flight);
      onBusy(false);
    }
    if (!step) after.splice(0).forEach((change) => change());
    if (!flight) launch();
  }

  /** @param {Unanswered | null} message */
  function over(message) {
    clearTimeout(message?.timer);
    return null;
  }

  /**
   * Make a change, or leave it until the step it builds on is answered.
   *
   * @template {unknown[]} Parts
   * @param {(...parts: Parts) => void} change
   * @returns {(...parts: Parts) => void}
   */
  const whenKnown =
    (change) =>
    (...parts) => {
      unsent();
      if (step || first) after.push(() => change(...parts));
      else change(...parts);
    };

  /**
   * @param {Changes} changes
   * @param {boolean} [together]
   * @param {boolean} [unfinished]
   */
  function set(changes, together = false, unfinished = false) {
    // Another field is another thing that the reader did, which can be undone by itself.
    if (pending && Object.keys(pending).join() !== Object.keys(changes).join()) launch();
    joined = together && (joined || !pending);
    pending = { ...pending, ...changes };
    typed = unfinished;
    if (!flight) launch();
  }

  const draft = () => ({ ...model.get("selection"), ...flight?.changes, ...pending });

  return {
    send,
    set: whenKnown(set),
    draft,
    typedFirst(flush) {
      unsent = flush;
    },
    busy: () => Boolean(flight || pending || first),
    answered: (seq) => echoed() >= seq,
    isOn: (field, value) => holds(draft(), field, value),
    toggle: whenKnown((field, value) => set(toggled(draft(), field, value))),
    exclude: whenKnown((field, value) => set(excluded(draft(), field, value))),
    remove: whenKnown((field, value) => set(removed(draft(), field, value))),
    settle,
    /** Without papers what waited for them is of nothing. */
    forget,
    /** A change may have been lost on the way, and made twice it is the same; a step is not. */
    again() {
      step = over(step);
      if (flight) {
        pending = { ...flight.changes, ...pending };
        flight = over(flight);
      }
      settle();
    },
    close() {
      over(flight);
      over(step);
    },
  };
}

/**
 * Call `onChange(true)` when the kernel is out of reach, `onChange(false)` when it is back; returns a function that stops it.
 *
 * @param {Model} model
 * @param {(gone: boolean) => void} onChange
 */
export function watchKernel(model, onChange) {
  const kernel = model.widget_manager?.kernel;
  /** @type {(() => void)[]} */
  const undo = [];
  /** @type {number | undefined} */
  let timer;
  let ended = false; // a restarted kernel connects again, but knows nothing of this dashboard
  /**
   * @template T
   * @param {Signal<T> | undefined} signal
   * @param {(sender: unknown, value: T) => void} handler
   */
  const listen = (signal, handler) => {
    if (!signal?.connect) return;
    signal.connect(handler);
    undo.push(() => signal.disconnect(handler));
  };
  listen(kernel?.connectionStatusChanged, (_, state) => {
    clearTimeout(timer);
    if (state === "connected" && !ended) onChange(false);
    else timer = setTimeout(() => onChange(true), state === "disconnected" ? 0 : WOBBLE);
  });
  const end = () => {
    ended = true;
    onChange(true);
  };
  listen(kernel?.statusChanged, (_, state) => {
    if (["dead", "terminating", "restarting", "autorestarting"].includes(state)) end();
  });
  listen(kernel?.disposed, end);
  return () => {
    clearTimeout(timer);
    undo.forEach((stop) => stop());
  };
}
