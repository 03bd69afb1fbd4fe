import { h, iconButton, swap, writes } from "./dom.js";
import { chartView, codeButton } from "./charts.js";
import { dressed } from "./figure.js";
import { loadPlotly, themeColours } from "./plotly.js";
import { count, percent, plural } from "./text.js";
import { topicMark } from "./topic_marks.js";
import { chosenOf, only } from "./selection.js";
import { remembered, remember } from "./memory.js";

/** @import { Changes, Field, SelectionFields, TopicPanel, TopicPeriod, TopicRow } from "./messages.d.ts" */
/** @import { App, TopicsPanel } from "./page.d.ts" */

const LEVELS = 10; // steps of the colour scale above nothing
const [LETTER, APART] = [7, 6]; // px; a figure of a label, and what is between two labels
const NONE = "none"; // id of what holds the papers of no topic
const MOST_NAMED = 12; // values named below the heat map
const LONGEST = 40; // characters of each
export const PERIODS = 3; // of the choices; the others are facets
const MOVED = 5; // px after which a press is a range and no click
const SPARK = { width: 60, height: 18 }; // units of its drawing
const SAVED = { width: 1000, height: 640 }; // px of a saved picture
const SORTS = /** @type {const} */ ([
  ["size", "Size", "Most papers first"],
  ["rise", "Rise", "Largest growth of the share first, by the lower end of its interval"],
  ["name", "Name", "A to Z"],
]);
const SHOWN = /** @type {const} */ ([
  ["share", true, "Share", "The topic’s part of each period’s papers"],
  ["share", false, "Papers", "Papers of each period"],
  ["cumulative", true, "Cumulative", "Papers up to each period"],
]);
const SHAPES = [
  ["rows", "Rows"],
  ["treemap", "Treemap"],
  ["sunburst", "Sunburst"],
  ["icicle", "Icicle"],
];
/** What is said of a period that tells little. @type {Record<string, string>} */
const STATES = {
  unfinished: "unfinished: papers of it are still to come",
  partial: "covered in part: papers begin late in it",
  coarse: "many papers dated to the year only",
  few: "fewer than ten papers",
};
/** What the table says of one that is there in part. @type {Record<string, string>} */
const IN_PART = { unfinished: ", unfinished", partial: ", covered in part" };
/** How it is hatched. @type {Record<string, string>} */
const HATCHES = {
  unfinished: "lx-hatch-unfinished",
  partial: "lx-hatch-unfinished",
  coarse: "lx-hatch-coarse",
  few: "lx-hatch-few",
  outside: "lx-hatch-outside",
};

/** @param {TopicPanel} panel Whether values of a facet stand in place of periods. */
function byValue({ by, choices }) {
  return choices.findIndex(([name]) => name === by) >= PERIODS;
}

/**
 * Rows in another order; that of the kernel is by size.
 *
 * @param {TopicRow[]} rows
 * @param {string} by
 */
export function sorted(rows, by) {
  // The papers of no topic are no topic among others, however many they are.
  const topics = rows.filter((row) => row.id !== NONE);
  if (by === "name") topics.sort((a, b) => a.label.localeCompare(b.label, "en"));
  // What has grown for sure stands before what may have.
  if (by === "rise") topics.sort((a, b) => (b.rise?.low ?? -2) - (a.rise?.low ?? -2));
  return [...topics, ...rows.filter((row) => row.id === NONE)];
}

/**
 * What the darkest end of the heat map's scale stands for, in words; nothing is more than all.
 *
 * @param {Pick<TopicPanel, "share" | "top" | "by" | "choices">} panel
 */
export function scaleEnd({ share, top, by, choices }) {
  if (!share) return `${plural(top, "paper")} or more`;
  const heading = choices.find(([name]) => name === by)?.[1] ?? by;
  // What a column of the reader's own is called stays as it is written.
  const label = by.startsWith("columns.") ? heading : heading.toLowerCase();
  const of = `of ${/^[aeiou]/i.test(label) ? "an" : "a"} ${label}’s papers`;
  return top < 1 ? `${percent(top)} or more ${of}` : `all ${of}`;
}

/**
 * What the columns of the heat map are, where no time runs along it: there is no room above them for more than the first.
 *
 * @param {string[]} labels
 */
export function fromLeft(labels) {
  const more = labels.length - MOST_NAMED;
  const named = (more > 1 ? labels.slice(0, MOST_NAMED) : labels).map((name) =>
    // A conference with its place and days would fill the panel.
    name.length > LONGEST ? `${name.slice(0, LONGEST - 1).trimEnd()}…` : name,
  );
  return named.join(", ") + (more > 1 ? ` and ${more} more` : "");
}

