import { h, icon, iconButton, swap } from "./dom.js";
import { count, plural } from "./text.js";

/** @import { Chip } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

/**
 * The top bar: name, search, count, undo and redo, menu; below it the chips of what is active.
 *
 * @param {App} app
 */
export function toolbarPanel(app) {
  const { model, link } = app;
  const name = h("span", { class: "lx-name" });
  const number = h("p", { class: "lx-count" });
  const undo = iconButton("undo", "Undo", () => link.send("undo"));
  const redo = iconButton("redo", "Redo", () => link.send("redo"));
  const badge = h("span", { class: "lx-badge", hidden: true });
  const rail = h(
    "button",
    {
      class: "lx-button lx-rail-button",
      "aria-expanded": "false",
      "aria-controls": app.id("rail"),
      click: () => app.toggleRail(),
    },
    icon("filter"),
    h("span", {}, "Filters"),
    badge,
  );
  const chips = h("div", { class: "lx-chips", role: "group", label: "Active filters" });
  const node = h(
    app.page ? "header" : "div",
    { class: "lx-bar" },
    h(
      "div",
      { class: "lx-bar-row" },
      h(
        app.page ? "h1" : "h2",
        { class: "lx-brand" },
        icon("book"),
        h("span", {}, h("span", { class: "lx-kicker" }, "Literature Explorer"), h("span", { class: "lx-hide" }, ": "), name),
      ),
      rail,
      app.search.node,
      app.savedSearches.node,
      app.screening.button,
      app.daily.node,
      app.subscribe.node,
      number,
      h("div", { class: "lx-history", role: "group", label: "History" }, undo, redo),
      app.intake.node,
      app.exportMenu.node,
    ),
    app.concepts.node,
    h(
      "div",
      { class: "lx-strip-place" },
      h("div", { class: "lx-strip" }, chips, app.spelling.below, app.growth.node, app.ledgerDialog.node),
      app.status.alert,
    ),
    h("div", { class: "lx-progress", "aria-hidden": "true" }),
  );

  /** @param {Chip} given */
  function chip({ field, value, label }) {
    return h(
      "span",
      { class: "lx-chip" },
      h("span", { class: "lx-chip-label", title: label }, label),
      iconButton("close", `Remove ${label}`, () => link.remove(field, value), { key: `chip:${field}:${value}` }),
    );
  }

  app.watch(["summary"], () => {
    const summary = model.get("summary");
    const active = summary.chips;
    name.textContent = summary.name;
    name.title = summary.name;
    swap(number, [h("strong", {}, count(summary.shown)), ` of ${plural(summary.total, "paper")}`]);
    undo.disabled = !summary.can_undo;
    redo.disabled = !summary.can_redo;
    badge.hidden = !active.length;
    badge.textContent = active.length ? String(active.length) : "";
    badge.setAttribute("aria-label", `${active.length} active`);
    swap(
      chips,
      active.length
        ? [
            ...active.map(chip),
            h("button", { class: "lx-textbutton", key: "clear", click: () => link.send("clear") }, "Clear all"),
          ]
        : [h("p", { class: "lx-quiet" }, "No filter: search, click a bar, or tick a value.")],
      app.search.input,
    );
  });
  return { node, rail };
}
