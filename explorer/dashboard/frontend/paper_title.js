import { h, segments } from "./dom.js";

/** @import { App } from "./page.d.ts" */

/**
 * The title of a paper in a dialog, which opens the paper in the dialog's place.
 *
 * @param {App} app
 * @param {{ row: number; title: string }} paper
 * @param {() => void} close Closes the dialog.
 */
export function paperTitle(app, { row, title }, close) {
  const open = () => {
    close();
    app.link.send("open", { row });
  };
  return h("button", { class: "lx-feed-title", key: `open:${row}`, click: open }, segments([[title, 0]]));
}
