import { h, swap } from "./dom.js";

/** @import { App, Panel } from "./page.d.ts" */

/**
 * What the corpus was last changed by, and the button that takes it back; or that it was changed elsewhere, and the button
 * that shows it so.
 *
 * @param {App} app
 * @returns {Panel}
 */
export function growthPanel(app) {
  const { model, link } = app;
  const node = h("p", { class: "lx-growth", hidden: true });
  let hidden = "";
  app.watch(["intake"], () => {
    const { undo, newer, phase } = model.get("intake");
    if (newer && ["idle", "done", "failed"].includes(phase)) {
      node.hidden = false;
      swap(node, [
        h("span", { role: "status", title: newer }, newer),
        h(
          "button",
          {
            class: "lx-textbutton",
            key: "follow",
            title: "Show the corpus as it is by now, under the same filters",
            click: () => link.send("intake_follow"),
          },
          "Show it",
        ),
      ]);
      return;
    }
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
