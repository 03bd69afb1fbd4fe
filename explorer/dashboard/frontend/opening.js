import { h } from "./dom.js";

/** @import { App } from "./page.d.ts" */

/**
 * Papers that a cell gave are made a corpus while the notebook goes on: what of, how far it is, and a way to stop it.
 *
 * @param {App} app
 */
export function openingPanel(app) {
  const { model, link } = app;
  const title = h("h2", { class: "lx-opening-title" });
  const bar = h("progress", { max: 1, label: "Opening the papers" });
  const stage = h("p", { role: "status" });
  const stop = h("button", { class: "lx-button", click: () => link.send("stop_opening") }, "Stop");
  const node = h("section", { class: "lx-opening", label: "Opening the papers", hidden: true }, title, bar, stage, stop);

  // A search can wait for the papers; what else the bar offers would be done with none.
  const others = [
    app.toolbar.rail,
    app.savedSearches.node,
    app.screening.button,
    app.daily.node,
    app.subscribe.node,
    app.intake.node,
    app.exportMenu.node,
  ];

  app.watch(["opening"], () => {
    const state = model.get("opening");
    node.hidden = !state;
    for (const other of others) other.inert = Boolean(state);
    // What is below is of no papers.
    app.frame.classList.toggle("lx-is-opening", Boolean(state));
    if (!state) {
      // What was typed meanwhile is searched for; not where there are no papers, which is said.
      if (!model.get("summary").total) link.forget();
      link.settle();
      return;
    }
    title.textContent = `Opening ${state.title}`;
    stop.disabled = state.stage === "Stopping";
    // A status is read out when it changes: the stage is, the share is not.
    if (stage.textContent !== state.stage) stage.textContent = state.stage;
    if (state.part === null) bar.removeAttribute("value");
    else bar.value = state.part;
  });
  return { node };
}
