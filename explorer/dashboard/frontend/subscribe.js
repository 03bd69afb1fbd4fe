import { titledDialog } from "./dialog.js";
import { h, icon, iconButton, submitOnEnter, swap } from "./dom.js";
import { plural, tidied } from "./text.js";

/** @import { SubscriptionsAnswer } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

const WAIT = 350; // ms; a preview follows what is typed once it rests

/**
 * Subscribe to what is shown: words against, how often, how much, and what the next issue would have in it.
 *
 * @param {App} app
 */
export function subscribeDialog(app) {
  const { link } = app;
  const button = h(
    "button",
    {
      class: "lx-button lx-feed-button",
      "aria-haspopup": "dialog",
      title: "Get trending papers in your email inbox",
      click: () => open(),
    },
    icon("mail"),
    h("span", {}, "Subscribe"),
  );
  const form = { name: "", without: "", cadence: "daily", cap: 20, address: "", bibtex: false };
  const fields = h("div", {});
  const issue = h("div", { class: "lx-issue", "aria-live": "polite" });
  const list = h("div", {});
  const { dialog, title } = titledDialog(
    app,
    { name: "subscribe", text: "Get trending papers in your email inbox!", kind: "lx-feed", close: () => close() },
    h("div", { class: "lx-feed-body" }, h("div", { class: "lx-subscribe-columns" }, h("div", {}, fields, list), issue)),
  );
  let timer = 0;
  /** @type {string[]} */
  let names = [];

  function ask() {
    clearTimeout(timer);
    const { without, cadence, cap } = form;
    link.send("subscriptions", { without, cadence, cap });
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }

  function open() {
    swap(fields, [h("p", { class: "lx-quiet", role: "status" }, "Looking up what would be sent…")]);
    swap(issue, []);
    swap(list, []);
    drawn = null;
    dialog.showModal();
    title.focus();
    ask();
  }

  function close() {
    if (!dialog.open) return false;
    clearTimeout(timer);
    dialog.close();
    button.focus();
    return true;
  }

  /** What the form was drawn for; it is not drawn again while somebody types in it. @type {string | null} */
  let drawn = null;

  /**
   * @param {"name" | "without" | "address"} name
   * @param {string} label
   * @param {string} placeholder
   * @param {() => void} changed
   */
  function box(name, label, placeholder, changed = () => {}) {
    const id = app.id(`subscribe-${name}`);
    return h(
      "div",
      { class: "lx-subscribe-field" },
      h("label", { for: id }, label),
      h("input", {
        id,
        class: "lx-box",
        type: name === "address" ? "email" : "text",
        autocomplete: name === "address" ? "email" : "off",
        maxlength: name === "without" ? "1000" : "120",
        placeholder,
        value: form[name],
        keydown: submitOnEnter,
        input: (event) => {
          form[name] = event.currentTarget.value;
          changed();
        },
      }),
    );
  }

  /** @param {SubscriptionsAnswer} answer */
  function drawForm(answer) {
    const often = app.id("subscribe-often");
    const most = app.id("subscribe-most");
    const rhythm = h(
      "select",
      {
        id: often,
        class: "lx-select",
        change: (event) => {
          form.cadence = event.currentTarget.value;
          ask();
        },
      },
      h("option", { value: "daily" }, "every day"),
      h("option", { value: "weekly" }, "every week"),
    );
    rhythm.value = form.cadence;
    return h(
      "form",
      {
        class: "lx-subscribe-form",
        submit: (event) => {
          event.preventDefault();
          const name = tidied(form.name) || "What is new";
          link.send("subscribe", { ...form, name, replace: names.includes(name) });
        },
      },
      h("p", {}, "To what is shown: ", h("strong", {}, answer.sentence)),
      box("name", "Name", "What is new"),
      box("without", "Without these words", "survey, benchmark", later),
      h(
        "div",
        { class: "lx-subscribe-line" },
        h("label", { for: often }, "How often"),
        rhythm,
        h("label", { for: most }, "At most"),
        h("input", {
          id: most,
          class: "lx-box lx-subscribe-cap",
          type: "number",
          min: "1",
          max: "100",
          value: String(form.cap),
          keydown: submitOnEnter,
          input: (event) => {
            const cap = Math.round(Number(event.currentTarget.value));
            if (cap >= 1 && cap <= 100) {
              form.cap = cap;
              later();
            }
          },
        }),
        h("span", {}, "papers"),
      ),
      box("address", "Mail address (none for files and feeds)", "ann@example.org"),
      h(
        "label",
        { class: "lx-check" },
        h("input", {
          type: "checkbox",
          checked: form.bibtex,
          change: (event) => {
            form.bibtex = event.currentTarget.checked;
          },
        }),
        "Attach the papers as BibTeX",
      ),
      h("button", { class: "lx-button lx-primary", type: "submit" }, "Subscribe"),
    );
  }

  /** @param {SubscriptionsAnswer} answer */
  function drawIssue({ issue: next, problem }) {
    if (problem) return [h("p", { class: "lx-saved-problem" }, problem)];
    if (!next) return [];
    return [
      h("h3", {}, `The next issue: ${plural(next.papers.length, "paper")}`),
      next.papers.length
        ? h(
            "ol",
            { class: "lx-feed-list" },
            next.papers.map(({ title: paper, reason }) =>
              h("li", { class: "lx-feed-row" }, h("strong", {}, paper), h("p", { class: "lx-feed-why" }, reason)),
            ),
          )
        : h("p", { class: "lx-quiet" }, "Nothing yet: it will have what comes to the corpus and fits."),
      next.waiting
        ? h("p", { class: "lx-quiet" }, `${plural(next.waiting, "more paper")} would wait for the issue after.`)
        : null,
    ];
  }

  /** @param {SubscriptionsAnswer} answer */
  function drawList({ rows }) {
    if (!rows.length) return [];
    return [
      h("h3", {}, "Your subscriptions"),
      h(
        "ul",
        {},
        rows.map((row) =>
          h(
            "li",
            { class: "lx-feed-row lx-subscription" },
            h(
              "div",
              {},
              h("strong", {}, row.name),
              h(
                "p",
                { class: "lx-quiet" },
                [row.sentence, `${row.cadence}, ${row.cap} at most`, row.address, row.bibtex && "with BibTeX"]
                  .filter(Boolean)
                  .join(" · "),
              ),
            ),
            iconButton("close", `End ${row.name}`, () => link.send("end_subscription", { name: row.name }), {
              key: `end:${row.name}`,
            }),
          ),
        ),
      ),
    ];
  }

  app.onAnswer("subscriptions", (answer) => {
    if (!dialog.open) return;
    names = answer.rows.map((row) => row.name);
    const now = `${answer.writable} ${answer.sentence}`;
    if (drawn !== now) {
      drawn = now;
      swap(fields, [
        answer.writable
          ? drawForm(answer)
          : h("p", {}, "Nothing can be saved here: the server was started read-only. ", h("strong", {}, answer.sentence)),
      ]);
    }
    swap(issue, drawIssue(answer));
    swap(list, drawList(answer), title);
  });
  app.layers.unshift(close);
  return { node: button, dialog };
}