/**
 * Step of the colour scale, from 0 for nothing; null for a period without papers.
 *
 * @param {number} papers
 * @param {number} total Papers of the period.
 * @param {number} top What is drawn in full colour.
 * @param {boolean} share
 */
export function level(papers, total, top, share) {
  if (!total) return null;
  const amount = share ? papers / total : papers;
  return amount ? Math.max(1, Math.min(LEVELS, Math.ceil((amount / (top || 1)) * LEVELS - 1e-9))) : 0;
}

/**
 * Colours of a strip as stops of a gradient; neighbours of one colour are one stop.
 *
 * @param {(number | null)[]} levels
 */
export function stops(levels) {
  const found = [];
  for (let from = 0; from < levels.length;) {
    let to = from + 1;
    while (to < levels.length && levels[to] === levels[from]) to += 1;
    const [a, b] = [from, to].map((place) => `${((place / levels.length) * 100).toFixed(2)}%`);
    const colour = levels[from] === null ? "transparent" : `var(--heat-${levels[from]})`;
    found.push(`${colour} ${a} ${b}`);
    from = to;
  }
  return `linear-gradient(to right, ${found.join(", ")})`;
}

/**
 * Runs of periods that tell little for the same reason.
 *
 * @param {{ state: string }[]} periods
 */
export function runs(periods) {
  /** @type {{ state: string; from: number; to: number }[]} */
  const found = [];
  periods.forEach(({ state }, place) => {
    const last = found.at(-1);
    if (!state) return;
    if (last && last.state === state && last.to === place) last.to = place + 1;
    else found.push({ state, from: place, to: place + 1 });
  });
  return found;
}

/**
 * Whether the dates, or values, that are filtered by leave a period, or value, in.
 *
 * @param {TopicPeriod} period
 * @param {SelectionFields} draft
 * @param {string} by
 */
export function inside({ span: [from, to], value }, draft, by) {
  if (value !== undefined) {
    const chosen = chosenOf(draft, /** @type {Field} */ (by));
    return !chosen.length || chosen.includes(value);
  }
  const { years, months } = draft;
  const low = months[0] ?? (years[0] === null ? "" : `${String(years[0]).padStart(4, "0")}-01`);
  const high = months[1] ?? (years[1] === null ? "9999-12" : `${String(years[1]).padStart(4, "0")}-12`);
  return to >= low && from <= high;
}

/**
 * The change that filters by some periods; all of them are no filter.
 *
 * @param {TopicPeriod[]} periods
 * @param {number} a Place of one end.
 * @param {number} b Place of the other.
 * @param {string} by
 * @param {SelectionFields} draft
 * @returns {Changes}
 */
export function rangeOf(periods, a, b, by, draft) {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const values = periods.slice(low, high + 1).flatMap(({ value }) => value ?? []);
  if (values.length) return only(draft, /** @type {Field} */ (by), values.length < periods.length ? values : []);
  if (low === 0 && high === periods.length - 1) return { years: [null, null], months: [null, null] };
  const [from, to] = [periods[low].span[0], periods[high].span[1]];
  if (by === "year") return { years: [Number(from.slice(0, 4)), Number(to.slice(0, 4))], months: [null, null] };
  return { years: [null, null], months: [from, to] };
}

/**
 * The change that leaves a topic out, or takes it in again.
 *
 * @param {SelectionFields} draft
 * @param {string} value
 * @returns {Changes}
 */
export function excluding({ exclude, topics }, value) {
  const rest = exclude.filter(([field, other]) => field !== "topics" || other !== value);
  return {
    exclude: rest.length === exclude.length ? [...rest, ["topics", value]] : rest,
    topics: topics.filter((topic) => topic !== value),
  };
}

/**
 * A growth of a share in words.
 *
 * @param {TopicRow["rise"]} rise
 */
export function riseText(rise) {
  if (!rise) return "Too few finished periods to tell a rise.";
  /** @param {number} points */
  const signed = (points) => `${points < 0 ? "−" : "+"}${Math.abs(points * 100).toFixed(1)}`;
  const range = `${signed(rise.by)} points from the earlier half of the papers to the later (95 %: ${signed(rise.low)} to ${signed(rise.high)})`;
  if (rise.low > 0) return `Rising: ${range}`;
  return rise.high < 0 ? `Falling: ${range}` : `No clear change: ${range}`;
}

