import { h, iconButton, segments } from "./dom.js";

/** @import { App, Children } from "./page.d.ts" */

/**
 * A dialog with its title, which takes the focus, and a button that closes it.
 *
 * @param {App} app
 * @param {object} options
 * @param {string} options.name By which its parts are told from those of others.
 * @param {string} options.text The title.
 * @param {string} [options.kind] A further class.
 * @param {() => void} options.close Called by the button and by Escape.
 * @param {Children[]} content
 */
export function titledDialog(app, { name, text, kind = "", close }, ...content) {
  const title = h("h2", { class: "lx-dialog-title", id: app.id(name), tabIndex: -1 }, text);
  const dialog = h(
    "dialog",
    {
      class: `lx-dialog ${kind}`.trim(),
      "aria-labelledby": app.id(name),
      cancel: (event) => {
        event.preventDefault();
        close();
      },
    },
    h("div", { class: "lx-dialog-head" }, title, h("span", { class: "lx-spacer" }), iconButton("close", "Close (Esc)", close)),
    ...content,
  );
  return { dialog, title };
}

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
