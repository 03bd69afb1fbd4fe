import { h, segments, swap } from "./dom.js";
import { dotted, plural, webAddress } from "./text.js";

/** @import { ReportAnswer } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

/**
 * A report of what is shown, which is seen in print only: the sentence, the charts, the whole list, and how it was made. The
 * browser's own Ctrl P prints it too.
 *
 * @param {App} app
 */
export function reportPanel(app) {
  const { model, link, root } = app;
  const node = h("article", { class: "lx-report", "aria-hidden": "true" });

  /** The charts as they are on the screen; a picture drawn by WebGL is none in print. */
  function charts() {
    const topics = root.querySelector(".lx-topic-grid");
    const lines = /** @type {HTMLElement | null} */ (root.querySelector(".lx-lines:not([hidden]) .lx-plot"));
    const copies = [];
    if (topics && model.get("topics").rows.length) {
      const key = root.querySelector(".lx-topic-key");
      const copy = /** @type {HTMLElement} */ (topics.cloneNode(true));
      // On paper strips have another width than on the screen: what is hatched goes with each.
      const hatch = copy.querySelector(".lx-topic-hatch");
      hatch?.remove();
      if (hatch) copy.querySelectorAll(".lx-heat").forEach((strip) => strip.append(hatch.cloneNode(true)));
      copies.push(h("section", {}, h("h2", {}, "Topics"), copy, key?.cloneNode(true)));
    }
    if (lines?.querySelector("svg")) {
      const copy = /** @type {HTMLElement} */ (lines.cloneNode(true));
      copy.style.height = `${lines.clientHeight}px`;
      copies.push(h("section", { class: "lx-report-lines" }, h("h2", {}, "Topics over time"), copy));
    }
    // What is copied is no control any more, and keeps no name for itself.
    copies.forEach((copy) => {
      copy.querySelectorAll("[hidden]").forEach((part) => part.removeAttribute("hidden"));
      copy.querySelectorAll("[id], [data-key]").forEach((part) => {
        part.removeAttribute("id");
        part.removeAttribute("data-key");
      });
    });
    return copies;
  }

  /** @param {ReportAnswer} report */
  function draw(report) {
    swap(node, [
      h("header", {}, h("p", { class: "lx-kicker" }, report.title), h("h1", {}, report.sentence)),
      charts(),
      h(
        "section",
        {},
        h("h2", {}, "Papers"),
        h(
          "ol",
          { class: "lx-report-papers" },
          report.papers.map((paper) =>
            h(
              "li",
              {},
              h("strong", {}, segments([[paper.title, 0]])),
              paper.authors ? h("div", {}, paper.authors) : null,
              h(
                "div",
                { class: "lx-quiet" },
                dotted(paper.facts),
                webAddress(paper.url) ? [paper.facts.length ? "\u00a0· " : "", h("a", { href: paper.url }, paper.url)] : null,
              ),
            ),
          ),
        ),
        report.more ? h("p", {}, `${plural(report.more, "further paper")} not printed; export them as a table.`) : null,
      ),
      h(
        "section",
        {},
        h("h2", {}, "How this was made"),
        h(
          "dl",
          { class: "lx-report-made" },
          report.made.map(([what, how]) => h("div", {}, h("dt", {}, what), h("dd", {}, how))),
        ),
      ),
    ]);
  }

  app.onAnswer("report", (answer) => {
    draw(answer);
    window.print();
  });
  // Nobody may look through a report of long ago.
  window.addEventListener("afterprint", () => swap(node, []), { signal: app.signal });
  window.addEventListener(
    "keydown",
    app.guard((event) => {
      if (!app.page || event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
      event.preventDefault();
      print();
    }),
    { signal: app.signal },
  );

  function print() {
    link.send("report");
  }
  return { node, print };
}
