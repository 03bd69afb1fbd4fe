// The line to the kernel: numbered messages, and at most one change of the selection in flight.

const ANSWER_TIMEOUT = 20000; // ms without an answer after which the kernel counts as silent
const RANGES = new Set(["years", "months", "x", "y"]);

function sameValue(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Open the line.
 *
 * `set` never queues: while one change is unanswered, later ones are merged into a single pending
 * change, so typing fast sends the newest text only. `draft` is the selection as it will be once all
 * is answered; toggles build on it, so two quick clicks do not undo each other.
 */
export function openLink(model, { onSilent, onBusy }) {
  let last = 0;
  let flight = null;
  let pending = null;
  const echoed = () => Math.max(model.get("summary")?.seq ?? 0, model.get("status")?.seq ?? 0);

  function send(kind, content = {}, buffers = undefined) {
    // Another view of the same widget may have counted further.
    last = Math.max(last, echoed()) + 1;
    try {
      model.send({ kind, seq: last, ...content }, undefined, buffers);
    } catch (error) {
      console.error(error);
      onSilent();
    }
    return last;
  }

  function dispatch() {
    if (flight || !pending) return;
    const { changes, joined } = pending;
    pending = null;
    flight = { changes, seq: send("set", { changes, joined }), timer: setTimeout(() => settle(true), ANSWER_TIMEOUT) };
    onBusy(true);
  }

  function settle(late) {
    if (!flight || (!late && echoed() < flight.seq)) return;
    clearTimeout(flight.timer);
    flight = null;
    onBusy(false);
    if (late) onSilent();
    dispatch();
  }

  const link = {
    send,
    /** `joined`: undo takes it back together with the change before. */
    set(changes, joined = false) {
      pending = { changes: { ...pending?.changes, ...changes }, joined: joined && pending?.joined !== false };
      dispatch();
    },
    draft: () => ({ ...model.get("selection"), ...flight?.changes, ...pending?.changes }),
    busy: () => Boolean(flight),
    answered: (seq) => echoed() >= seq,
    isOn(field, value) {
      const current = link.draft()[field];
      return Array.isArray(current) && !RANGES.has(field) ? current.includes(value) : sameValue(current, value);
    },
    toggle(field, value) {
      const current = link.draft()[field];
      if (RANGES.has(field)) {
        const range = Array.isArray(value) ? value : [value, value];
        link.set({ [field]: sameValue(current, range) ? [null, null] : range });
      } else if (Array.isArray(current)) {
        link.set({ [field]: current.includes(value) ? current.filter((item) => item !== value) : [...current, value] });
      } else link.set({ [field]: current === value ? null : value });
    },
    /** Take one value out: what the × of a chip does. */
    remove(field, value) {
      const current = link.draft()[field];
      if (field === "query") link.set({ query: "" });
      else if (field === "axes") link.set({ axes: [], x: [null, null], y: [null, null] });
      else if (field === "prefer") link.set({ prefer: [] });
      else if (RANGES.has(field)) link.set({ [field]: [null, null] });
      else link.set({ [field]: Array.isArray(current) ? current.filter((item) => item !== value) : null });
    },
    settle: () => settle(false),
    close: () => clearTimeout(flight?.timer),
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
