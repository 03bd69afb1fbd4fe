import { paperTitle, titledDialog } from "./dialog.js";
import { h, icon, iconButton, swap } from "./dom.js";
import { recommendedView } from "./recommended.js";
import { plural } from "./text.js";

/** @import { DayAnswer } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

const KINDS = ["day", "week", "month"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/**
 * The weeks of a month, Monday first: each day, or null for those of another month.
 *
 * @template {{ day: string }} Day
 * @param {Day[]} days All days of a month, in order.
 * @returns {(Day | null)[][]}
 */
export function weeks(days) {
  if (!days.length) return [];
  const first = (new Date(`${days[0].day}T00:00:00Z`).getUTCDay() + 6) % 7;
  /** @type {(Day | null)[]} */
  const cells = [...Array.from({ length: first }, () => null), ...days];
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(7 * week, 7 * week + 7));
}

/**
 * A period in words: 12 June 2026, week 24 of 2026, June 2026.
 *
 * @param {string} period
 */
export function periodText(period) {
  const [year, part, day] = period.split("-");
  if (part.startsWith("W")) return `Week ${Number(part.slice(1))} of ${year}`;
  const month = `${MONTHS[Number(part) - 1]} ${year}`;
  return day ? `${Number(day)} ${month}` : month;
}

/**
 * Papers by the day, week or month in which they appeared, with a calendar; by upvotes or by what trends.
 *
 * @param {App} app
 */
