import { h } from "./dom.js";

/** @import { App } from "./page.d.ts" */

/**
 * An export of many papers is written with the page in use: how far it is, and a way to stop it.
 *
 * @param {App} app
 */
export function exportingPanel(app) {
  const { model, link } = app;
  const progress = h("progress", { max: 1, label: "Writing the export" });
  const name = h("span", {});
  const stop = h("button", { class: "lx-textbutton", click: () => link.send("stop_export") }, "Stop");
  const node = h("div", { class: "lx-preparing", hidden: true }, progress, h("p", { role: "status" }, "Writing ", name), stop);

  app.watch(["exporting"], () => {
    const state = model.get("exporting");
    const focused = node.contains(document.activeElement);
    node.hidden = !state;
    if (!state) {
      if (focused) app.search.focus();
      return;
    }
    if (name.textContent !== state.name) name.textContent = state.name;
    if (state.part === null) progress.removeAttribute("value");
    else progress.value = state.part;
  });
  return { node };
}
