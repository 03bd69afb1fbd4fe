import { titledDialog } from "./dialog.js";
import { h, swap } from "./dom.js";
import { count, percent, plural } from "./text.js";
import { PERIODS } from "./topics.js";

/** @import { ComparedRow, Period, TopicCompareAnswer } from "./messages.d.ts" */
/** @import { App, TopicCompare } from "./page.d.ts" */

const WAYS = /** @type {const} */ ([
  ["periods", "Two periods"],
  ["topics", "Two topics"],
  ["selections", "Two selections"],
]);
const MONTH = /^\d{4}-\d\d$/;

/**
 * How much commoner a value is on the second side, in words.
 *
 * @param {ComparedRow} row
 */
export function oddsText({ odds: [odds, low, high] }) {
  /** @param {number} value */
  const written = (value) => (value >= 100 ? String(Math.round(value)) : value.toPrecision(2).replace(/\.0$/, ""));
  const bounds = [low === null ? "" : written(low), high === null ? "" : written(high)];
  const range = [`${bounds[0]} to ${bounds[1]}`, `at least ${bounds[0]}`, `at most ${bounds[1]}`, "not known"];
  return `× ${written(odds)} (${range[Number(high === null) + 2 * Number(low === null)]})`;
}

/**
 * Why there is nothing to compare.
 *
 * @param {string} of
 * @param {string} label What a value of it is called.
 */
export function nothing(of, label) {
  return of === "topics"
    ? "There is nothing to compare."
    : `There is nothing to compare: no ${label.toLowerCase()} is on five of these papers or more.`;
}

/**
 * Two periods, two topics or two selections beside each other.
 *
 * @param {App} app
 * @returns {TopicCompare}
 */