/**
 * The topics, a row each: how many papers, what share here and in all, and their course as a sparkline and a heat map.
 *
 * @param {App} app
 * @returns {TopicsPanel}
 */
export function topicsPanel(app) {
  const { model, link } = app;
  let sort = remembered("topics-sort", "size");
  let asTable = false;
  /** Whether papers have dates; where none is shown, those shown before say so, and no column comes or goes. */
  let dated = true;
  /** Where the pointer went down, as a place among the periods. @type {{ x: number; at: number; value: string | null } | null} */
  let press = null;

  const now = () => model.get("topics");
  const rows = h("div", { class: "lx-topic-rows", role: "group", label: "Topics" });
  const axis = h("div", { class: "lx-topic-axis", "aria-hidden": "true" });
  const hatch = h("div", { class: "lx-topic-hatch", "aria-hidden": "true" });
  const brush = h("div", { class: "lx-topic-brush", hidden: true, "aria-hidden": "true" });
  const tip = h("div", { class: "lx-tip", role: "status", hidden: true });
  const grid = h(
    "div",
    {
      class: "lx-topic-grid",
      pointerdown: pressed,
      pointermove: moved,
      pointerup: released,
      pointercancel: forget,
      pointerleave: () => {
        if (!press) hideTip();
      },
    },
    axis,
    rows,
    hatch,
    brush,
  );
  const twin = h("div", {
    class: "lx-twin lx-topic-twin",
    hidden: true,
    tabIndex: 0,
    role: "region",
    label: "Table of Topics",
  });
  const tools = h("div", { class: "lx-topic-tools" });
  const key = h("div", { class: "lx-topic-key" });
  const note = h("p", { class: "lx-quiet lx-chart-note" });
  const lines = chartView(app, "lines", { chart: () => now().lines });
  const tree = chartView(app, "tree", { chart: () => now().tree });
  const treeBox = h(
    "div",
    { class: "lx-tree", hidden: true },
    h("div", { class: "lx-card-head" }, tree.title, tree.actions),
    tree.node,
  );
  const crumbs = h("nav", { class: "lx-topic-crumbs", label: "Topics looked into", hidden: true });
  /** Width of the strips; px, 0 before they are laid out. */
  let strips = 0;
  /** Key of what takes the focus once it is drawn. */
  let next = "";
  /** Whether the lines that were asked for are to be shown, also where they are drawn below what is in sight. */
  let reveal = false;
  const hint = h("p", { class: "lx-quiet lx-lines-hint", hidden: true });
  const linesBox = h(
    "div",
    { class: "lx-lines", hidden: true },
    h("div", { class: "lx-card-head" }, lines.title, lines.actions),
    lines.node,
  );
  const tableButton = h(
    "button",
    {
      class: "lx-textbutton",
      "aria-pressed": "false",
      label: "Table of Topics",
      click: () => {
        asTable = !asTable;
        draw();
      },
    },
    "Table",
  );
  const actions = h(
    "div",
    { class: "lx-actions" },
    tableButton,
    ["png", "svg"].map((format) =>
      h(
        "button",
        {
          class: "lx-textbutton",
          label: `Save this chart as ${format.toUpperCase()}`,
          click: () => {
            wanted = format;
            link.send("picture", { chart: "topics" });
          },
        },
        format.toUpperCase(),
      ),
    ),
    codeButton(app, "topics"),
  );
  let wanted = "";
  const node = h(
    "figure",
    { class: "lx-chart lx-topics" },
    tools,
    crumbs,
    grid,
    treeBox,
    twin,
    hint,
    linesBox,
    h("figcaption", { class: "lx-chart-foot" }, key, note),
    tip,
  );

  // The time axis

  /** @param {PointerEvent} event */
  function place(event) {
    const strip = /** @type {HTMLElement | null} */ (rows.querySelector(".lx-heat"));
    const { periods } = now();
    if (!strip || !periods.length) return null;
    const box = strip.getBoundingClientRect();
    if (event.clientX < box.left - 1 || event.clientX > box.right + 1) return null;
    return Math.max(0, Math.min(periods.length - 1, Math.floor(((event.clientX - box.left) / box.width) * periods.length)));
  }

  /** @param {PointerEvent} event */
  function pressed(event) {
    const at = place(event);
    if (at === null || event.button !== 0) return;
    // In a narrow panel names and their buttons stand above the strips.
    if (onButton(event)) return;
    const row = event.target instanceof Element ? event.target.closest(".lx-topic-row") : null;
    press = { x: event.clientX, at, value: row instanceof HTMLElement ? (row.dataset.value ?? null) : null };
    // A test's pointer and a finger that is gone already cannot be captured.
    if (event.isTrusted) grid.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  function onButton(event) {
    return event.target instanceof Element && event.target.closest("button") !== null;
  }

  /** @param {PointerEvent} event */
  function moved(event) {
    const at = place(event);
    if (!press) {
      const row = event.target instanceof Element ? event.target.closest(".lx-topic-row") : null;
      if (at === null || onButton(event)) hideTip();
      else showTip(event, at, row instanceof HTMLElement ? row.dataset.value : undefined);
      return;
    }
    if (Math.abs(event.clientX - press.x) < MOVED || at === null) return;
    hideTip();
    const [low, high] = [Math.min(press.at, at), Math.max(press.at, at)];
    const { periods } = now();
    const text = low === high ? periods[low].label : `${periods[low].label} to ${periods[high].label}`;
    const ends = { "--from": low / periods.length, "--to": (high + 1) / periods.length };
    swap(brush, [h("span", { class: "lx-brushed", style: ends }, text)]);
    brush.hidden = false;
  }

  /** @param {PointerEvent} event */
  function released(event) {
    if (!press) return;
    const { at, value, x } = press;
    const to = place(event) ?? at;
    const drawn = !brush.hidden || Math.abs(event.clientX - x) >= MOVED;
    forget();
    const { periods, by } = now();
    const draft = link.draft();
    if (drawn) link.set(rangeOf(periods, at, to, by, draft));
    else if (value === null) {
      const all = periods.every((period) => inside(period, draft, by));
      link.set(rangeOf(periods, all ? at : 0, all ? at : periods.length - 1, by, draft));
    } else link.set({ topics: [value], ...rangeOf(periods, at, at, by, draft) });
  }

  function forget() {
    press = null;
    brush.hidden = true;
  }

  /**
   * @param {PointerEvent} event
   * @param {number} at
   * @param {string | undefined} value
   */
  function showTip(event, at, value) {
    const { periods, rows: all } = now();
    const period = periods[at];
    const row = all.find((item) => item.value === value);
    const said = row ? cellText(row, period, at) : plural(period.papers, "paper");
    swap(tip, [
      h("strong", {}, now().cumulative ? `up to ${period.label}` : period.label),
      ` ${said}`,
      row ? h("div", {}, row.label) : null,
      period.state ? h("div", { class: "lx-quiet" }, STATES[period.state]) : null,
      h("div", { class: "lx-quiet" }, row ? "Click: these papers. Drag: these columns." : "Drag: only these columns."),
    ]);
    tip.hidden = false;
    const box = node.getBoundingClientRect();
    const left = Math.min(Math.max(event.clientX - box.left + 12, 4), box.width - tip.offsetWidth - 4);
    const above = event.clientY - box.top - tip.offsetHeight - 12;
    tip.style.setProperty("left", `${left}px`);
    tip.style.setProperty("top", `${above > 0 ? above : event.clientY - box.top + 18}px`);
  }

  function hideTip() {
    tip.hidden = true;
  }

  /**
   * @param {TopicRow} row
   * @param {TopicPeriod} period
   * @param {number} at
   */
  function cellText(row, period, at) {
    if (!period.papers) return "no papers";
    const ends = [row.low[at], row.high[at]].map((end) => (end / 100).toFixed(end < 995 ? 1 : 0));
    return `${count(row.counts[at])} of ${plural(period.papers, "paper")}, ${percent(row.counts[at] / period.papers)} (95 %: ${ends.join(" to ")} %)`;
  }

  // Rows

  /**
   * The course of a topic on a scale of its own, with the band of its intervals where shares are drawn.
   *
   * @param {TopicRow} row
   * @param {TopicPanel} panel
   */
  function spark(row, panel) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${SPARK.width} ${SPARK.height}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "lx-spark");
    svg.setAttribute("aria-hidden", "true");
    for (const [name, d] of sparkPaths(row, panel)) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("class", name);
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  }

  /**
   * @param {TopicRow} row
   * @param {TopicPanel} panel
   * @param {number} most The largest share.
   */
  function topic(row, panel, most) {
    const draft = link.draft();
    const on = draft.topics.includes(row.value);
    const out = draft.exclude.some(([field, value]) => field === "topics" && value === row.value);
    const share = panel.shown ? row.papers / panel.shown : 0;
    const ofAll = panel.total ? row.all / panel.total : 0;
    const filtered = panel.shown !== panel.total;
    const shares = `${percent(share)} of the ${count(panel.shown)} papers here, ${percent(ofAll)} of all ${count(panel.total)}`;
    const levels = row.counts.map((papers, at) => level(papers, panel.periods[at].papers, panel.top, panel.share));
    return h(
      "div",
      {
        class: `lx-topic-row${on ? " lx-on" : ""}${out ? " lx-topic-out" : ""}${draft.topics.length && !on ? " lx-faded" : ""}`,
        "data-value": row.value,
      },
      h(
        "button",
        {
          class: "lx-topic-button",
          "aria-pressed": String(on),
          key: `topic:${row.value}`,
          title: [
            `${row.label}: ${plural(row.papers, "paper")}, ${shares}`,
            ...(byValue(panel) ? [] : [riseText(row.rise)]),
            "Click: only these",
            "Alt and click: without these.",
          ].join(". "),
          click: (event) => {
            if (event.altKey) link.set(excluding(link.draft(), row.value));
            else link.toggle("topics", row.value);
          },
        },
        topicMark(row.place),
        h("span", { class: "lx-topic-name" }, row.label),
        out ? h("span", { class: "lx-hide" }, ", left out") : null,
      ),
      h(
        "span",
        { class: "lx-topic-share", style: { "--share": share / most, "--all": ofAll / most }, title: shares },
        h("span", { class: "lx-topic-count" }, count(row.papers)),
        h("span", { class: "lx-quiet" }, percent(share), h("span", { class: "lx-hide" }, " here")),
        filtered
          ? h("span", { class: "lx-quiet lx-topic-all" }, h("span", { class: "lx-hide" }, ", in all "), percent(ofAll))
          : null,
      ),
      dated
        ? [
            byValue(panel) ? null : spark(row, panel),
            h("div", { class: "lx-heat", style: { "--strip": stops(levels) }, "aria-hidden": "true" }),
          ]
        : null,
      panel.within
        ? null
        : iconButton("plus", `Add the topic ${row.label} as a concept`, () => app.concepts.add("topic", row.value), {
            key: `topic-concept:${row.value}`,
            class: "lx-iconbutton lx-topic-add",
          }),
      panel.within ? null : app.topicEdits.menu(row),
    );
  }

  /** @param {TopicPanel} panel */
  function drawAxis(panel) {
    const { periods } = panel;
    const draft = link.draft();
    const length = Math.max(periods.length, 1);
    const named = axisLabels(
      periods.map((period) => period.label),
      strips,
    );
    const labelled = byValue(panel) ? [0] : labelledPeriods(length, named[0]?.length ?? 0, strips);
    swap(axis, [
      h(
        "div",
        { class: "lx-topic-heads" },
        h("span", { title: "Papers shown" }, "papers"),
        h("span", { title: "Share of the papers shown" }, "share"),
        panel.shown === panel.total ? null : h("span", { title: "Share of all papers of the corpus" }, "of all"),
      ),
      ...labelled
        .filter((at) => periods[at])
        .map((at) =>
          h(
            "span",
            {
              class: `lx-axis-period${at === 0 ? " lx-axis-first" : at === length - 1 ? " lx-axis-last" : ""}`,
              style: { "--at": (at + 0.5) / length },
            },
            byValue(panel) ? periods[at].label : named[at],
          ),
        ),
    ]);
    const outside = runs(periods.map((period) => ({ ...period, state: inside(period, draft, panel.by) ? "" : "outside" })));
    swap(
      hatch,
      [...runs(periods), ...outside].map(({ state, from, to }) =>
        h("span", { class: HATCHES[state], style: { "--from": from / length, "--to": to / length } }),
      ),
    );
  }

  /** @param {TopicPanel} panel */
  function drawKey(panel) {
    const { periods } = panel;
    const states = [...new Set(periods.map((period) => period.state).filter(Boolean))];
    const named = states.map((state) => {
      const those = runs(periods.map((period) => ({ ...period, state: period.state === state ? state : "" })));
      const names = those.map(({ from, to }) =>
        to - from > 1 ? `${periods[from].label} to ${periods[to - 1].label}` : periods[from].label,
      );
      const text = names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
      return h(
        "span",
        { class: "lx-key-state" },
        h("span", { class: `lx-key-swatch ${HATCHES[state]}`, "aria-hidden": "true" }),
        `${text}: ${STATES[state]}`,
      );
    });
    swap(key, [
      byValue(panel) && periods.length
        ? h("span", { class: "lx-key-values" }, `From left: ${fromLeft(periods.map((period) => period.label))}.`)
        : null,
      periods.length
        ? h(
            "span",
            { class: "lx-key-scale" },
            "0",
            h("span", {
              class: "lx-key-heat",
              style: { "--strip": stops(Array.from({ length: LEVELS + 1 }, (_, at) => at)) },
              "aria-hidden": "true",
            }),
            scaleEnd(panel),
          )
        : null,
      panel.shown === panel.total
        ? null
        : h(
            "span",
            { class: "lx-key-state" },
            h("span", { class: "lx-key-all", "aria-hidden": "true" }),
            "share of all papers",
          ),
      ...named,
    ]);
  }

  /** @param {TopicPanel} panel */
  function drawTools(panel) {
    /** @param {string} option @param {boolean | string} value */
    const choose = (option, value) => link.send("chart", { option, value });
    // A tree has one order and no periods; its lines have those.
    const areas = panel.shape !== "rows";
    swap(tools, [
      h(
        "div",
        { class: "lx-segmented", role: "group", label: "Sort the topics by", hidden: areas },
        SORTS.filter(([name]) => name !== "rise" || !byValue(panel)).map(([name, label, title]) =>
          h(
            "button",
            {
              "aria-pressed": String(sort === name),
              title,
              key: `sort:${name}`,
              click: () => {
                sort = name;
                remember("topics-sort", name);
                draw();
              },
            },
            label,
          ),
        ),
      ),
      dated
        ? [
            h(
              "div",
              { class: "lx-segmented", role: "group", label: "Periods show", hidden: areas && !panel.wants_lines },
              SHOWN.filter(([option]) => option === "share" || !byValue(panel)).map(([option, value, label, title]) =>
                h(
                  "button",
                  {
                    "aria-pressed": String(panel[option] === value && panel.cumulative === (option === "cumulative")),
                    key: `${option}:${value}`,
                    title,
                    click: () => choose(option, value),
                  },
                  label,
                ),
              ),
            ),
            h(
              "div",
              { class: "lx-segmented", role: "group", label: "Period", hidden: areas && !panel.wants_lines },
              panel.choices
                .slice(0, PERIODS)
                .map(([choice, label]) =>
                  h(
                    "button",
                    { "aria-pressed": String(choice === panel.by), key: `by:${choice}`, click: () => choose("by", choice) },
                    label,
                  ),
                ),
            ),
            h(
              "button",
              {
                hidden: byValue(panel),
                class: "lx-textbutton lx-toggle",
                "aria-pressed": String(panel.wants_lines),
                title: "Draw the chosen topics as lines, with the intervals of their shares",
                key: "lines",
                click: () => {
                  reveal = !panel.wants_lines;
                  choose("lines", reveal);
                },
              },
              "Lines",
            ),
          ]
        : null,
      h(
        "select",
        {
          class: "lx-select lx-topic-shape",
          label: "Topics by",
          hidden: areas,
          key: "by",
          change: (event) => choose("by", event.currentTarget.value),
        },
        [[byValue(panel) ? "year" : panel.by, "Over time"], ...panel.choices.slice(PERIODS)].map(([value, label]) =>
          h("option", { value, selected: value === panel.by }, label),
        ),
      ),
      h(
        "select",
        {
          class: "lx-select lx-topic-shape",
          label: "Draw the topics as",
          key: "shape",
          change: (event) => choose("shape", event.currentTarget.value),
        },
        SHAPES.map(([shape, label]) => h("option", { value: shape, selected: shape === panel.shape }, label)),
      ),
      app.topicCompare.button(),
      app.topicEdits.logButton(panel.edits),
      panel.stale && model.get("intake").allowed
        ? h("button", { class: "lx-textbutton", key: "refit", click: () => link.send("intake_refit") }, "Find topics anew")
        : null,
    ]);
  }

  /** @param {TopicPanel} panel */
  function drawTable(panel) {
    const columns = [
      "Topic",
      "Papers",
      "Share here",
      "Share of all",
      ...panel.periods.map(({ label, state }) => (panel.cumulative ? "to " : "") + label + (IN_PART[state] ?? "")),
    ];
    swap(twin, [
      h(
        "table",
        {},
        h("caption", { class: "lx-hide" }, "Topics"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            columns.map((name, at) => h("th", { scope: "col", class: at ? "lx-amount" : null }, name)),
          ),
        ),
        h(
          "tbody",
          {},
          sorted(panel.rows, sort).map((row) =>
            h(
              "tr",
              {},
              h(
                "th",
                { scope: "row" },
                h(
                  "button",
                  {
                    class: "lx-pick",
                    "aria-pressed": String(link.isOn("topics", row.value)),
                    key: `pick:${row.value}`,
                    click: () => link.toggle("topics", row.value),
                  },
                  row.label,
                ),
              ),
              h("td", { class: "lx-amount" }, count(row.papers)),
              h("td", { class: "lx-amount" }, percent(panel.shown ? row.papers / panel.shown : 0)),
              h("td", { class: "lx-amount" }, percent(panel.total ? row.all / panel.total : 0)),
              row.counts.map((papers, at) => {
                const total = panel.periods[at].papers;
                return h("td", { class: "lx-amount" }, panel.share ? (total ? percent(papers / total) : "") : count(papers));
              }),
            ),
          ),
        ),
      ),
    ]);
  }

  /** @param {TopicPanel} panel */
  function drawCrumbs({ within }) {
    crumbs.hidden = !within;
    swap(
      crumbs,
      within
        ? [
            h(
              "button",
              {
                class: "lx-textbutton",
                key: "topic-crumb",
                click: () => {
                  next = `topic:${within.value}`;
                  link.send("chart", { option: "within", value: "" });
                },
              },
              "All topics",
            ),
            h("span", { "aria-hidden": "true" }, "›"),
            h("strong", { "aria-current": "true" }, within.label),
          ]
        : [],
    );
  }

  /** @param {TopicPanel} panel */
  function drawTree(panel) {
    treeBox.hidden = asTable || !panel.tree;
    if (treeBox.hidden || !panel.tree) return;
    tree.title.textContent = panel.tree.title;
    tree.draw();
  }

  function drawLines(/** @type {TopicPanel} */ panel) {
    const chosen = link.draft().topics.length;
    hint.hidden = !panel.wants_lines || (chosen > 0 && chosen <= 5);
    hint.textContent = chosen
      ? "The first five of the chosen topics are drawn."
      : "Choose two to five topics, and their lines are drawn here.";
    linesBox.hidden = !panel.lines || !chosen;
    if (!linesBox.hidden && panel.lines) {
      lines.title.textContent = panel.lines.title;
      lines.draw();
    }
    if (reveal && panel.wants_lines) {
      reveal = false;
      (linesBox.hidden ? hint : linesBox).scrollIntoView({ block: "nearest" });
    }
  }

  function draw() {
    const panel = now();
    if (panel.shown || !panel.total) dated = panel.periods.length > 0;
    hideTip();
    tableButton.setAttribute("aria-pressed", String(asTable));
    twin.hidden = !asTable;
    grid.hidden = asTable || Boolean(panel.tree);
    grid.classList.toggle("lx-undated", !dated);
    grid.classList.toggle("lx-by-value", byValue(panel));
    grid.classList.toggle("lx-topic-filtered", panel.shown !== panel.total);
    drawTools(panel);
    if (asTable) drawTable(panel);
    else {
      drawAxis(panel);
      // Room for the largest number: its digits, and the shares beside it.
      const widest = Math.max(...panel.rows.map((row) => count(row.all).length));
      grid.style.setProperty("--count", `${Math.max(40, 7.5 * widest)}px`);
      const most = Math.max(
        ...panel.rows.map((row) => Math.max(row.papers / (panel.shown || 1), row.all / (panel.total || 1))),
        1e-9,
      );
      swap(
        rows,
        panel.rows.length
          ? sorted(panel.rows, sort).map((row) => topic(row, panel, most))
          : [h("p", { class: "lx-quiet" }, "No topics: no paper has a text to find them in.")],
        // A topic that is gone leaves the focus to the edits, where that is undone.
        tools.querySelector('[data-key="topic-log"]'),
      );
    }
    drawCrumbs(panel);
    drawTree(panel);
    drawKey(panel);
    key.hidden = Boolean(panel.tree);
    drawLines(panel);
    if (next && !panel.within) {
      const found = app.root.querySelector(`[data-key="${CSS.escape(next)}"]`);
      next = "";
      // A table has no row that can take it, nor has a tree.
      if (!writes(null)) (found instanceof HTMLElement && found.offsetParent ? found : tableButton).focus();
    }
    note.textContent = panel.notes.join(" ");
    app.root.dispatchEvent(new CustomEvent("lx-chart-drawn", { bubbles: true, detail: "topics" }));
  }

  // The hatching lies over all strips, whose width the grid gives.
  const measured = new ResizeObserver(() => {
    const strip = rows.querySelector(".lx-heat");
    if (!strip || strip.clientWidth === strips) return;
    strips = strip.clientWidth;
    grid.style.setProperty("--strips", `${strips}px`);
    drawAxis(now());
  });
  measured.observe(grid);
  app.signal.addEventListener("abort", () => measured.disconnect());

  app.onAnswer("picture", async ({ title, figure }) => {
    const plotly = await loadPlotly(app);
    const colours = themeColours(app);
    const size = { ...SAVED, height: Math.max(SAVED.height, Number(figure.layout.height ?? 0) + 60) };
    const { data, layout } = dressed(figure, colours, size, () => false);
    const standalone = {
      ...layout,
      paper_bgcolor: colours.surface,
      margin: { ...layout.margin, t: 48 },
      title: { text: title, font: { size: 15 }, x: 0.02, xanchor: "left" },
    };
    const name = `topics-${model.get("summary").name.replace(/[^\w-]+/g, "-")}`;
    await plotly.downloadImage(
      { data, layout: standalone },
      { format: wanted, ...size, scale: wanted === "png" ? 2 : 1, filename: name },
    );
  });
  app.watch(["topics"], draw);
  app.onTheme(() => {
    lines.redraw();
    tree.redraw();
  });
  return { node, actions, title: h("h3", { class: "lx-chart-title" }), name: "topics", draw, redraw: draw };
}

