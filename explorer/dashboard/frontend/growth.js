import { h, swap } from "./dom.js";

/** @import { App, Panel } from "./page.d.ts" */

/**
 * What the corpus was last changed by, and the button that takes it back.
 *
 * @param {App} app
 * @returns {Panel}
 */
export function growthPanel(app) {
  const { model, link } = app;
  const node = h("p", { class: "lx-growth", hidden: true });
  let hidden = "";
  app.watch(["intake"], () => {
    const { undo, phase } = model.get("intake");
    node.hidden = !undo || undo === hidden || !["idle", "done"].includes(phase);
    swap(
      node,
      node.hidden
        ? []
        : [
            h("span", { class: "lx-quiet", title: undo }, undo.split(". ")[0].replace(/\.$/, "")),
            h(
              "button",
              {
                class: "lx-textbutton",
                key: "take-back",
                title: "Have the corpus as it was before",
                click: () => link.send("intake_undo"),
              },
              "Take back",
            ),
            h(
              "button",
              {
                class: "lx-textbutton",
                key: "keep-it",
                label: "Keep it, and hide this",
                click: () => {
                  hidden = undo;
                  node.hidden = true;
                },
              },
              "Keep",
            ),
          ],
    );
  });
  return { node };
}
