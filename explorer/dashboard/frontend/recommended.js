import { paperTitle } from "./dialog.js";
import { h, swap } from "./dom.js";
import { plural } from "./text.js";

/** @import { RecommendedAnswer } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

/**
 * What the recommendations were learnt from, in words.
 *
 * @param {Pick<RecommendedAnswer, "learnt" | "picked" | "writable">} answer
 */
export function learntText({ learnt, picked, writable }) {
  const marked = writable && learnt > picked;
  const own = marked ? "what you starred, tagged and read" : "the papers you picked";
  const also = marked && picked ? ` and ${plural(picked, "paper")} you picked` : "";
  return `Learnt from ${plural(learnt, "paper")}: ${own}${also}. What you have marked already is left out.`;
}

/**
 * What to read next, each paper with the terms that made it; papers to begin with where there is nothing to learn from.
 *
 * @param {App} app
 * @param {{ close: () => void; shown: () => boolean }} dialog In which it stands.
 */
export function recommendedView(app, { close, shown }) {
  const { link } = app;
  const node = h("div", { class: "lx-recommended" });
  /** Papers picked to begin with, by their rows. @type {Set<number>} */
  const picked = new Set();
  /** Whether the ticked papers are learnt from too. */
  let ticked = false;
  let asked = 0;

  function ask() {
    asked = link.send("recommend", { rows: [...picked], ticked });
  }

  function open() {
    swap(node, [h("p", { class: "lx-quiet", role: "status" }, "Looking for papers like those you marked…")]);
    ask();
  }

  /** @param {RecommendedAnswer["rows"][number]} row */
  function item(row) {
    return h(
      "li",
      { class: "lx-feed-row lx-recommended-row" },
      h(
        "div",
        {},
        paperTitle(app, row, close),
        row.about ? h("p", { class: "lx-quiet" }, row.about) : null,
        h(
          "ul",
          { class: "lx-recommended-terms", label: "Because of" },
          row.terms.map(({ text, part }) =>
            h("li", { style: { "--part": part }, title: `${Math.round(part * 100)} % of the strongest` }, text),
          ),
        ),
      ),
      // A star that is given here is learnt from at once: asked after it, in order.
      h("div", { click: () => ask() }, app.marks.star(row.row, false, row.title)),
    );
  }

  /** @param {RecommendedAnswer} answer */
  function begin(answer) {
    return [
      h(
        "p",
        {},
        answer.writable
          ? "Nothing was starred, tagged or read yet. Pick a few papers that you like, or tick some in the list:"
          : "Pick a few papers that you like, or tick some in the list:",
      ),
      h(
        "form",
        {
          class: "lx-recommended-picks",
          submit: (event) => {
            event.preventDefault();
            if (picked.size || ticked) open();
          },
        },
        answer.picks.map(({ row, title, topic }) =>
          h(
            "label",
            {},
            h("input", {
              type: "checkbox",
              checked: picked.has(row),
              change: (event) => {
                if (event.currentTarget.checked) picked.add(row);
                else picked.delete(row);
              },
            }),
            h("span", {}, title, h("span", { class: "lx-quiet" }, ` · ${topic}`)),
          ),
        ),
        answer.ticked
          ? h(
              "label",
              {},
              h("input", {
                type: "checkbox",
                checked: ticked,
                change: (event) => {
                  ticked = event.currentTarget.checked;
                },
              }),
              h("span", {}, `The ${plural(answer.ticked, "ticked paper")}`),
            )
          : null,
        h("button", { class: "lx-button lx-primary", type: "submit" }, "Recommend from these"),
      ),
    ];
  }

  app.onAnswer("recommended", (answer) => {
    if (!shown() || answer.seq !== asked) return;
    if (answer.problem) swap(node, [h("p", { class: "lx-saved-problem" }, answer.problem)]);
    else if (!answer.learnt) swap(node, begin(answer));
    else
      swap(node, [
        h("p", { class: "lx-quiet", role: "status" }, learntText(answer)),
        picked.size || ticked
          ? h(
              "button",
              {
                class: "lx-textbutton",
                key: "unpick",
                click: () => {
                  picked.clear();
                  ticked = false;
                  open();
                },
              },
              "Pick others",
            )
          : null,
        answer.rows.length
          ? h("ol", { class: "lx-feed-list", label: "Recommended papers" }, answer.rows.map(item))
          : h("p", { class: "lx-quiet" }, "Every paper of the corpus was marked already."),
      ]);
  });
  return { node, open };
}
