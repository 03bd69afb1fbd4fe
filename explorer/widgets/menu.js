import { h, icon, plural } from "./dom.js";
import { popover } from "./popover.js";

/** The one menu: files out, a link, the Python that gives the same table. */
export function menuPanel(app) {
  const { model, link } = app;
  let onlyTicked = false;
  const button = h("button", { class: "lx-button lx-menu-button" }, icon("out"), h("span", {}, "Export"), icon("down"));

  function shareLink() {
    const query = model.get("summary").url;
    return app.page ? `${location.origin}${location.pathname}${query ? `?${query}` : ""}` : `?${query}`;
  }

  function fill() {
    const summary = model.get("summary");
    const ticked = model.get("papers")?.ticked ?? 0;
    onlyTicked = onlyTicked && ticked > 0;
    return [
      h("h2", { class: "lx-popover-title" }, "Download"),
      h("label", { class: "lx-check" }, h("input", { type: "checkbox", checked: onlyTicked, disabled: !ticked, change: (event) => { onlyTicked = event.target.checked; } }),
        h("span", {}, ticked ? `Only the ${plural(ticked, "ticked paper")}, not all ${plural(summary.shown, "shown paper")}` : `All ${plural(summary.shown, "shown paper")}; tick some to export only those`)),
      h("div", { class: "lx-exports" }, (model.get("exports") ?? []).map((item) => h("button", { class: "lx-menu-item", click: () => { link.send("export", { format: item.format, ticked: onlyTicked }); panel.close(); } }, h("strong", {}, item.label), h("span", { class: "lx-quiet" }, item.note)))),
      h("h2", { class: "lx-popover-title" }, "Share"),
      h("button", { class: "lx-menu-item", click: () => finish(app.copy(shareLink(), "Copied the link.")) }, h("strong", {}, app.page ? "Copy link" : "Copy as a URL query"), h("span", { class: "lx-quiet" }, "opens with these filters")),
      h("button", { class: "lx-menu-item", click: () => finish(app.copy(summary.python, "Copied the Python code.")) }, h("strong", {}, "Copy as Python"), h("span", { class: "lx-quiet" }, "gives the same table")),
      h("pre", { class: "lx-python", tabIndex: 0, role: "region", label: "Python code" }, summary.python ?? ""),
    ];
  }

  function finish() {
    panel.close();
  }

  const panel = popover(app, { button, label: "Export and share", className: "lx-popover-menu", fill });
  return { node: h("div", { class: "lx-menu" }, button, panel.panel), panel };
}
