import { h, swap } from "./dom.js";
import { between, columns, ends, holding, jumps, keyStep, nearest, stepEnd } from "./steps.js";
import { count } from "./text.js";

/** @import { Range, Step } from "./messages.d.ts" */
/** @import { App, Properties, RangeControl } from "./page.d.ts" */

const MOST_COLUMNS = 72; // so that each is a few pixels wide
const KEY_PAUSE = 150; // ms; more steps may follow at once
const DRAG_PAUSE = 120; // ms

/**
 * What the boxes of a range take.
 *
 * @template T
 * @typedef {object} Scale
 * @property {Properties<HTMLInputElement>} attributes Of each box.
 * @property {(text: string) => T | null} read The step that a text names; null where it names none.
 * @property {(text: string) => string} complaint
 * @property {boolean} [gaps] Whether years may be left out between two steps.
 * @property {boolean} [exact] Whether an end may lie within a step.
 */

/** @type {Scale<number>} */
export const YEARS = {
  attributes: { type: "number" },
  read: (text) => (Number.isInteger(Number(text)) ? Number(text) : null),
  complaint: (text) => `“${text}” is not a year; write four digits.`,
  gaps: true,
};

/** @type {Scale<string>} */
export const MONTHS = {
  attributes: { type: "text", pattern: "\\d{4}-(0[1-9]|1[0-2])", placeholder: "YYYY-MM" },
  read: (text) => text,
  complaint: (text) => `“${text}” is not a month; write it as YYYY-MM.`,
  gaps: true,
};

/** @type {Scale<number>} */
export const NUMBERS = {
  attributes: { type: "text" },
  read: (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : null),
  complaint: (text) => `“${text}” is not a number.`,
  exact: true,
};

/** Months as `YYYY-MM`, or years as `YYYY`. @type {Scale<string>} */
export const DATES = {
  attributes: { type: "text", pattern: "\\d{4}(-(0[1-9]|1[0-2]))?", placeholder: "YYYY-MM" },
  read: (text) => text,
  complaint: (text) => `“${text}” is not a month or a year; write it as YYYY-MM.`,
};

/**
 * A histogram with two handles and two boxes, over an ordered list of steps. Of many steps, several share a column.
 *
 * @template {number | string} T
 * @param {App} app
 * @param {Scale<T>} scale
 * @param {object} options
 * @param {string} options.label What a step is called.
 * @param {(range: Range<T>, written: Range<T>) => void} options.onChange Told the ends as steps, and those written within one.
 * @returns {RangeControl<T>}
 */
