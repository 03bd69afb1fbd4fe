import { h, swap, count } from "./dom.js";

const MOST_COLUMNS = 72; // so that each is a few pixels wide

/**
 * A histogram with two handles and two boxes, over an ordered list of steps (years or months). Of many steps, several share
 * a column.
 * `onChange([lo, hi])` gets null for an open end.
 */
export function rangeControl(app, { label, numeric, onChange }) {
  let steps = [];
  let low = 0;
  let high = 0;
  let perColumn = 1;
  let dragging = null;
  let timer = 0;

  const bars = h("div", { class: "lx-bars", "aria-hidden": "true" });
  const span = h("div", { class: "lx-span", "aria-hidden": "true" });
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
      class: "lx-box",
      type: numeric ? "number" : "text",
      inputmode: "numeric",
      pattern: numeric ? null : "\\d{4}-(0[1-9]|1[0-2])",
      placeholder: numeric ? null : "YYYY-MM",
      label: `${name} ${label}`,
      change: (event) => entered(event.target, end),
      keydown: (event) => keyed(event, end),
    }),
  );
  const track = h("div", { class: "lx-track", pointermove: drag, pointerup: drop, pointercancel: drop }, bars, span, handles);
  const node = h(
    "div",
    { class: "lx-range" },
    track,
    h("div", { class: "lx-boxes" }, boxes[0], h("span", { "aria-hidden": "true" }, "to"), boxes[1]),
  );

  function value(position) {
    return steps[position]?.[0];
  }

  function paint() {
    const last = Math.max(steps.length, 1);
    track.style.setProperty("--low", `${(low / last) * 100}%`);
    track.style.setProperty("--high", `${((high + 1) / last) * 100}%`);
    [...bars.children].forEach((bar, position) =>
      bar.classList.toggle("lx-out", (position + 1) * perColumn <= low || position * perColumn > high),
    );
    [low, high].forEach((position, end) => {
      handles[end].setAttribute("aria-valuemin", end ? low : 0);
      handles[end].setAttribute("aria-valuemax", end ? steps.length - 1 : high);
      handles[end].setAttribute("aria-valuenow", position);
      handles[end].setAttribute("aria-valuetext", String(value(position) ?? ""));
      if (document.activeElement !== boxes[end]) boxes[end].value = value(position) ?? "";
    });
  }

  function commit(pause) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      onChange([low === 0 ? null : value(low), high === steps.length - 1 ? null : value(high)]);
    }, pause);
  }

  function move(end, position, pause) {
    const bounded = Math.min(Math.max(position, end ? low : 0), end ? steps.length - 1 : high);
    if (bounded === (end ? high : low)) return;
    if (end) high = bounded;
    else low = bounded;
    paint();
    commit(pause);
  }

  function pressed(event, end) {
    const page = Math.max(2, Math.round(steps.length / 8));
    const by = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -page,
      PageUp: page,
      Home: -steps.length,
      End: steps.length,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(end, (end ? high : low) + by, 150);
  }

  function grab(event, end) {
    event.preventDefault();
    dragging = end;
    handles[end].focus();
    track.setPointerCapture(event.pointerId);
  }

  function drag(event) {
    if (dragging === null) return;
    const box = track.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * steps.length;
    move(dragging, dragging ? Math.round(place) - 1 : Math.round(place), 120);
  }

  function drop() {
    dragging = null;
  }

  /** Lab cancels the input that Enter stands for, and with it the change event. */
  function keyed(event, end) {
    if (event.key === "Enter") entered(event.target, end);
  }

  function entered(box, end) {
    const text = box.value.trim();
    const wanted = numeric ? Number(text) : text;
    if (!text) {
      move(end, end ? steps.length - 1 : 0, 0);
      return;
    }
    if (!box.checkValidity() || (numeric && !Number.isInteger(wanted))) {
      app.say(
        "error",
        numeric ? `“${text}” is not a year; write four digits.` : `“${text}” is not a month; write it as YYYY-MM.`,
      );
      return;
    }
    const after = steps.findIndex(([step]) => step >= wanted);
    const before = steps.findLastIndex(([step]) => step <= wanted);
    move(end, end ? before : after < 0 ? steps.length - 1 : after, 0);
    box.value = value(end ? high : low) ?? "";
  }

  return {
    node,
    update(list, selected) {
      steps = list;
      perColumn = Math.max(1, Math.ceil(steps.length / MOST_COLUMNS));
      const columns = [];
      for (let start = 0; start < steps.length; start += perColumn) columns.push(steps.slice(start, start + perColumn));
      const sums = columns.map((column) => column.reduce((sum, [, papers]) => sum + papers, 0));
      const tallest = Math.max(1, ...sums);
      swap(
        bars,
        columns.map((column, place) => {
          const [first, final] = [column[0][0], column.at(-1)[0]];
          // The last column may stand for fewer steps; the handles below move by step.
          return h("div", {
            class: "lx-column",
            title: `${first === final ? first : `${first} to ${final}`}: ${count(sums[place])}`,
            style: { "--share": sums[place] ? Math.max(sums[place] / tallest, 0.03) : 0, "flex-grow": column.length },
          });
        }),
      );
      // While a handle is on its way, the answer to its last position must not pull it back.
      if (dragging === null && !timer) {
        const first = steps.findIndex(([step]) => selected[0] !== null && step >= selected[0]);
        const final = steps.findLastIndex(([step]) => selected[1] !== null && step <= selected[1]);
        low = first < 0 ? 0 : first;
        high = final < 0 ? steps.length - 1 : Math.max(final, low);
      }
      if (numeric)
        boxes.forEach((box) => {
          box.min = value(0);
          box.max = value(steps.length - 1);
        });
      paint();
    },
  };
}
