import { h } from "./dom.js";

/** @import { App } from "./page.d.ts" */

// Ticks outlast a reload: the browser's tab remembers the ids of the ticked papers for as long as it is open.
const KEY = "literature-explorer:ticks";

/**
 * Tick again what was ticked when the page was left, and remember what is ticked from then on.
 *
 * @param {App} app
 */
export function keepTicks(app) {
  const { model, link } = app;
  // Several corpora may be served from one address.
  const key = `${KEY}:${location.pathname}:${model.get("summary").name}`;
  /** @type {string[]} */
  let before = [];
  try {
    before = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  } catch {
    // Forbidden, or written by something else.
  }
  if (Array.isArray(before) && before.length && !model.get("papers").ticked) link.send("tick_ids", { ids: before });
  let known = before;
  app.on("change:papers", () => {
    const { ticks } = model.get("papers");
    if (JSON.stringify(ticks) === JSON.stringify(known)) return;
    known = ticks;
    try {
      sessionStorage.setItem(key, JSON.stringify(ticks));
    } catch {
      // Then a reload unticks them.
    }
  });
}

/**
 * The button that lists the ticked papers only, or all again.
 *
 * @param {App} app
 */
export function showTickedButton(app) {
  const on = app.model.get("papers").only_ticked;
  return h(
    "button",
    {
      class: "lx-textbutton",
      "aria-pressed": String(on),
      key: "show-ticked",
      title: on ? "List all papers that are shown" : "List the ticked papers only",
      click: () => app.link.send("show_ticked", { on: !on }),
    },
    "Show ticked",
  );
}
