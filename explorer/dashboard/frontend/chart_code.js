import { h } from "./dom.js";

/** @import { App } from "./page.d.ts" */

/**
 * A button that copies a chart as the Python that draws it; the kernel writes it.
 *
 * @param {App} app
 * @param {string} chart
 */
export function codeButton(app, chart) {
  let asked = 0;
  app.onAnswer("chart_code", (answer) => {
    if (answer.seq !== asked) return;
    asked = 0;
    app.copy(answer.text, "Copied the Python that draws this chart.");
  });
  return h(
    "button",
    {
      class: "lx-textbutton",
      label: "Copy this chart as Python",
      click: () => {
        asked = app.link.send("chart_code", { chart });
      },
    },
    "Python",
  );
}
