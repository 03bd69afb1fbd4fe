import { h } from "./dom.js";

/** @import { App } from "./page.d.ts" */

/**
 * What ranking by meaning takes of a large corpus is made once, with the page in use: how far it is, and a way to stop it.
 *
 * @param {App} app
 */
export function preparationPanel(app) {
  const { model, link } = app;
  const progress = h("progress", { max: 1, label: "Preparing the ranking by meaning" });
  const stage = h("span", {});
  const stop = h("button", { class: "lx-textbutton", click: () => link.send("stop_preparing") }, "Stop");
  const node = h(
    "div",
    { class: "lx-preparing", hidden: true },
    progress,
    h("p", { role: "status" }, "Preparing the ranking by meaning, once for these papers: ", stage),
    stop,
  );

  app.watch(["preparation"], () => {
    const state = model.get("preparation");
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