/**
 * What periods are called above the strips: by their years where the first and the last would run into each other, and those of one
 * year without it after the first.
 *
 * @param {string[]} labels
 * @param {number} width Of the strips; px, 0 where it is not known yet.
 */
export function axisLabels(labels, width) {
  const tight = width && labels.length > 1 && 2 * labels[0].length * LETTER + APART > width;
  const one = labels[0]?.slice(0, 4) === labels.at(-1)?.slice(0, 4);
  return tight ? labels.map((label, at) => (one ? label.slice(at && 5) : label.slice(0, 4))) : labels;
}

/**
 * Places of the periods that are named above the strips: the first and the last, and the one in the middle where it has room.
 *
 * @param {number} length Periods.
 * @param {number} letters Of a label.
 * @param {number} width Of the strips; px, 0 where it is not known yet.
 */
export function labelledPeriods(length, letters, width) {
  const middle = Math.floor((length - 1) / 2);
  // Of an even number the one in the middle is nearer to the first.
  const room = !width || ((middle + 0.5) / length) * width >= 1.5 * letters * LETTER + APART;
  return [...new Set(length > 4 && room ? [0, middle, length - 1] : [0, length - 1])];
}

/**
 * Paths of a sparkline by their classes: the band of the intervals, the line, and its unfinished end.
 *
 * @param {TopicRow} row
 * @param {Pick<TopicPanel, "periods" | "share">} panel
 * @returns {[name: string, d: string][]}
 */
