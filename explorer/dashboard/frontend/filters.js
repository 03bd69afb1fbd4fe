import { h, icon, iconButton, swap } from "./dom.js";
import { count, plural } from "./text.js";
import { DATES, MONTHS, NUMBERS, YEARS, rangeControl } from "./range.js";
import { roving } from "./roving.js";
import { chosenOf, ranged } from "./selection.js";
import { stepEnd } from "./steps.js";

/** @import { ClosedFacet, Facet, FacetRow, Range, RangeFacet, StepsFacet, ValuesFacet } from "./messages.d.ts" */
/** @import { App, FacetPanel } from "./page.d.ts" */

const WHOLE = 26; // characters that a panel has room for
const ALIKE = 14; // characters at the beginning that names have in common which a cut at the end would make one
const TAIL = 10;
const TELLING = 4; // characters of an end that begins with a word

const TYPING_PAUSE = 150; // ms
const SHOWN = 8; // values that come at first
const SEEN = 7; // rows that there is room for; half of the next one is seen, so that the list is seen to go on
const NEAR_END = 40; // px above the end of a list from which more of it is asked for
const OPEN_AT_FIRST = 3; // panels; the rest start folded so that the rail fits a screen

/**
 * A collapsible panel; a badge shows that a folded panel filters.
 *
 * @param {App} app
 * @param {Facet} facet
 * @param {boolean} open
 * @param {HTMLElement} body
 * @param {(open: boolean) => void} onToggle
 */
function fold(app, facet, open, body, onToggle = () => {}) {
  const id = app.id(`facet-${facet.name}`);
  const badge = h("span", { class: "lx-badge", hidden: true });
  const button = h(
    "button",
    { class: "lx-fold", "aria-expanded": String(open), "aria-controls": id, click: toggle },
    h("span", {}, facet.label),
    badge,
    icon("down"),
  );
  body.id = id;
  body.hidden = !open;
  function toggle() {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
    onToggle(!body.hidden);
  }
  return {
    button,
    node: h("section", { class: "lx-facet" }, h("h3", {}, button), body),
    /** @param {number} number How many values are chosen. */
    setBadge(number) {
      badge.hidden = !number;
      badge.textContent = number ? String(number) : "";
      badge.setAttribute("aria-label", `${number} chosen`);
    },
  };
}

/**
 * Tell the kernel that a panel of the reader's own columns is open, or closed, so that only open ones are counted.
 *
 * @param {App} app
 * @param {Facet} facet
 */
function counting(app, facet) {
  return (/** @type {boolean} */ open) => {
    if (facet.name.startsWith("columns.")) app.link.send("facet", { facet: facet.name, open });
  };
}

/**
 * @param {App} app
 * @param {ValuesFacet} first
 * @param {boolean} open
 * @returns {FacetPanel<ValuesFacet>}
 */
