import { h, icon } from "./dom.js";
import { plural } from "./text.js";
import { popover } from "./popover.js";

/** @import { App } from "./page.d.ts" */

/**
 * The one menu: files out, a link, the Python that gives the same table.
 *
 * @param {App} app
 */
export function exportMenu(app) {
  const { model, link } = app;
  let onlyTicked = false;
  let analysis = false;
  let marks = false;
  let abstracts = true;
  const button = h(
    "button",
    { class: "lx-button lx-menu-button", title: "Export" },
    icon("out"),
    h("span", {}, "Export"),
    icon("down"),
  );

  function shareLink() {
    const query = model.get("summary").url;
    const asked = query ? `?${query}` : "";
    return app.page ? `${location.origin}${location.pathname}${asked}` : `?${query}`;
  }

  /**
   * @param {string} title
   * @param {string} note
   * @param {() => void} click
   * @param {boolean} [disabled]
   */
  function item(title, note, click, disabled = false) {
    return h(
      "button",
      {
        class: "lx-menu-item",
        disabled,
        click: () => {
          click();
          panel.close();
        },
      },
      h("strong", {}, title),
      h("span", { class: "lx-quiet" }, note),
    );
  }

  function fill() {
    const summary = model.get("summary");
    const { ticked, listed } = model.get("papers");
    const shown = plural(listed, "shown paper");
    onlyTicked = onlyTicked && ticked > 0;
    return [
      h("h2", { class: "lx-popover-title" }, "Download"),
      h(
        "label",
        { class: "lx-check" },
        h("input", {
          type: "checkbox",
          checked: onlyTicked,
          disabled: !ticked,
          change: (event) => {
            onlyTicked = event.currentTarget.checked;
          },
        }),
        h(
          "span",
          {},
          ticked
            ? `Only the ${plural(ticked, "ticked paper")}, not all ${shown}`
            : listed
              ? `All ${shown}; tick some to export only those`
              : "No paper is shown, so there is none to export",
        ),
      ),
      h(
        "label",
        { class: "lx-check" },
        h("input", {
          type: "checkbox",
          checked: analysis,
          change: (event) => {
            analysis = event.currentTarget.checked;
          },
        }),
        h("span", {}, "With topics and scores"),
      ),
      model.get("marks").writable
        ? h(
            "label",
            { class: "lx-check" },
            h("input", {
              type: "checkbox",
              checked: marks,
              change: (event) => {
                marks = event.currentTarget.checked;
              },
            }),
            h("span", {}, "With my stars, tags and notes"),
          )
        : null,
      h(
        "label",
        { class: "lx-check" },
        h("input", {
          type: "checkbox",
          checked: !abstracts,
          change: (event) => {
            abstracts = !event.currentTarget.checked;
          },
        }),
        h("span", {}, "Without abstracts"),
      ),
      model
        .get("exports")
        .map(({ format, label, note }) =>
          item(
            label,
            note,
            () => link.send("export", { format, ticked: onlyTicked, analysis, marks, abstracts }),
            !listed && !ticked,
          ),
        ),
      app.page ? item("Print or PDF", "charts, list, how it was made", () => app.report.print()) : null,
      h("h2", { class: "lx-popover-title" }, "Share"),
      item(app.page ? "Copy link" : "Copy as a URL query", "opens with these filters", () =>
        app.copy(shareLink(), "Copied the link."),
      ),
      item("Copy as Python", "gives the same table", () => app.copy(summary.python, "Copied the Python code.")),
      h("pre", { class: "lx-python", tabIndex: 0, role: "region", label: "Python code" }, summary.python),
    ];
  }

  const panel = popover(app, { button, name: "export", label: "Export and share", fill });
  return { node: h("div", { class: "lx-menu" }, button, panel.panel) };
}
