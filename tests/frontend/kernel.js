// A kernel for the tests: it takes messages in the order in which they were sent, one at a time, when it is told to.

export const EMPTY = {
  query: "",
  years: [null, null],
  months: [null, null],
  topics: [],
  venues: [],
  authors: [],
  keywords: [],
  has_code: null,
  rank: "",
  like: [],
  unlike: [],
  axes: [],
  x: [null, null],
  y: [null, null],
  prefer: [],
  sort: "relevance",
  mode: "all",
  columns: [],
  exclude: [],
};

/** A model as anywidget gives one, whose kernel answers `set`, `undo` and `clear`; `traits` are what it holds. */
export function fakeKernel(selection = {}) {
  const traits = { selection: { ...EMPTY, ...selection }, summary: { seq: 0 }, status: { seq: 0 } };
  const sent = [];
  const waiting = [];
  const past = [];

  function take({ kind, seq, changes, joined }) {
    const before = traits.selection;
    if (kind === "set") {
      if (!joined) past.push(before);
      traits.selection = { ...before, ...changes };
    } else if (kind === "undo" && past.length) traits.selection = past.pop();
    else if (kind === "clear") {
      past.push(before);
      traits.selection = { ...EMPTY };
    }
    traits.summary = { seq };
    traits.status = { seq };
  }

  return {
    model: {
      get: (name) => traits[name],
      send(message, callbacks, buffers) {
        const plain = JSON.parse(JSON.stringify(message));
        sent.push(buffers ? { ...plain, buffers } : plain);
        waiting.push(plain);
      },
    },
    traits,
    sent,
    /** Take the message that waits longest; false where none does. */
    answer() {
      const message = waiting.shift();
      if (message) take(message);
      return Boolean(message);
    },
    /** Lose what waits, as a connection does that breaks. */
    lose: () => waiting.splice(0),
  };
}

/** Numbers from 0 to 1, the same on every run (mulberry32). */
export function randoms(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