export function rangeControl(app, scale, { label, onChange }) {
  /** @type {Step<T>[]} */
  let steps = [];
  let low = 0;
  let high = 0;
  /** Ends within a step, as they were written. @type {Range<T>} */
  let written = [null, null];
  let reach = 0;
  /** The box that is being written in. @type {HTMLInputElement | null} */
  let writing = null;
  /** The end that is dragged. @type {number | null} */
  let dragging = null;
  let timer = 0;

  const bars = h("div", { class: "lx-bars", "aria-hidden": "true" });
  const span = h("div", { class: "lx-span", "aria-hidden": "true" });
  const cuts = h("div", { "aria-hidden": "true" });
  const handles = ["From", "To"].map((name, end) =>
    h("div", {
      class: "lx-handle",
      role: "slider",
      tabIndex: 0,
      label: `${name} ${label}`,
      "aria-orientation": "horizontal",
      keydown: (event) => pressed(event, end),
      pointerdown: (event) => grab(event, end),
    }),
  );
  const boxes = ["From", "To"].map((name, end) =>
    h("input", {
      ...scale.attributes,
      class: "lx-box",
      inputmode: "numeric",
      label: `${name} ${label}`,
      input: (event) => (writing = event.currentTarget),
      change: (event) => entered(event.currentTarget, end),
      // Lab cancels the input that Enter stands for, and with it the change event.
      keydown: (event) => {
        if (event.key === "Enter") entered(event.currentTarget, end);
      },
    }),
  );
  const track = h(
    "div",
    { class: "lx-track", pointermove: drag, pointerup: drop, pointercancel: drop },
    bars,
    span,
    cuts,
    handles,
  );
  const node = h(
    "div",
    { class: "lx-range" },
    track,
    h("div", { class: "lx-boxes" }, boxes[0], h("span", { "aria-hidden": "true" }, "to"), boxes[1]),
  );

  /**
   * @param {number} position
   * @param {number} end
   */
  function value(position, end) {
    if (!steps[position]) return "";
    const [step] = steps[position];
    return String(written[end] ?? (end ? stepEnd(step, reach) : step));
  }

  function paint() {
    const last = Math.max(steps.length, 1);
    track.style.setProperty("--low", `${(low / last) * 100}%`);
    track.style.setProperty("--high", `${((high + 1) / last) * 100}%`);
    columns(steps, MOST_COLUMNS).forEach((column, place) =>
      bars.children[place].classList.toggle("lx-out", column.start + column.steps <= low || column.start > high),
    );
    [low, high].forEach((position, end) => {
      handles[end].setAttribute("aria-valuemin", String(end ? low : 0));
      handles[end].setAttribute("aria-valuemax", String(end ? steps.length - 1 : high));
      handles[end].setAttribute("aria-valuenow", String(position));
      handles[end].setAttribute("aria-valuetext", value(position, end));
      // What is undone is undone in the box that has the cursor, too.
      if (writing !== boxes[end]) boxes[end].value = value(position, end);
    });
  }

  /**
   * Move an end, and say so after a pause in which it is not moved again.
   *
   * @param {number} end
   * @param {number} position
   * @param {number} pause ms
   * @param {T | null} text The end as it was written, if that is within the step.
   */
  function move(end, position, pause, text = null) {
    const bounded = Math.min(Math.max(position, end ? low : 0), end ? steps.length - 1 : high);
    if (bounded === (end ? high : low) && written[end] === text) return;
    if (end) high = bounded;
    else low = bounded;
    written = end ? [written[0], text] : [text, written[1]];
    paint();
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      onChange(between(steps, low, high), written);
    }, pause);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} end
   */
  function pressed(event, end) {
    const by = keyStep(event.key, steps.length);
    if (by === undefined) return;
    event.preventDefault();
    move(end, (end ? high : low) + by, KEY_PAUSE);
  }

  /**
   * @param {PointerEvent} event
   * @param {number} end
   */
  function grab(event, end) {
    event.preventDefault();
    dragging = end;
    handles[end].focus();
    track.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    if (dragging === null) return;
    const box = track.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * steps.length;
    move(dragging, dragging ? Math.round(place) - 1 : Math.round(place), DRAG_PAUSE);
  }

  function drop() {
    dragging = null;
  }

  /**
   * @param {HTMLInputElement} box
   * @param {number} end
   */
  function entered(box, end) {
    writing = null;
    const text = box.value.trim();
    if (!text) {
      move(end, end ? steps.length - 1 : 0, 0);
      return;
    }
    const wanted = box.checkValidity() ? scale.read(text) : null;
    if (wanted === null) {
      app.say("error", scale.complaint(text));
      return;
    }
    if (scale.exact) within(end, wanted);
    else move(end, nearest(steps, wanted, end), 0);
    box.value = value(end ? high : low, end);
  }

  /**
   * Take an end as it was written, though it may lie within a step; it does not pass the other end.
   *
   * @param {number} end
   * @param {T} wanted
   */
  function within(end, wanted) {
    const [step] = steps[end ? low : high];
    const other = written[1 - end] ?? (end ? step : stepEnd(step, reach));
    const bounded = (end ? wanted < other : wanted > other) ? other : wanted;
    const position = holding(steps, bounded);
    const [first] = steps[position];
    move(end, position, 0, bounded === (end ? stepEnd(first, reach) : first) ? null : bounded);
  }

  return {
    node,
    update(list, selected, given = [null, null], beyond = 0) {
      // A range of an address may lie where no paper does; the boxes say what is asked for.
      const outside = scale.exact
        ? [null, null]
        : selected.map((end) => (end !== null && list.length && !list.some(([step]) => step === end) ? end : null));
      steps = list;
      reach = beyond;
      const drawn = columns(steps, MOST_COLUMNS);
      const tallest = Math.max(1, ...drawn.map((column) => column.papers));
      swap(
        bars,
        drawn.map((column) =>
          // The last column may stand for fewer steps; the handles below move by step.
          h("div", {
            class: "lx-column",
            title: `${column.label}: ${count(column.papers)}`,
            style: { "--share": column.papers ? Math.max(column.papers / tallest, 0.03) : 0, "flex-grow": column.steps },
          }),
        ),
      );
      swap(
        cuts,
        (scale.gaps ? jumps(steps) : []).map((at) =>
          h("span", { class: "lx-cut", style: { left: `${(at / steps.length) * 100}%` } }),
        ),
      );
      // While a handle is on its way, the answer to its last position must not pull it back.
      if (dragging === null && !timer) {
        written = given;
        [low, high] = ends(steps, selected);
        const [from, to] = written;
        if (from !== null) low = holding(steps, from);
        if (to !== null) high = Math.max(holding(steps, to), low);
        written = /** @type {Range<T>} */ (written.map((end, place) => end ?? outside[place]));
      }
      paint();
    },
  };
}
