// The line to the kernel: numbered messages, and at most one change of the selection in flight.

const ANSWER_TIMEOUT = 20000; // ms without an answer after which the page says that the kernel is silent
const RANGES = new Set(["years", "months", "x", "y"]);
const ASIDE = new Set(["complete", "suggest", "why", "axis_point", "ledger", "plotly"]); // ask for something and change nothing
const STEPS = new Set(["undo", "redo", "clear", "url", "run_search"]); // change the selection to one that only the kernel knows
let last = 0; // of every view: two of the same widget must not use a number twice

function sameValue(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

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
 */
export function openLink(model, { onSilent, onBusy }) {
  let flight = null;
  let pending = null;
  let joined = false; // whether undo takes back what is pending together with the change before
  let step = null; // the last message that is a step, while unanswered
  let after = []; // changes made since
  let unsent = () => {};
  const echoed = () => Math.max(model.get("summary")?.seq ?? 0, model.get("status")?.seq ?? 0);

  function post(kind, content = {}, buffers = undefined) {
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

  function send(kind, content, buffers) {
    if (ASIDE.has(kind)) return post(kind, content, buffers);
    unsent();
    if (pending) launch();
    const seq = post(kind, content, buffers);
    if (STEPS.has(kind)) {
      over(step);
      step = { seq, timer: setTimeout(onSilent, ANSWER_TIMEOUT) };
    }
    return seq;
  }

  function launch() {
    const changes = pending;
    pending = null;
    over(flight);
    flight = {
      changes: { ...flight?.changes, ...changes },
      seq: post("set", { changes, joined }),
      timer: setTimeout(onSilent, ANSWER_TIMEOUT),
    };
    onBusy(true);
  }

  function settle() {
    if (step && echoed() >= step.seq) step = over(step);
    if (flight && echoed() >= flight.seq) {
      flight = over(flight);
      onBusy(false);
    }
    if (!step) after.splice(0).forEach((change) => change());
    if (pending && !flight) launch();
  }

  function over(message) {
    clearTimeout(message?.timer);
    return null;
  }

  /** Make a change, or leave it until the step it builds on is answered. */
  const whenKnown =
    (change) =>
    (...parts) => {
      unsent();
      if (step) after.push(() => change(...parts));
      else change(...parts);
    };

  function set(changes, together = false) {
    // Another field is another thing that the reader did, which can be undone by itself.
    if (pending && Object.keys(pending).join() !== Object.keys(changes).join()) launch();
    joined = together && (joined || !pending);
    pending = { ...pending, ...changes };
    if (!flight) launch();
  }

  const draft = () => ({ ...model.get("selection"), ...flight?.changes, ...pending });

  const link = {
    send,
    /** `joined`: undo takes the change back together with the one before. */
    set: whenKnown(set),
    draft,
    typedFirst(flush) {
      unsent = flush;
    },
    busy: () => Boolean(flight),
    answered: (seq) => echoed() >= seq,
    isOn(field, value) {
      const current = draft()[field];
      return Array.isArray(current) && !RANGES.has(field) ? current.includes(value) : sameValue(current, value);
    },
    toggle: whenKnown((field, value) => {
      const current = draft()[field];
      if (RANGES.has(field)) {
        const range = Array.isArray(value) ? value : [value, value];
        set({ [field]: sameValue(current, range) ? [null, null] : range });
      } else if (Array.isArray(current)) {
        set({ [field]: current.includes(value) ? current.filter((item) => item !== value) : [...current, value] });
      } else set({ [field]: current === value ? null : value });
    }),
    /** Take one value out: what the × of a chip does. */
    remove: whenKnown((field, value) => {
      const current = draft()[field];
      if (field === "query") set({ query: "" });
      else if (field === "axes") set({ axes: [], x: [null, null], y: [null, null] });
      else if (field === "prefer") set({ prefer: [] });
      else if (RANGES.has(field)) set({ [field]: [null, null] });
      else set({ [field]: Array.isArray(current) ? current.filter((item) => item !== value) : null });
    }),
    settle,
    /** The kernel is in reach again. A change may have been lost on the way, and made twice it is the same; a step is not. */
    again() {
      step = over(step);
      if (flight) {
        pending = { ...flight.changes, ...pending };
        flight = over(flight);
      }
      settle();
    },
    close: () => [flight, step].forEach(over),
  };
  return link;
}

/** Call `onChange(true)` when the kernel is out of reach, `onChange(false)` when it is back. */
export function watchKernel(model, onChange) {
  const kernel = model.widget_manager?.kernel;
  const undo = [];
  let timer = 0;
  let ended = false; // a restarted kernel connects again, but knows nothing of this dashboard
  const listen = (signal, handler) => {
    if (!signal?.connect) return;
    signal.connect(handler);
    undo.push(() => signal.disconnect(handler));
  };
  listen(kernel?.connectionStatusChanged, (_, state) => {
    clearTimeout(timer);
    if (state === "connected" && !ended) onChange(false);
    // A short wobble of the network mends itself.
    else timer = setTimeout(() => onChange(true), state === "disconnected" ? 0 : 3000);
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
