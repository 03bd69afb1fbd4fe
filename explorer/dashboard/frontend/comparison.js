import { h, iconButton, swap } from "./dom.js";
import { count } from "./text.js";

/** @import { Comparison, ComparisonPart } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

/**
 * The strip above the list: how the papers shown differ from others, and which of them to list.
 *
 * @param {App} app
 */
export function comparisonPanel(app) {
  const { model, link } = app;
  const node = h("div", { class: "lx-comparison", role: "group", label: "Comparison", hidden: true });

  /**
   * @param {ComparisonPart} part
   * @param {string} label
   * @param {Comparison} found
   */
  function choice(part, label, found) {
    const chosen = part === found.part;
    return h(
      "button",
      { "aria-pressed": String(chosen), key: `part:${part}`, click: () => link.send("compare_show", { part }) },
      label,
    );
  }

  app.watch(["comparison"], () => {
    const found = model.get("comparison");
    node.hidden = !found;
    if (!found) return swap(node, [], app.search.input);
    return swap(
      node,
      [
        h(
          "p",
          {},
          h("strong", {}, `${count(found.new)} new, ${count(found.gone)} gone, ${count(found.shared)} shared`),
          ` against ${found.label}`,
          found.missing
            ? `; ${count(found.missing)} of those gone ${found.missing === 1 ? "is" : "are"} no longer in the corpus`
            : null,
        ),
        h(
          "div",
          { class: "lx-segmented", role: "group", label: "Papers listed" },
          choice("all", "All shown", found),
          choice("new", `New ${count(found.new)}`, found),
          choice("gone", `Gone ${count(found.gone - found.missing)}`, found),
        ),
        iconButton("close", "End the comparison", () => link.send("compare", { with: null }), { key: "end" }),
      ],
      app.search.input,
    );
  });
  return { node };
}
