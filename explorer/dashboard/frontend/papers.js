import { h, icon, iconButton, segments, swap, writes } from "./dom.js";
import { plainText, count, plural } from "./text.js";
import { partsLegend, partsBar, reasonsList } from "./explanation.js";
import { feedbackButtons } from "./relevance_feedback.js";
import { placeOf, topicMark } from "./topic_marks.js";
import { remembered, remember } from "./memory.js";
import { showTickedButton } from "./ticks.js";

/** @import { PaperRow, Summary } from "./messages.d.ts" */
/** @import { App, PapersPanel } from "./page.d.ts" */
/** @import { IconName } from "./dom.js" */
/** @typedef {"first" | "last" | null} Edge A paper of a page. */

/**
 * The paged list of papers with its head line and controls.
 *
 * @param {App} app
 * @returns {PapersPanel}
 */
export function papersPanel(app) {
  const { model, link } = app;
  const sortId = app.id("sort");
  const sentence = h("h2", { class: "lx-sentence", tabIndex: -1 });
  const copy = iconButton("copy", "Copy this sentence", () => app.copy(model.get("summary").sentence, "Copied the sentence."));
  const tickPage = h("input", {
    type: "checkbox",
    change: (event) => link.send("tick_page", { on: event.currentTarget.checked }),
  });
  const ticked = h("div", { class: "lx-ticked", role: "group", label: "What to do with the ticked papers" });
  const sort = h("select", {
    id: sortId,
    class: "lx-select",
    change: (event) => link.set({ sort: event.currentTarget.value }),
  });
  /** @type {import("./messages.d.ts").Traits["sorts"]} */
  let sorts = [];
  const key = h("div", {});
  const reasons = reasonsList(app);
  const pager = h("div", { class: "lx-pager", role: "group", label: "Pages of papers" });
  const list = h("ol", { class: "lx-papers" });
  const empty = h("div", { class: "lx-empty", hidden: true });
  /** Why the list ends where it does. */
  const ends = h("p", { class: "lx-quiet lx-ends", hidden: true });
  const compact = h(
    "button",
    {
      class: "lx-textbutton lx-toggle lx-compact-button",
      title: "One line a paper: twice as many on the screen",
      "aria-pressed": "false",
      click: () => {
        remember("compact", String(compact.getAttribute("aria-pressed") !== "true"));
        setCompact();
      },
    },
    "Compact",
  );
  function setCompact() {
    const on = remembered("compact", "false") === "true";
    compact.setAttribute("aria-pressed", String(on));
    list.classList.toggle("lx-compact", on);
  }
  const controls = h(
    "div",
    { class: "lx-toolbar" },
    h("label", { class: "lx-tickall" }, tickPage, h("span", {}, "Tick page")),
    compact,
    h("span", { class: "lx-spacer" }),
    h("label", { class: "lx-sort", for: sortId }, "Sort by"),
    sort,
    pager,
  );
  const node = h(
    "section",
    { class: "lx-list", label: "Papers" },
    h("div", { class: "lx-sentence-line" }, sentence, copy),
    app.comparison.node,
    app.preference.node,
    controls,
    key,
    empty,
    list,
    ends,
    // Below, and in sight while the list is: above it, the first tick would move the list from under the pointer.
    ticked,
  );
  setCompact();
  /** @type {PaperRow[]} */
  let rows = [];
  /** Which paper of which page takes the focus once it is there. @type {{ page: number; edge: Edge; from: Element | null } | null} */
  let focusNext = null;
  /** From where the reader goes down into the list once what was asked is answered. @type {Element | null} */
  let waitsAt = null;

  /** Place on the page of the paper that has the focus, or had it last; -1 without one. */
  function current() {
    const items = [...list.children];
    const focused = document.activeElement?.closest(".lx-paper");
    return items.findIndex((item) => (focused ? item === focused : item.classList.contains("lx-current")));
  }

  /** @param {number} position */
  function focusRow(position) {
    const item = list.children[position];
    if (!item) return;
    focusNext = null;
    [...list.children].forEach((other) => other.classList.toggle("lx-current", other === item));
    /** @type {HTMLElement | null} */ (item.querySelector(".lx-title"))?.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {number} page
   * @param {Edge} focus
   */
  function turn(page, focus = null) {
    focusNext = focus && { page, edge: focus, from: document.activeElement };
    link.send("page", { page });
    // Not scrollIntoView, which would scroll the notebook as well.
    const scroller = node.closest(".lx-main");
    if (!focus && scroller instanceof HTMLElement) scroller.scrollTop = node.offsetTop;
  }

  /**
   * Move the focus through the list, on to the next page at its end.
   *
   * @param {number} by
   */
  function step(by) {
    const papers = model.get("papers");
    const next = current() + by;
    if (next >= rows.length && papers.page + 1 < papers.pages) turn(papers.page + 1, "first");
    else if (next < 0 && papers.page > 0 && current() === 0) turn(papers.page - 1, "last");
    else focusRow(Math.min(Math.max(next, 0), rows.length - 1));
  }

  /** Go from the search box to the papers: to those that were asked for, for a redraw would take the focus away with the others. */
  function enter() {
    waitsAt = link.busy() ? document.activeElement : null;
    if (!waitsAt) step(1);
  }

  /**
   * @param {IconName} name
   * @param {number | null} amount
   * @param {string} word
   */
  function number(name, amount, word) {
    return amount === null
      ? null
      : h(
          "span",
          { class: "lx-number-tag", title: plural(amount, word) },
          icon(name),
          h("span", {}, count(amount)),
          h("span", { class: "lx-hide" }, ` ${word}${amount === 1 ? "" : "s"}`),
        );
  }

  /** @param {string} topic */
  function topicTag(topic) {
    if (!topic) return null;
    const place = placeOf(model.get("topics"), topic);
    return h("span", { class: "lx-topic", title: topic }, place === undefined ? null : topicMark(place), h("span", {}, topic));
  }

  /** @param {PaperRow} item */
  function paper(item) {
    const title = plainText(item.title);
    const { parts, scored } = model.get("papers");
    const bar = partsBar(parts, item.row);
    const why = scored ? reasons.of(item.row, title) : null;
    return h(
      "li",
      { class: `lx-paper${item.open ? " lx-open" : ""}${item.read ? " lx-was-read" : ""}` },
      h("input", {
        type: "checkbox",
        class: "lx-tick",
        checked: item.ticked,
        label: `Tick ${title}`,
        key: `tick:${item.row}`,
        change: (event) => link.send("tick", { row: item.row, on: event.currentTarget.checked }),
      }),
      h(
        "article",
        {},
        h(
          "h3",
          {},
          h(
            "button",
            {
              class: "lx-title",
              "aria-current": item.open ? "true" : null,
              key: `title:${item.row}`,
              click: () => app.reader.open(item.row),
            },
            segments(item.title),
          ),
        ),
        h(
          "p",
          { class: "lx-meta" },
          // Names in Arabic or Hebrew leave the dot and the date beside them where they are.
          [item.authors, item.venue].filter(Boolean).map((part) => h("span", {}, h("bdi", {}, part))),
          item.date ? h("span", { class: "lx-date" }, item.date) : null,
        ),
        item.snippet.length ? h("p", { class: "lx-snippet" }, segments(item.snippet)) : null,
        h(
          "p",
          { class: "lx-tags" },
          app.marks.star(item.row, item.marks.starred, title),
          item.best
            ? h(
                "span",
                {
                  class: "lx-best",
                  title: "No other paper shown is at least as good in all that you prefer and better in one",
                },
                "Pareto",
              )
            : null,
          topicTag(item.topic),
          number("up", item.upvotes, "upvote"),
          number("talk", item.comments, "comment"),
          item.code ? h("span", { class: "lx-number-tag" }, icon("code"), h("span", {}, "code")) : null,
          item.read ? h("span", { class: "lx-number-tag" }, icon("check"), h("span", {}, "read")) : null,
          ...[app.marks.ofRow(item)].flat(),
          why || bar ? h("span", { class: "lx-score" }, bar, why?.button) : null,
        ),
        why?.body,
      ),
    );
  }

  /** @param {Summary} summary */
  function showEmpty(summary) {
    const part = model.get("comparison")?.part;
    empty.hidden = rows.length > 0;
    if (empty.hidden) return;
    if (!summary.total) {
      const add = h("button", { class: "lx-button", key: "add", click: () => app.intake.node.click() }, "Add papers");
      swap(
        empty,
        [h("p", { class: "lx-empty-title" }, "There are no papers yet."), model.get("intake").allowed ? add : null],
        sentence,
      );
      return;
    }
    if (summary.shown || part === "gone") {
      swap(empty, [h("p", { class: "lx-empty-title" }, part === "gone" ? "No paper is gone." : "No paper is new.")], sentence);
      return;
    }
    const alone = summary.chips.length < 2;
    const loosen = alone ? [] : summary.loosen;
    const what = model.get("selection").query ? "search" : "filter";
    swap(
      empty,
      [
        h("p", { class: "lx-empty-title" }, alone ? `No paper matches this ${what}.` : "No paper matches all of this."),
        summary.cutoff ? h("p", {}, summary.cutoff) : null,
        summary.unknown.map((said) => h("p", {}, said)),
        app.spelling.instead,
        loosen.length ? h("p", {}, "Loosen one filter:") : null,
        h(
          "div",
          { class: "lx-loosen" },
          loosen.map((way) =>
            h(
              "button",
              { class: "lx-button", click: () => link.set(way.changes) },
              way.label,
              h("span", { class: "lx-badge" }, count(way.shown)),
            ),
          ),
          h(
            "button",
            { class: "lx-button", click: () => link.send("clear") },
            alone ? `Show all ${plural(summary.total, "paper")}` : "Clear all filters",
          ),
        ),
      ],
      sentence,
    );
  }

  app.watch(["selection"], () => reasons.renew(model.get("papers").rows.map((item) => item.row)));
  app.watch(["papers", "summary", "selection", "comparison", "marks"], () => {
    const papers = model.get("papers");
    const summary = model.get("summary");
    rows = papers.rows;
    sentence.textContent = summary.sentence;
    sentence.title = summary.sentence;
    if (sorts !== model.get("sorts")) {
      sorts = model.get("sorts");
      sort.replaceChildren(...sorts.map(([value, label]) => h("option", { value }, label)));
    }
    sort.value = model.get("selection").sort;
    const onPage = rows.filter((item) => item.ticked).length;
    tickPage.checked = rows.length > 0 && onPage === rows.length;
    tickPage.indeterminate = onPage > 0 && onPage < rows.length;
    tickPage.disabled = !rows.length;
    swap(
      ticked,
      papers.ticked
        ? [
            h("span", {}, `${count(papers.ticked)} ticked`),
            showTickedButton(app),
            ...app.marks.forTicked(),
            ...feedbackButtons(app),
            iconButton("close", "Untick all", () => link.send("untick_all"), { key: "untick" }),
          ]
        : [],
      tickPage,
    );
    const first = papers.page * papers.per_page + 1;
    swap(
      pager,
      rows.length
        ? [
            h(
              "span",
              { class: "lx-place" },
              h("strong", {}, `${count(first)}–${count(first + rows.length - 1)}`),
              ` of ${count(papers.listed)}`,
            ),
            iconButton("left", "Previous page", () => turn(papers.page - 1), { disabled: papers.page <= 0, key: "back" }),
            iconButton("right", "Next page", () => turn(papers.page + 1), {
              disabled: papers.page >= papers.pages - 1,
              key: "on",
            }),
          ]
        : [],
      sentence,
    );
    swap(key, partsLegend(papers.parts), sentence);
    swap(list, rows.map(paper), sentence);
    list.start = first;
    list.hidden = !rows.length;
    showEmpty(summary);
    ends.hidden = !rows.length || !summary.cutoff || papers.page < papers.pages - 1;
    ends.textContent = summary.cutoff;
    // Something else may be answered before.
    if (focusNext?.page === papers.page) {
      if (!writes(focusNext.from)) focusRow(focusNext.edge === "first" ? 0 : rows.length - 1);
      focusNext = null;
    }
    if (!waitsAt || link.busy()) return;
    if (waitsAt === document.activeElement) step(1);
    waitsAt = null;
  });

  return {
    node,
    step,
    enter,
    awaitParts: (parts) => swap(key, partsLegend(parts), sentence),
    stay() {
      waitsAt = null;
    },
    tickCurrent() {
      const item = rows[current()];
      if (item) link.send("tick", { row: item.row, on: !item.ticked });
      return Boolean(item);
    },
    openCurrent() {
      const item = rows[current()];
      if (item) app.reader.open(item.row);
    },
    starCurrent() {
      const item = rows[current()];
      if (item) link.send("star", { row: item.row, on: !item.marks.starred });
      return Boolean(item);
    },
    neighbour(row, by) {
      const place = rows.findIndex((item) => item.row === row);
      return place < 0 ? undefined : rows[place + by]?.row;
    },
    /** Opening the reader narrows the list and moves its rows. */
    reveal: () => list.querySelector(".lx-open")?.scrollIntoView({ block: "nearest" }),
    focusPaper(row) {
      const place = rows.findIndex((item) => item.row === row);
      if (place >= 0) focusRow(place);
      else sentence.focus({ preventScroll: true });
    },
  };
}
