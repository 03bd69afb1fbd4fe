import { h, icon, iconButton, swap } from "./dom.js";
import { count, plural } from "./text.js";
import { MONTHS, YEARS, rangeControl } from "./range.js";

/** @import { Facet, FacetRow, RangeFacet, ValuesFacet } from "./messages.d.ts" */
/** @import { App, FacetPanel } from "./page.d.ts" */

const TYPING_PAUSE = 150; // ms
const OPEN_AT_FIRST = 3; // panels; the rest start folded so that the rail fits a screen

/**
 * A collapsible panel; a badge shows that a folded panel filters.
 *
 * @param {App} app
 * @param {Facet} facet
 * @param {boolean} open
 * @param {HTMLElement} body
 */
function fold(app, facet, open, body) {
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
  }
  return {
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
 * @param {App} app
 * @param {ValuesFacet} first
 * @param {boolean} open
 * @returns {FacetPanel<ValuesFacet>}
 */
function valuesPanel(app, first, open) {
  const { link } = app;
  let facet = first;
  let timer = 0;
  const rows = h("div", { role: "group", label: first.label });
  const pager = h("div", { class: "lx-facet-pager" });
  const search = h("input", {
    class: "lx-box lx-facet-search",
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: `Find in ${first.label.toLowerCase()}`,
    label: `Find in ${first.label.toLowerCase()}`,
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask(0), TYPING_PAUSE);
    },
  });
  const body = h("div", { class: "lx-facet-body" }, search, rows, pager);
  const panel = fold(app, first, open, body);

  /** @param {number} page */
  function ask(page) {
    timer = 0;
    link.send("facet", { facet: facet.name, text: search.value, page });
  }

  /** @param {FacetRow} item */
  function row(item) {
    const key = `${facet.name}:${item.value}`;
    const line = h(
      "label",
      { class: item.on ? "lx-value lx-on" : "lx-value", style: { "--share": item.count / Math.max(facet.max, 1) } },
      h("input", { type: "checkbox", checked: item.on, key, change: () => link.toggle(facet.name, item.value) }),
      h("span", { class: "lx-value-label", title: item.label }, item.label),
      h("span", { class: "lx-value-count" }, count(item.count)),
    );
    if (facet.name !== "topics") return line;
    return h(
      "div",
      { class: "lx-value-line" },
      line,
      iconButton(
        "plus",
        `Add the topic ${item.label} as a concept`,
        () => link.send("add_operand", { of: "topic", name: String(item.value) }),
        { key: `concept:${item.value}` },
      ),
    );
  }

  /** @param {ValuesFacet} next */
  function update(next) {
    facet = next;
    search.hidden = !(facet.text || facet.pages > 1 || facet.values > 10);
    if (!timer && document.activeElement !== search && search.value !== facet.text) search.value = facet.text;
    const chosen = link.draft()[facet.name];
    panel.setBadge(Array.isArray(chosen) ? chosen.length : chosen === null ? 0 : 1);
    swap(
      rows,
      facet.rows.length ? facet.rows.map(row) : [h("p", { class: "lx-quiet" }, facet.text ? "Nothing found." : "No values.")],
      search.hidden ? null : search,
    );
    pager.hidden = facet.pages <= 1;
    swap(
      pager,
      pager.hidden
        ? []
        : [
            iconButton("left", `Previous ${facet.label.toLowerCase()} page`, () => ask(facet.page - 1), {
              disabled: facet.page <= 0,
              key: "back",
            }),
            h("span", {}, `${facet.page + 1} / ${count(facet.pages)}`),
            iconButton("right", `Next ${facet.label.toLowerCase()} page`, () => ask(facet.page + 1), {
              disabled: facet.page >= facet.pages - 1,
              key: "on",
            }),
            h("span", { class: "lx-quiet" }, plural(facet.values, "value")),
          ],
      search,
    );
  }
  return { node: panel.node, update };
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
  const mode = h("div", { class: "lx-segmented", role: "group", label: "Range in" }, choices);
  const note = h("p", { class: "lx-quiet" });
  const panel = fold(app, first, open, h("div", { class: "lx-facet-body" }, mode, years.node, months.node, note));

  /** @param {RangeFacet} next */
  function update(next) {
    facet = next;
    const draft = link.draft();
    const useMonths = Boolean(facet.months && byMonth);
    mode.hidden = !facet.months;
    choices.forEach((choice, position) => choice.setAttribute("aria-pressed", String(Boolean(position) === useMonths)));
    years.node.hidden = useMonths || !facet.bars.length;
    months.node.hidden = !useMonths;
    years.update(facet.bars, facet.selected);
    if (facet.months) months.update(facet.months.bars, facet.months.selected);
    panel.setBadge([...draft.years, ...draft.months].some((end) => end !== null) ? 1 : 0);
    note.hidden = !facet.undated;
    note.textContent = `${plural(facet.undated, "paper")} without a date`;
  }
  return { node: panel.node, update };
}

/**
 * The rail of filter panels, built once and updated in place so that open panels stay open.
 *
 * @param {App} app
 */
export function filtersPanel(app) {
  /** @type {Map<string, FacetPanel<any>>} */
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
    return facet.kind === "range" ? rangePanel(app, facet, open) : valuesPanel(app, facet, open);
  }

  app.watch(["facets"], () => {
    // The topics have a panel of their own, which filters too.
    const facets = app.model.get("facets").filter((facet) => facet.name !== "topics");
    const names = facets.map((facet) => facet.name).join();
    const nodes = facets.map((facet, position) => {
      /** @type {FacetPanel<any>} */
      const panel = panels.get(facet.name) ?? made(facet, position < OPEN_AT_FIRST);
      panels.set(facet.name, panel);
      panel.update(facet);
      return panel.node;
    });
    if (list.dataset.names !== names) {
      list.dataset.names = names;
      list.replaceChildren(...nodes);
    }
  });
  return { node };
}