function valuesPanel(app, first, open) {
  const { link } = app;
  let facet = first;
  let timer = 0;
  /** The length of the list that more was asked for, so that it is asked once. */
  let asked = -1;
  /** Rows that there is room for. */
  let kept = 1;
  const rows = h("div", { class: "lx-values", role: "group", label: first.label, scroll: nearEnd });
  const settle = roving(rows);
  const rest = h("button", { class: "lx-textbutton lx-facet-more", hidden: true, click: () => ask(facet.page + 1) });
  const search = h("input", {
    class: "lx-box lx-facet-search",
    hidden: true,
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: `Find in ${first.label.toLowerCase()}`,
    label: `Find in ${first.label.toLowerCase()}`,
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        rows.scrollTop = 0;
        ask(0);
      }, TYPING_PAUSE);
    },
  });
  const body = h("div", { class: "lx-facet-body" }, search, rows, rest);
  const panel = fold(app, first, open, body, counting(app, first));

  /** @param {number} page */
  function ask(page) {
    timer = 0;
    link.send("facet", { facet: facet.name, text: search.value, page });
  }

  function nearEnd() {
    if (!facet.more || asked === facet.rows.length) return;
    if (rows.scrollTop + rows.clientHeight < rows.scrollHeight - NEAR_END) return;
    asked = facet.rows.length;
    ask(facet.page + 1);
  }

  /**
   * @param {FacetRow} item
   * @param {MouseEvent & { currentTarget: HTMLElement }} event
   */
  function clicked(item, event) {
    if (!event.altKey || typeof item.value !== "string") return;
    event.preventDefault();
    link.exclude(facet.name, item.value);
  }

  /** @param {FacetRow} item */
  function row(item) {
    const key = `${facet.name}:${item.value}`;
    const [head, tail] = middle(
      item.label,
      facet.rows.map(({ label }) => label),
    );
    const line = h(
      "label",
      {
        class: `lx-value${item.on ? " lx-on" : ""}${item.out ? " lx-left-out" : ""}`,
        style: { "--share": item.count / Math.max(facet.max, 1) },
        click: (event) => clicked(item, event),
      },
      h("input", { type: "checkbox", checked: item.on, key, change: () => link.toggle(facet.name, item.value) }),
      h(
        "span",
        { class: "lx-value-label", title: item.label },
        h("span", { class: "lx-value-head" }, head),
        tail ? h("span", { class: "lx-value-tail" }, tail) : null,
        item.out ? h("span", { class: "lx-hide" }, ", excluded") : null,
      ),
      h("span", { class: "lx-value-count" }, count(item.count)),
    );
    if (typeof item.value !== "string") return line;
    const value = item.value;
    return h(
      "div",
      { class: facet.name === "topics" ? "lx-value-line lx-two-acts" : "lx-value-line" },
      line,
      iconButton(
        item.out ? "plus" : "minus",
        item.out ? `Show ${item.label} again` : `Exclude ${item.label}`,
        () => link.exclude(facet.name, value),
        { key: `exclude:${value}`, "aria-pressed": String(item.out) },
      ),
      facet.name === "topics"
        ? iconButton("plus", `Add the topic ${item.label} as a concept`, () => app.concepts.add("topic", value), {
            key: `concept:${value}`,
          })
        : null,
    );
  }

  /** @param {ValuesFacet} next */
  function update(next) {
    // Of a list that became longer, or short again, more may be asked for.
    if (next.rows.length !== facet.rows.length) asked = -1;
    facet = next;
    // Room that was taken once is kept: while a query is typed, what is below must not jump.
    kept = Math.max(kept, Math.min(facet.rows.length, SEEN));
    rows.style.setProperty("--rows", String(kept));
    search.hidden &&= !(facet.text || facet.more || facet.values > SHOWN);
    if (!timer && document.activeElement !== search && search.value !== facet.text) search.value = facet.text;
    const draft = link.draft();
    const chosen = facet.name.startsWith("columns.")
      ? chosenOf(draft, facet.name)
      : draft[/** @type {"topics"} */ (facet.name)];
    const left = facet.rows.filter((item) => item.out).length;
    panel.setBadge((Array.isArray(chosen) ? chosen.length : chosen === null ? 0 : 1) + left);
    const place = rows.scrollTop;
    swap(
      rows,
      facet.rows.length ? facet.rows.map(row) : [h("p", { class: "lx-quiet" }, facet.text ? "Nothing found." : "No values.")],
      search.hidden ? null : search,
    );
    rows.scrollTop = place;
    settle();
    // A list that can be scrolled is reached by the keyboard through what is in it.
    rest.hidden &&= !facet.more;
    rest.classList.toggle("lx-unseen", !facet.more);
    rest.textContent = `${plural(facet.more, "more value")}: scroll or search`;
  }
  return { node: panel.node, update };
}

/**
 * A range of numbers or dates of the reader's own.
 *
 * @param {App} app
 * @param {StepsFacet} first
 * @param {boolean} open
 * @returns {FacetPanel<StepsFacet>}
 */
function stepsPanel(app, first, open) {
  const { link } = app;
  let facet = first;
  /** @type {(range: import("./messages.d.ts").Range<any>, written: import("./messages.d.ts").Range<any>) => void} */
  const onChange = (range, written) => link.set(ranged(link.draft(), facet.name, rangeText(range, facet.reach, written)));
  const range = rangeControl(app, /** @type {any} */ (first.of === "date" ? DATES : NUMBERS), {
    label: first.label.toLowerCase(),
    onChange,
  });
  const note = h("p", { class: "lx-quiet" });
  const panel = fold(app, first, open, h("div", { class: "lx-facet-body" }, range.node, note), counting(app, first));

  /** @param {StepsFacet} next */
  function update(next) {
    facet = next;
    range.update(facet.bars, facet.selected, facet.written, facet.reach);
    panel.setBadge(chosenOf(link.draft(), facet.name).length);
    note.hidden = !facet.missing;
    note.textContent = `${plural(facet.missing, "paper")} without a value`;
  }
  return { node: panel.node, update };
}

/**
 * A column of the reader's own that is counted when it is opened.
 *
 * @param {App} app
 * @param {ClosedFacet} first
 * @returns {FacetPanel<ClosedFacet>}
 */
function closedPanel(app, first) {
  const body = h("div", { class: "lx-facet-body" }, h("p", { class: "lx-quiet" }, "Counting …"));
  return { node: fold(app, first, false, body, counting(app, first)).node, update: () => {} };
}

/**
 * @param {App} app
 * @param {RangeFacet} first
 * @param {boolean} open
 * @returns {FacetPanel<RangeFacet>}
 */
