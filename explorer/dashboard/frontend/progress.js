import { h } from "./dom.js";

/** @import { App, Panel } from "./page.d.ts" */

/**
 * A work that goes on with the page in use: how far it is, and a way to stop it.
 *
 * @param {App} app
 * @param {"preparation" | "exporting"} trait
 * @param {() => void} stop
 * @param {string} name
 * @param {string} before What stands before its stage.
 * @returns {Panel}
 */
export function progressPanel(app, trait, stop, name, before) {
  const { model } = app;
  const progress = h("progress", { max: 1, label: name });
  const stage = h("span", {});
  const button = h("button", { class: "lx-textbutton", click: stop }, "Stop");
  const node = h("div", { class: "lx-preparing", hidden: true }, progress, h("p", { role: "status" }, before, stage), button);

  app.watch([trait], () => {
    const state = model.get(trait);
    const focused = node.contains(document.activeElement);
    node.hidden = !state;
    if (!state) {
      if (focused) app.search.focus();
      return;
    }
    // A status is read out when it changes: the stage is, the share is not.
    if (stage.textContent !== state.stage) stage.textContent = state.stage;
    if (state.part === null) progress.removeAttribute("value");
    else progress.value = state.part;
  });
  return { node };
}
