import { h, icon } from "./dom.js";
import { chartView, tabTo } from "./charts.js";
import { topicsPanel } from "./topics.js";
import { remembered, remember } from "./memory.js";

const LOW = 600; // px
const NARROW = 480; // px; on a phone the topics above would leave no paper on the first screen

/** @import { App, ChartView, Panel } from "./page.d.ts" */

/**
 * The card of the charts: the topics, and behind tabs the keywords and a column of the reader's own; it folds to one line, and the browser remembers that.
 *
 * @param {App} app
 * @returns {Panel}
 */
export function chartsPanel(app) {
  const { model } = app;
  const bodyId = app.id("charts-body");
  const topics = topicsPanel(app);
  /** Behind a tab each, where the corpus has them: keywords, and a column of the reader's own. */
  const others = ["keywords", "own"].map((name) => chartView(app, name));
  /** @type {ChartView[]} */
  const members = [topics, ...others];
  const tabs = members.map((view, position) => {
    const tab = h("button", {
      class: "lx-tab",
      role: "tab",
      id: app.id(`tab-${view.name}`),
      "aria-controls": app.id(`panel-${view.name}`),
      "aria-selected": String(position === 0),
      tabIndex: position ? -1 : 0,
      click: () => {
        show(position);
        // Who asks for a chart by its name shall see it.
        if (folded) setFolded(false);
      },
      keydown: (event) => {
        const seen = tabs.filter((other) => !other.hidden);
        const to = tabTo(event.key, seen.indexOf(tabs[position]), seen.length);
        if (to === undefined) return;
        event.preventDefault();
        show(tabs.indexOf(seen[to]));
        seen[to].focus();
      },
    });
    view.title = tab;
    return tab;
  });
  const panels = members.map((view, position) =>
    h(
      "div",
      {
        class: "lx-tabpanel",
        role: "tabpanel",
        "aria-labelledby": tabs[position].id,
        id: app.id(`panel-${view.name}`),
        hidden: position > 0,
      },
      view.node,
    ),
  );
  const fold = h(
    "button",
    {
      class: "lx-iconbutton lx-charts-fold",
      "aria-controls": bodyId,
      click: () => setFolded(!folded),
    },
    icon("down"),
  );
  const actions = h(
    "div",
    { class: "lx-actions" },
    members.map((view) => view.actions),
  );
  const body = h("div", { class: "lx-charts-body", id: bodyId }, panels);
  const node = h(
    "section",
    { class: "lx-charts", label: "Charts" },
    h("h2", { class: "lx-hide" }, "Charts"),
    h(
      "div",
      { class: "lx-card" },
      h(
        "div",
        { class: "lx-card-head" },
        h("div", { class: "lx-tabs", role: "tablist", label: "Charts" }, tabs),
        h("div", { class: "lx-card-tools" }, actions, fold),
      ),
      body,
    ),
  );
  // On a low screen the charts would leave no paper to be seen.
  let folded =
    remembered("charts-folded", String(app.page && (window.innerHeight < LOW || window.innerWidth < NARROW))) === "true";
  let shown = 0;

  /** @param {number} wanted */
  function show(wanted) {
    shown = wanted;
    tabs.forEach((tab, position) => {
      tab.setAttribute("aria-selected", String(position === wanted));
      tab.tabIndex = position === wanted ? 0 : -1;
      panels[position].hidden = position !== wanted;
      members[position].actions.hidden = position !== wanted;
    });
    if (!folded) members[wanted].draw();
  }

  /** @param {boolean} wanted */
  function setFolded(wanted) {
    folded = wanted;
    remember("charts-folded", String(folded));
    unfold();
  }

  function unfold() {
    body.hidden = folded;
    actions.hidden = folded;
    app.frame.classList.toggle("lx-charts-folded", folded);
    fold.setAttribute("aria-expanded", String(!folded));
    fold.setAttribute("aria-label", folded ? "Show the charts" : "Fold the charts");
    fold.title = folded ? "Show the charts" : "Fold the charts: the papers take their place";
    show(shown);
  }

  tabs[0].textContent = "Topics";
  app.watch(["charts"], () => {
    others.forEach((view, place) => {
      const position = place + 1;
      const chart = model.get("charts").find((item) => item.name === view.name);
      tabs[position].hidden = !chart;
      if (chart) tabs[position].textContent = chart.title;
      if (shown === position) {
        if (chart) view.draw();
        else show(0);
      }
    });
  });
  app.onTheme(() => others.forEach((view) => view.redraw()));
  unfold();
  return { node };
}