export function topicCompare(app) {
  const { model, link } = app;
  const form = h("div", { class: "lx-compare-form" });
  const result = h("div", { class: "lx-compare-result", "aria-live": "polite" });
  const { dialog, title } = titledDialog(
    app,
    { name: "topic-compare", text: "Compare", kind: "lx-feed", close: () => close() },
    h("div", { class: "lx-feed-body" }, form, result),
  );
  /** @type {(typeof WAYS)[number][0]} */
  let by = "periods";
  let of = "topics";
  /** What each side is, by the way of comparing. @type {Record<string, [any, any]>} */
  const sides = { periods: [null, null], topics: ["", ""], selections: ["", "*"] };
  /** First and last year, or month, of the papers. @type {Period[]} */
  let ends = [];
  /** Whether anything was asked, and answered: what the sides may be is not known before, and what tests them is imported meanwhile. */
  let [asked, answered] = [false, false];

  /** What papers are compared by, each with its heading. @returns {[string, string][]} */
  const fields = () => [["topics", "Topic"], ...model.get("topics").choices.slice(PERIODS)];
  /** @param {string} field */
  const heading = (field) => fields().find(([name]) => name === field)?.[1] ?? field;
  const topics = () => model.get("topics").rows.filter((row) => row.id !== "none");

  function prepare() {
    if (!asked) ask();
  }

  function ask() {
    asked = true;
    const [before, after] = sides[by];
    link.send("topic_compare", {
      by,
      of: by === "topics" && of === "topics" ? (fields()[1]?.[0] ?? "keywords") : of,
      before: before ?? [1, 9999],
      after: after ?? [1, 9999],
    });
  }

  function open() {
    const chosen = topics();
    const [one, other] = link.draft().topics.map((value) => chosen.find((row) => row.value === value)?.id);
    sides.topics = [one ?? chosen[0]?.id ?? "", other ?? chosen.find((row) => row.id !== (one ?? chosen[0]?.id))?.id ?? ""];
    swap(form, []);
    swap(result, [h("p", { class: "lx-quiet", role: "status" }, "Comparing…")]);
    dialog.showModal();
    title.focus();
    // What was asked when the button was pointed at is answered soon, and then asked for its sides.
    if (!asked || answered) ask();
  }

  function close() {
    if (!dialog.open) return false;
    dialog.close();
    const button = app.root.querySelector('[data-key="topic-compare"]');
    if (button instanceof HTMLElement) button.focus();
    return true;
  }

  /** @param {0 | 1} side */
  function picker(side) {
    const id = app.id(`compare-side-${side}`);
    const text = side ? "Second" : "First";
    if (by === "periods") {
      const [low, high] = sides.periods[side];
      const monthly = typeof ends[0] === "string";
      /** @param {0 | 1} end */
      const period = (end) =>
        h("input", {
          class: monthly ? "lx-box" : "lx-box lx-topic-number",
          type: monthly ? "month" : "number",
          min: String(ends[0]),
          max: String(ends[1]),
          value: String(end ? high : low),
          label: `${text} period, ${end ? "to" : "from"}`,
          key: `compare:${side}:${end}`,
          change: (event) => {
            const { value } = event.currentTarget;
            const given = monthly ? MONTH.test(value) && value : Math.round(Number(value));
            if (!given) return;
            const now = [low, high];
            now[end] = given;
            sides.periods[side] = now[0] <= now[1] ? now : [given, given];
            ask();
          },
        });
      return h("div", { class: "lx-topic-form" }, h("span", { class: "lx-compare-side" }, text), period(0), "to", period(1));
    }
    const choices =
      by === "topics"
        ? topics().map((row) => [row.id, row.label])
        : [
            ["", "What is shown"],
            ...(side ? [["*", "All other papers"]] : []),
            ...model.get("saved").rows.map((row) => [row.name, `“${row.name}”`]),
          ];
    return h(
      "div",
      { class: "lx-topic-form" },
      h("label", { class: "lx-compare-side", for: id }, text),
      h(
        "select",
        {
          id,
          class: "lx-select",
          key: `compare:${side}`,
          change: (event) => {
            sides[by][side] = event.currentTarget.value;
            ask();
          },
        },
        choices.map(([value, label]) => h("option", { value, selected: value === sides[by][side] }, label)),
      ),
    );
  }

  function drawForm() {
    const id = app.id("compare-of");
    swap(
      form,
      [
        h(
          "div",
          { class: "lx-segmented", role: "group", label: "Compare" },
          WAYS.map(([way, label]) =>
            h(
              "button",
              {
                "aria-pressed": String(by === way),
                key: `compare-way:${way}`,
                disabled: way === "periods" && !ends.length,
                title: way === "periods" && !ends.length ? "No two periods have papers." : null,
                click: () => {
                  by = way;
                  ask();
                },
              },
              label,
            ),
          ),
        ),
        picker(0),
        picker(1),
        h(
          "div",
          { class: "lx-topic-form" },
          h("label", { class: "lx-compare-side", for: id }, "By"),
          h(
            "select",
            {
              id,
              class: "lx-select",
              key: "compare-of",
              change: (event) => {
                of = event.currentTarget.value;
                ask();
              },
            },
            fields()
              .slice(Number(by === "topics"))
              .map(([name, label]) => h("option", { value: name, selected: name === of }, label)),
          ),
        ),
      ],
      title,
    );
  }

  /** @param {TopicCompareAnswer} answer */
  function table(answer) {
    const most = Math.max(...answer.rows.flatMap((row) => row.shares), 1e-9);
    return h(
      "table",
      { class: "lx-compare-table" },
      h(
        "caption",
        { class: "lx-hide" },
        `${answer.names[0]} and ${answer.names[1]} by ${heading(answer.of).toLowerCase()}, the largest difference first`,
      ),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, heading(answer.of)),
          answer.names.map((name, side) =>
            h("th", { scope: "col" }, name, h("span", { class: "lx-quiet" }, `, ${plural(answer.papers[side], "paper")}`)),
          ),
          h("th", { scope: "col", title: "Odds of the second against the first, with the 95 % interval" }, "Odds"),
        ),
      ),
      h(
        "tbody",
        {},
        answer.rows.map((row) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, row.label),
            row.shares.map((share, side) =>
              h(
                "td",
                { style: { "--share": share / most } },
                h(
                  "button",
                  {
                    class: "lx-compare-share",
                    disabled: row.urls[side] === null,
                    label: `${answer.names[side]}, ${row.label}: ${plural(row.papers[side], "paper")}, ${percent(share)}; show them`,
                    click: () => {
                      close();
                      link.send("url", { url: row.urls[side] ?? "" });
                    },
                  },
                  percent(share),
                  h("span", { class: "lx-quiet" }, count(row.papers[side])),
                ),
              ),
            ),
            h(
              "td",
              {},
              row.sure ? h("strong", {}, row.sure === "after" ? "▲ " : "▼ ") : "",
              h("span", { class: row.sure ? null : "lx-quiet" }, oddsText(row)),
            ),
          ),
        ),
      ),
    );
  }

  app.onAnswer("topic_compare", (answer) => {
    const first = !answered;
    answered = true;
    if (first) {
      const [earlier, later] = answer.halves;
      if (earlier)
        [ends, sides.periods] = [
          [earlier[0], later[1]],
          [earlier, later],
        ];
      else by = "topics";
    }
    if (!dialog.open) return;
    if (first) {
      ask();
      return;
    }
    drawForm();
    swap(
      result,
      answer.problem
        ? [h("p", { class: "lx-saved-problem" }, answer.problem)]
        : [
            answer.rows.length ? table(answer) : h("p", { class: "lx-quiet" }, nothing(answer.of, heading(answer.of))),
            h(
              "p",
              { class: "lx-quiet" },
              "▲ ▼ commoner in the second, or in the first, by more than chance (false discoveries held at 5 %).",
              answer.both ? ` ${plural(answer.both, "paper")} of both sides left out.` : null,
            ),
            h(
              "button",
              {
                class: "lx-textbutton",
                key: "compare-python",
                click: () => app.copy(answer.python, "Copied the comparison as Python."),
              },
              "Copy as Python",
            ),
          ],
      title,
    );
  });
  app.layers.unshift(close);

  return {
    dialog,
    button: () =>
      h(
        "button",
        {
          class: "lx-textbutton",
          key: "topic-compare",
          "aria-haspopup": "dialog",
          title: "Two periods, two topics or two selections beside each other",
          pointerenter: prepare,
          focus: prepare,
          click: () => open(),
        },
        "Compare",
      ),
  };
}
