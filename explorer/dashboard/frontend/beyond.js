import { h, segments } from "./dom.js";
import { count, dotted } from "./text.js";

/** @import { BeyondAnswer, BeyondRow } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

const FEW = 10; // papers; where every word is in so few, the page looks beyond
const ASK_AFTER = 400; // ms; a query that is still typed finds something else with the next key

/**
 * Under the few papers that have every word of a search: what is near to it in meaning, or has some of its words.
 *
 * @param {App} app
 */
export function beyondPanel(app) {
  const { model, link } = app;
  const heading = h("h2", { class: "lx-beyond-title" }, "Beyond all words");
  const said = h("p", { class: "lx-beyond-said", role: "status" });
  const list = h("ol", { class: "lx-beyond-list" });
  const all = h("button", { class: "lx-button", click: () => link.set({ mode }) });
  const node = h("section", { class: "lx-beyond", label: "Beyond all words", hidden: true }, heading, said, list, all);
  let mode = "";
  let seq = 0;
  let timer = 0;
  let asked = "";

  /** @param {BeyondRow} item */
  function row(item) {
    const facts = dotted([item.authors, item.venue, item.date]);
    return h(
      "li",
      {},
      h("button", { class: "lx-title", click: () => app.reader.open(item.row) }, segments(item.title)),
      h("span", { class: "lx-quiet" }, facts),
      h("span", { class: "lx-quiet lx-beyond-score", title: "Score" }, item.score.toFixed(2)),
    );
  }

  /** @param {BeyondAnswer} answer */
  function draw(answer) {
    mode = answer.mode;
    node.hidden = !answer.rows.length;
    said.textContent = answer.sentence;
    list.replaceChildren(...answer.rows.map(row));
    all.textContent = `Show all ${count(answer.more)} ${mode === "meaning" ? "by meaning" : "with any of the words"}`;
  }

  app.watch(["summary", "selection"], () => {
    const { shown, url } = model.get("summary");
    const selection = model.get("selection");
    const wanted = shown < FEW && selection.query && selection.mode === "all" ? url : "";
    if (wanted === asked) return;
    asked = wanted;
    seq = 0;
    clearTimeout(timer);
    if (!wanted) node.hidden = true;
    else
      timer = setTimeout(() => {
        seq = link.send("beyond");
      }, ASK_AFTER);
  });
  app.onAnswer("beyond", (answer) => {
    if (seq && answer.seq === seq) app.whenReleased(() => draw(answer));
  });
  app.signal.addEventListener("abort", () => clearTimeout(timer));
  return { node };
}
