import { h, icon, iconButton, segments, swap, writes } from "./dom.js";
import { count, dotted, plainText, spoken, webAddress } from "./text.js";
import { placeOf, topicMark } from "./topic_marks.js";

/** @import { Paper } from "./messages.d.ts" */
/** @import { App, Children, ReaderPanel } from "./page.d.ts" */

const MOST_PEOPLE = 40; // a collaboration has thousands, each a button
const FIRST_PEOPLE = 30;

/**
 * The drawer that shows one paper.
 *
 * @param {App} app
 * @returns {ReaderPanel}
 */
export function readerPanel(app) {
  const { model, link } = app;
  const node = h(app.page ? "aside" : "div", {
    class: "lx-reader",
    role: app.page ? null : "group",
    label: "Paper",
    hidden: true,
  });
  /** Where the focus was when the reader asked for the paper, which then takes it. @type {{ from: Element | null } | null} */
  let asked = null;
  /** The paper that was open last. @type {number | null} */
  let lastRow = null;
  /** The paper all of whose authors are shown. @type {number | null} */
  let whole = null;

  /** @param {number} row */
  function open(row) {
    asked = { from: document.activeElement };
    link.send("open", { row });
  }

  function close() {
    // One that is on its way is not wanted any more either.
    if (node.hidden && !asked) return false;
    asked = null;
    const inside = node.contains(document.activeElement) || document.activeElement === document.body;
    link.send("open", { row: null });
    node.hidden = true;
    if (inside) app.papers.focusPaper(lastRow);
    return true;
  }

  /** @param {number} by */
  function step(by) {
    const row = app.papers.neighbour(lastRow, by);
    if (row !== undefined) open(row);
  }

  function toggleRead() {
    const paper = model.get("reader");
    if (node.hidden || !paper) return false;
    link.send("read", { row: paper.row, on: !paper.read });
    return true;
  }

  function toggleStar() {
    const paper = model.get("reader");
    if (node.hidden || !paper) return false;
    link.send("star", { row: paper.row, on: !paper.marks.starred });
    return true;
  }

  /**
   * @param {"topics" | "authors" | "keywords"} field
   * @param {string} value
   * @param {string} className
   */
  function pick(field, value, className) {
    return h(
      "button",
      {
        class: className,
        title: `Filter by ${value}`,
        "aria-pressed": String(link.isOn(field, value)),
        key: `${field}:${value}`,
        click: () => link.toggle(field, value),
      },
      value,
    );
  }

  /** @param {string} name */
  function topic(name) {
    if (!name) return null;
    const place = placeOf(model.get("topics"), name);
    return [
      place === undefined ? null : topicMark(place),
      pick("topics", name, "lx-word lx-word-topic"),
      iconButton("plus", `Add the topic ${name} as a concept`, () => app.concepts.add("topic", name), {
        key: "topic-concept",
      }),
    ];
  }

  /**
   * The authors; of a collaboration's thousands the first, and a button for the rest.
   *
   * @param {Paper} paper
   * @returns {Children}
   */
  function people(paper) {
    const { row, authors } = paper;
    const all = authors.length <= MOST_PEOPLE || whole === row;
    const named = (all ? authors : authors.slice(0, FIRST_PEOPLE)).map((name) => pick("authors", name, "lx-person"));
    if (all) return named;
    const more = h(
      "button",
      {
        class: "lx-textbutton",
        key: "people",
        click: () => {
          whole = row;
          draw(paper);
          /** @type {HTMLElement | undefined} */ (node.querySelectorAll(".lx-person")[FIRST_PEOPLE])?.focus();
        },
      },
      `and ${count(authors.length - FIRST_PEOPLE)} more`,
    );
    return [...named, more];
  }

  let cited = 0;
  app.onAnswer("cite", (answer) => {
    if (answer.seq !== cited) return;
    cited = 0;
    app.copy(answer.text, answer.form === "bibtex" ? `Copied the BibTeX entry ${answer.key}.` : "Copied the reference.");
  });

  /**
   * A button that copies the paper as text; the kernel writes it.
   *
   * @param {number} row
   * @param {"bibtex" | "reference"} form
   * @param {string} name
   * @param {string} title
   */
  function copyButton(row, form, name, title) {
    return h(
      "button",
      {
        class: "lx-textbutton",
        key: `cite-${form}`,
        title,
        label: form === "bibtex" ? "Copy as BibTeX" : "Copy as a reference",
        click: () => {
          cited = link.send("cite", { row, form });
        },
      },
      icon("copy"),
      name,
    );
  }

  /** @param {Paper} paper */
  function facts(paper) {
    /** @type {[name: string, value: string | number | null][]} */
    const known = [["Upvotes", paper.upvotes], ["Comments", paper.comments], ["Source", paper.source], ...paper.extra];
    const rows = known.filter(([, value]) => value !== null && value !== "");
    if (!rows.length) return null;
    return h(
      "section",
      {},
      h("h3", {}, "Details"),
      h(
        "dl",
        { class: "lx-facts" },
        rows.map(([name, value]) =>
          h("div", {}, h("dt", {}, spoken(name)), h("dd", {}, typeof value === "number" ? count(value) : String(value))),
        ),
      ),
    );
  }

  /**
   * The records a paper was merged from, and which gave what; who may add papers may take the merge back.
   *
   * @param {Paper} paper
   * @returns {Children}
   */
  function origin({ versions, merged }) {
    const named = versions.map(({ label, url }) =>
      h("li", {}, webAddress(url) ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label) : label),
    );
    const works = versions.length
      ? h("section", {}, h("h3", {}, "Versions of this work"), h("ul", { class: "lx-origin" }, named))
      : null;
    if (!merged) return [works];
    const { allowed } = model.get("intake");
    return [
      works,
      h(
        "section",
        {},
        h("h3", {}, `Merged from ${merged.records.length} records`),
        h("p", { class: "lx-quiet" }, `${merged.records.join("; ")}. ${merged.reason}.`),
        h(
          "ul",
          { class: "lx-origin" },
          merged.gave.map(({ record, fields }) => h("li", {}, h("span", { class: "lx-quiet" }, `${record}: `), fields)),
        ),
        allowed
          ? h(
              "button",
              {
                class: "lx-button",
                key: "split",
                label: `Split into ${merged.records.length} papers`,
                click: () => link.send("intake_split", { paper: merged.paper }),
              },
              "Split",
            )
          : null,
      ),
    ];
  }

  /** @param {Paper} paper */
  function draw(paper) {
    const links = paper.links.filter((item) => webAddress(item.url));
    const title = h(
      "h2",
      { class: "lx-reader-title", tabIndex: -1, id: app.id("reader-title"), key: "title" },
      segments(paper.title),
    );
    const body = h(
      "div",
      { class: "lx-reader-body" },
      title,
      h("div", { class: "lx-people" }, people(paper)),
      h(
        "p",
        { class: "lx-meta" },
        [paper.date, paper.venue].filter(Boolean).map((part) => h("span", {}, part)),
      ),
      links.length
        ? h(
            "div",
            { class: "lx-links" },
            links.map((item) =>
              h(
                "a",
                { class: "lx-button", href: item.url, target: "_blank", rel: "noopener noreferrer" },
                item.label,
                icon("out"),
                h("span", { class: "lx-hide" }, " (opens in a new tab)"),
              ),
            ),
          )
        : null,
      h(
        "div",
        { class: "lx-reader-steer" },
        h(
          "button",
          {
            class: "lx-textbutton",
            key: "like",
            title: "Order the list by likeness to this paper",
            click: () => link.send("like_paper", { row: paper.row }),
          },
          icon("up"),
          "More like this",
        ),
        h(
          "button",
          {
            class: "lx-textbutton",
            key: "concept",
            title: "Order the list by this paper as a concept",
            click: () => {
              app.concepts.expect(`paper:"${plainText(paper.title)}"`);
              link.send("add_paper", { row: paper.row });
            },
          },
          icon("plus"),
          "Add as concept",
        ),
        copyButton(paper.row, "bibtex", "BibTeX", "Copy the BibTeX entry, without abstract and files"),
        copyButton(paper.row, "reference", "Reference", "Copy authors, year, title, venue and address on a line"),
      ),
      h(
        "p",
        { class: "lx-abstract" },
        paper.abstract.length ? segments(paper.abstract) : h("span", { class: "lx-quiet" }, "No abstract in the record."),
      ),
      app.marks.ofPaper(paper),
      paper.topic || paper.keywords.length
        ? h(
            "section",
            {},
            h("h3", {}, "Topic and keywords"),
            h(
              "div",
              { class: "lx-words" },
              topic(paper.topic),
              app.topicEdits.move(paper),
              paper.keywords.map((word) => pick("keywords", word, "lx-word")),
            ),
          )
        : null,
      facts(paper),
      origin(paper),
      paper.similar.length
        ? h(
            "section",
            {},
            h("h3", {}, "Similar papers"),
            h(
              "ul",
              { class: "lx-similar" },
              paper.similar.map((item) =>
                h(
                  "li",
                  {},
                  h("button", { key: `similar:${item.row}`, click: () => open(item.row) }, item.title),
                  h("p", { class: "lx-quiet" }, dotted([item.date, item.why])),
                ),
              ),
            ),
          )
        : null,
    );
    const at = app.papers.neighbour(paper.row, 0) !== undefined;
    swap(
      node,
      [
        h(
          "div",
          { class: "lx-reader-head" },
          h("span", { class: "lx-quiet" }, paper.place),
          h("span", { class: "lx-spacer" }),
          h(
            "button",
            {
              class: "lx-textbutton lx-read-button",
              title: "Mark as read (m)",
              label: "Mark as read",
              "aria-pressed": String(paper.read),
              key: "read",
              click: toggleRead,
            },
            icon("check"),
            paper.read ? "Read" : "Mark as read",
          ),
          app.marks.star(paper.row, paper.marks.starred, "", true),
          iconButton("left", "Previous paper", () => step(-1), {
            key: "previous",
            disabled: !at || app.papers.neighbour(paper.row, -1) === undefined,
          }),
          iconButton("right", "Next paper", () => step(1), {
            key: "next",
            disabled: !at || app.papers.neighbour(paper.row, 1) === undefined,
          }),
          iconButton("close", "Close the paper (Esc)", close, { key: "close" }),
        ),
        body,
      ],
      title,
    );
    return { title, body };
  }

  app.watch(["reader", "papers", "selection", "marks"], () => {
    const paper = model.get("reader");
    const wasOpen = !node.hidden;
    node.hidden = !paper;
    if (!paper) {
      if (wasOpen && document.activeElement === document.body) app.papers.focusPaper(lastRow);
      return;
    }
    const scroll = paper.row === lastRow ? node.querySelector(".lx-reader-body")?.scrollTop : 0;
    const inNavigation = node.querySelector(".lx-reader-head")?.contains(document.activeElement);
    lastRow = paper.row;
    const { title, body } = draw(paper);
    body.scrollTop = scroll ?? 0;
    if (asked && !inNavigation && !writes(asked.from)) title.focus({ preventScroll: true });
    if (asked) requestAnimationFrame(app.papers.reveal);
    asked = null;
  });
  app.layers.push(close);
  return { node, open, close, step, toggleRead, toggleStar };
}