export function dailyDialog(app) {
  const { link } = app;
  const button = h(
    "button",
    {
      class: "lx-button lx-feed-button",
      "aria-haspopup": "dialog",
      title: "Papers by the day, what trends, and what to read next",
      click: () => open(),
    },
    icon("day"),
    h("span", {}, "Daily"),
  );
  const days = h("div", {});
  const recommended = recommendedView(app, { close: () => close(), shown: () => dialog.open && view === "recommended" });
  /** @type {"days" | "recommended"} */
  let view = "days";
  const views = h("div", { class: "lx-segmented", role: "group", label: "Show" });
  const body = h("div", { class: "lx-feed-body" }, views, days, recommended.node);
  const { dialog, title } = titledDialog(
    app,
    { name: "daily", text: "Daily papers", kind: "lx-feed", close: () => close() },
    body,
  );
  /** The order that was chosen. @type {string | undefined} */
  let order;

  /** @param {{ period?: string, by?: string }} asked */
  const ask = (asked = {}) => link.send("day", { ...(order && { order }), ...asked });

  function open() {
    dialog.showModal();
    title.focus();
    show(view);
  }

  /** @param {typeof view} wanted */
  function show(wanted) {
    view = wanted;
    swap(
      views,
      /** @type {const} */ ([
        ["days", "By the day"],
        ["recommended", "Recommended"],
      ]).map(([name, label]) =>
        h("button", { "aria-pressed": String(view === name), key: `view:${name}`, click: () => show(name) }, label),
      ),
    );
    days.hidden = view !== "days";
    recommended.node.hidden = view === "days";
    if (view === "recommended") {
      recommended.open();
      return;
    }
    swap(days, [h("p", { class: "lx-quiet", role: "status" }, "Looking them up…")]);
    ask();
  }

  function close() {
    if (!dialog.open) return false;
    dialog.close();
    button.focus();
    return true;
  }

  /** @param {DayAnswer} answer */
  function head(answer) {
    return h(
      "div",
      { class: "lx-feed-head" },
      iconButton("left", "Earlier", () => ask({ period: answer.before ?? answer.period }), {
        disabled: !answer.before,
        key: "earlier",
      }),
      h("strong", { role: "status" }, periodText(answer.period)),
      iconButton("right", "Later", () => ask({ period: answer.after ?? answer.period }), {
        disabled: !answer.after,
        key: "later",
      }),
      h(
        "div",
        { class: "lx-segmented", role: "group", label: "Period" },
        KINDS.map((kind) =>
          h(
            "button",
            {
              "aria-pressed": String(answer.by === kind),
              key: `by:${kind}`,
              click: () => ask({ period: answer.period, by: kind }),
            },
            `${kind[0].toUpperCase()}${kind.slice(1)}`,
          ),
        ),
      ),
      h(
        "div",
        { class: "lx-segmented", role: "group", label: "Order" },
        answer.orders.map(([name, label]) =>
          h(
            "button",
            {
              "aria-pressed": String(answer.order === name),
              key: `order:${name}`,
              click: () => {
                order = name;
                ask({ period: answer.period });
              },
            },
            label,
          ),
        ),
      ),
    );
  }

  /** @param {DayAnswer} answer */
  function month(answer) {
    const most = Math.max(1, ...answer.days.map((day) => day.papers));
    return h(
      "table",
      { class: "lx-month" },
      h("caption", {}, periodText(answer.days[0].day.slice(0, 7))),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          WEEKDAYS.map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        {},
        weeks(answer.days).map((week) =>
          h(
            "tr",
            {},
            week.map((day) => {
              if (!day) return h("td", {});
              const number = String(Number(day.day.slice(8)));
              if (!day.papers) return h("td", {}, h("span", { class: "lx-quiet" }, number));
              return h(
                "td",
                {},
                h(
                  "button",
                  {
                    class: "lx-month-day",
                    "aria-pressed": String(day.day === answer.period),
                    label: `${periodText(day.day)}: ${plural(day.papers, "paper")}`,
                    title: plural(day.papers, "paper"),
                    style: { "--part": day.papers / most },
                    key: `day:${day.day}`,
                    click: () => ask({ period: day.day }),
                  },
                  number,
                ),
              );
            }),
          ),
        ),
      ),
    );
  }

  /** @param {number} papers */
  function sinceLastVisit(papers) {
    if (!papers) return null;
    return h(
      "button",
      {
        class: "lx-button lx-new",
        key: "new",
        click: () => {
          close();
          link.set({ marks: ["new"] });
        },
      },
      `${plural(papers, "paper")} new since your last visit`,
    );
  }

  /** @param {DayAnswer["rows"][number]} row */
  function item(row) {
    return h(
      "li",
      { class: "lx-feed-row" },
      paperTitle(app, row, close),
      row.about ? h("p", { class: "lx-quiet" }, row.about) : null,
      h("p", { class: "lx-feed-why" }, row.reason),
    );
  }

  app.onAnswer("day", (answer) => {
    if (!dialog.open || view !== "days") return;
    if (!answer.days.length) {
      const said =
        "None of these papers is dated to the day, only to a month or a year, if at all: there is no calendar of them.";
      swap(days, [h("p", { role: "status" }, said), sinceLastVisit(answer.new)], title);
      return;
    }
    const more = answer.papers - answer.rows.length;
    swap(
      days,
      [
        head(answer),
        h(
          "div",
          { class: "lx-feed-columns" },
          h("div", {}, month(answer), sinceLastVisit(answer.new)),
          h(
            "div",
            {},
            answer.weights ? h("p", { class: "lx-quiet lx-weights" }, answer.weights) : null,
            answer.rising.length
              ? h(
                  "div",
                  { class: "lx-rising" },
                  h("h3", {}, "Rising topics"),
                  h(
                    "ul",
                    {},
                    answer.rising.map((text) => h("li", {}, text)),
                  ),
                )
              : null,
            answer.rows.length
              ? h("ol", { class: "lx-feed-list", label: `${plural(answer.papers, "paper")}` }, answer.rows.map(item))
              : h("p", { class: "lx-quiet" }, "No paper of the corpus is known to have appeared then."),
            more > 0 ? h("p", { class: "lx-quiet" }, `and ${plural(more, "more paper")}`) : null,
          ),
        ),
      ],
      title,
    );
  });
  app.layers.unshift(close);
  return { node: button, dialog };
}