export function sparkPaths(row, { periods, share }) {
  const { width, height } = SPARK;
  const known = periods.map((_, at) => at).filter((at) => periods[at].papers);
  if (!known.length) return [];
  /** @param {number} at */
  const value = (at) => (share ? row.counts[at] / periods[at].papers : row.counts[at]);
  const sure = known.filter((at) => !periods[at].state);
  const scale = Math.max(...(sure.length ? sure : known).map(value), 1e-9) * 1.15;
  /** @param {number} at @param {number} amount */
  const point = (at, amount) => {
    const x = periods.length > 1 ? (at / (periods.length - 1)) * (width - 2) + 1 : width / 2;
    return `${x.toFixed(1)} ${(height - 1 - Math.min(amount / scale, 1) * (height - 2)).toFixed(1)}`;
  };
  /** @param {number[]} places @param {(at: number) => number} of */
  const line = (places, of) => places.map((at) => point(at, of(at))).join("L");
  const end = known.findIndex((at) => periods[at].state === "unfinished");
  const finished = end < 0 ? known : known.slice(0, end);
  /** @type {[name: string, d: string][]} */
  const paths = [];
  if (share && finished.length > 1) {
    const over = line(finished, (at) => row.high[at] / 10000);
    const under = line([...finished].reverse(), (at) => row.low[at] / 10000);
    paths.push(["lx-spark-band", `M${over}L${under}Z`]);
  }
  if (finished.length > 1) paths.push(["lx-spark-line", `M${line(finished, value)}`]);
  else if (finished.length) paths.push(["lx-spark-dot", `M${point(finished[0], value(finished[0]))}h.01`]);
  if (end >= 0) paths.push(["lx-spark-open", `M${line(known.slice(Math.max(end - 1, 0)), value)}${end ? "" : "h.01"}`]);
  return paths;
}