function rangePanel(app, first, open) {
  const { link } = app;
  let byMonth = Boolean(first.months?.selected.some((end) => end !== null));
  let facet = first;
  // Years and months say the same thing twice: choosing one clears the other.
  const years = rangeControl(app, YEARS, {
    label: "year",
    onChange: (range) => link.set({ years: range, months: [null, null] }),
  });
  const months = rangeControl(app, MONTHS, {
    label: "month",
    onChange: (range) => link.set({ months: range, years: [null, null] }),
  });
  const choices = ["Years", "Months"].map((name, position) =>
    h(
      "button",
      {
        "aria-pressed": "false",
        click: () => {
          byMonth = Boolean(position);
          update(facet);
        },
      },
      name,
    ),
  );
  const mode = h("div", { class: "lx-segmented", role: "group", label: "Range in", hidden: true }, choices);
  const note = h("p", { class: "lx-quiet" });
  const panel = fold(app, first, open, h("div", { class: "lx-facet-body" }, mode, years.node, months.node, note));

  /** @param {RangeFacet} next */
  function update(next) {
    facet = next;
    const draft = link.draft();
    const useMonths = Boolean(facet.months && byMonth);
    mode.hidden &&= !facet.months;
    choices.forEach((choice, position) => choice.setAttribute("aria-pressed", String(Boolean(position) === useMonths)));
    years.node.hidden = useMonths || !facet.bars.length;
    months.node.hidden = !useMonths;
    years.update(facet.bars, facet.selected);
    if (facet.months) months.update(facet.months.bars, facet.months.selected);
    panel.setBadge([...draft.years, ...draft.months].some((end) => end !== null) ? 1 : 0);
    const gaps = facet.gaps.map((gap) => `no papers ${gap.join("–")}`);
    if (facet.undated) gaps.push(`${plural(facet.undated, "paper")} without a date`);
    note.hidden = !gaps.length;
    note.textContent = gaps.join("; ").replace(/^n/, "N");
  }
  return { node: panel.node, update };
}

/**
 * The rail of filter panels, built once and updated in place so that open panels stay open.
 *
 * @param {App} app
 */
export function filtersPanel(app) {
  /** @type {Map<string, { panel: FacetPanel<any>; closed: boolean }>} */
  const panels = new Map();
  const list = h("div");
  const node = h(
    app.page ? "aside" : "div",
    { class: "lx-rail", id: app.id("rail"), label: "Filters", role: app.page ? null : "group" },
    h(
      "div",
      { class: "lx-rail-head" },
      h("h2", {}, "Filters"),
      iconButton("close", "Close the filters", () => app.closeRail(), { class: "lx-iconbutton lx-rail-close" }),
    ),
    list,
  );

  /**
   * @param {Facet} facet
   * @param {boolean} open
   */
  function made(facet, open) {
    if (facet.kind === "range") return rangePanel(app, facet, open);
    if (facet.kind === "steps") return stepsPanel(app, facet, open);
    return facet.kind === "closed" ? closedPanel(app, facet) : valuesPanel(app, facet, open);
  }

  app.watch(["facets"], () => {
    // The topics have a panel of their own, which filters too.
    const facets = app.model.get("facets").filter((facet) => facet.name !== "topics");
    const names = facets.map((facet) => `${facet.name} ${facet.kind === "closed"}`).join();
    const focused = document.activeElement;
    /** @type {HTMLElement | null} */
    let again = null;
    const nodes = facets.map((facet, position) => {
      const before = panels.get(facet.name);
      const closed = facet.kind === "closed";
      /** @type {FacetPanel<any>} */
      let panel;
      if (before && before.closed === closed) panel = before.panel;
      else {
        // One that was closed and is counted now was opened by hand, or by a filter.
        panel = made(facet, before ? true : position < OPEN_AT_FIRST);
        if (before?.panel.node.contains(focused)) again = panel.node.querySelector("button");
      }
      panels.set(facet.name, { panel, closed });
      panel.update(facet);
      return panel.node;
    });
    for (const name of panels.keys()) if (!facets.some((facet) => facet.name === name)) panels.delete(name);
    if (list.dataset.names !== names) {
      list.dataset.names = names;
      list.replaceChildren(...nodes);
      /** @type {HTMLElement | null} */ (again)?.focus({ preventScroll: true });
    }
  });
  return { node };
}

/**
 * A name in two parts, the second of which is never cut off, so that long names that differ only at their end are told apart.
 *
 * @param {string} text
 * @param {readonly string[]} others The names beside it.
 * @returns {[head: string, tail: string]}
 */
export function middle(text, others) {
  const signs = [...text];
  const head = signs.slice(0, ALIKE).join("");
  if (signs.length <= WHOLE || !others.some((other) => other !== text && other.startsWith(head))) return [text, ""];
  // A piece of a word says nothing: the end begins with the next one, if that leaves something.
  const end = signs.slice(-TAIL - 1).join("");
  const words = end.search(/(?<=[\s,;:–—-])[^\s,;:–—-]/u);
  const tail = words > 0 && end.length - words >= TELLING ? end.slice(words) : signs.slice(-TAIL).join("");
  return [text.slice(0, text.length - tail.length), tail];
}

/**
 * A range of steps as a selection writes it; empty for all of them. A step of numbers goes `reach` beyond its label.
 *
 * @param {Range<number | string>} range
 * @param {number} reach
 * @param {Range<number | string>} written Ends as they were written, where that is within a step.
 */
export function rangeText([low, high], reach, written = [null, null]) {
  const from = written[0] ?? low;
  const to = written[1] ?? (high === null ? null : stepEnd(high, reach));
  return from === null && to === null ? "" : `${from ?? ""}..${to ?? ""}`;
}
