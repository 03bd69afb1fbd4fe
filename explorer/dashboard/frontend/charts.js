import { h, swap } from "./dom.js";
import { loadPlotly, themeColours, dressed } from "./plotly.js";

const SAVED = { width: 900, height: 520 }; // px of a saved picture
const FIRST_SLOT = new Set(["topics", "keywords"]); // charts that share the left card as tabs

/** A field and value to toggle for a cell of the table twin, or undefined. */
function cellPick(pick, rows, row, cell, column) {
  if (!pick) return undefined;
  if (rows.length === pick.values.length) return column === 0 ? pick.values[row] : undefined;
  return pick.values.find((value) => String(value) === String(cell));
}

/**
 * One chart with its table, legend and pictures. `hooks` are for charts that are not the kernel's `charts`: `chart` gives it,
 * `clicked` and `hovered` get a point, `selected` the range drawn over it (null: taken back).
 */
export function chartView(app, name, hooks = {}) {
  const { model, link } = app;
  const nothing = h("p", { class: "lx-nothing lx-quiet" }, "Nothing to draw.");
  const plot = h("div", { class: "lx-plot" });
  const frame = h(
    "div",
    { class: "lx-plot-frame", role: "img" },
    plot,
    h("div", { class: "lx-plot-wait", "aria-hidden": "true" }),
    nothing,
  );
  const twin = h("div", { class: "lx-twin", hidden: true, tabIndex: 0, role: "region" });
  const legend = h("ul", { class: "lx-legend", label: "Series" });
  const options = h("div", { class: "lx-options" });
  const note = h("p", { class: "lx-quiet lx-chart-note" });
  const tableButton = h(
    "button",
    {
      class: "lx-textbutton",
      "aria-pressed": "false",
      click: () => {
        twin.hidden = !twin.hidden;
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
        { class: "lx-textbutton", click: () => save(format), label: `Save this chart as ${format.toUpperCase()}` },
        format.toUpperCase(),
      ),
    ),
  );
  const node = h(
    "figure",
    { class: "lx-chart" },
    frame,
    twin,
    legend,
    h("figcaption", { class: "lx-chart-foot" }, options, note),
  );
  let drawn = null;
  let listening = false;

  const chart = hooks.chart ?? (() => (model.get("charts") ?? []).find((item) => item.name === name));

  function visible() {
    return node.isConnected && frame.clientWidth > 0 && frame.clientHeight > 0;
  }

  function draw() {
    const now = chart();
    if (!now) return;
    tableButton.setAttribute("aria-label", `Table of ${now.title}`);
    tableButton.setAttribute("aria-pressed", String(!twin.hidden));
    frame.hidden = !twin.hidden;
    frame.setAttribute("aria-label", now.description);
    note.textContent = now.note ?? "";
    swap(options, (now.options ?? []).map(option).filter(Boolean));
    if (!twin.hidden) swap(twin, [table(now)]);
    const bare = now.bare ?? !now.table.rows.some((row) => row.slice(1).some(Boolean));
    plot.hidden = bare;
    nothing.hidden = !bare;
    drawLegend((now.figure.data ?? []).filter((trace) => !trace.meta?.density && !trace.meta?.scaled));
    if (visible() && !bare && drawn !== now.figure) render(now);
  }

  /** The legend as buttons: plotly's own takes room from the plot and knows no keyboard. */
  function drawLegend(traces) {
    legend.hidden = traces.length < 2;
    if (legend.hidden) return;
    swap(
      legend,
      traces.map((trace) => {
        const [field, value] = trace.customdata?.[0] ?? [];
        const content = [
          h("span", { class: "lx-dot", style: { background: trace.line?.color ?? trace.marker?.color ?? "currentColor" } }),
          h("span", { title: trace.name }, trace.name),
        ];
        return h(
          "li",
          {},
          field
            ? h(
                "button",
                {
                  class: "lx-series",
                  "aria-pressed": String(link.isOn(field, value)),
                  key: `series:${value}`,
                  click: () => link.toggle(field, value),
                },
                content,
              )
            : h("span", { class: "lx-series" }, content),
        );
      }),
    );
  }

  async function render(now) {
    drawn = now.figure;
    try {
      const plotly = await loadPlotly(app);
      if (drawn !== now.figure || app.signal.aborted) return;
      if (!visible()) {
        drawn = null;
        return;
      }
      const { data, layout, config } = dressed(now.figure, themeColours(app), {
        width: frame.clientWidth,
        height: frame.clientHeight,
      });
      await plotly.react(plot, data, layout, config);
      frame.classList.add("lx-drawn");
      if (!listening) {
        listening = true;
        plot.on("plotly_click", (event) =>
          app.guard(() => {
            const [point] = event.points ?? [];
            if (Array.isArray(point?.customdata)) link.toggle(...point.customdata);
            else if (point) hooks.clicked?.(point);
          })(),
        );
        if (hooks.hovered) plot.on("plotly_hover", (event) => hooks.hovered(event.points?.[0]));
        if (hooks.selected) {
          plot.on("plotly_selected", (event) => event?.range && app.guard(hooks.selected)(event.range));
          plot.on("plotly_deselect", () => app.guard(hooks.selected)(null));
        }
      }
      app.root.dispatchEvent(new CustomEvent("lx-chart-drawn", { bubbles: true, detail: name }));
    } catch (error) {
      drawn = null;
      app.fault(error, "The chart could not be drawn; its table still works.");
      twin.hidden = false;
      draw();
    }
  }

  function option(item) {
    const key = `${name}:${item.name}`;
    const send = (value) => link.send("chart", { chart: name, option: item.name, value });
    if (item.kind === "refit")
      return model.get("intake")?.allowed
        ? h("button", { class: "lx-textbutton", key, click: () => link.send("intake_refit") }, item.label)
        : null;
    if (item.kind === "toggle")
      return h(
        "button",
        { class: "lx-textbutton lx-toggle", "aria-pressed": String(Boolean(item.value)), key, click: () => send(!item.value) },
        item.label,
      );
    return h(
      "div",
      { class: "lx-segmented", role: "group", label: item.label },
      item.choices.map((choice) =>
        h(
          "button",
          { "aria-pressed": String(choice === item.value), key: `${key}:${choice}`, click: () => send(choice) },
          choice[0].toUpperCase() + choice.slice(1),
        ),
      ),
    );
  }

  function pickable(text, value, pick) {
    if (value === undefined) return [text];
    return [
      h(
        "button",
        {
          class: "lx-pick",
          "aria-pressed": String(link.isOn(pick.field, value)),
          key: `pick:${value}`,
          click: () => link.toggle(pick.field, value),
        },
        text,
      ),
    ];
  }

  function table({ table: { columns, rows }, pick, title: caption }) {
    twin.setAttribute("aria-label", `Table of ${caption}`);
    const value = (cell) =>
      cell === null || cell === undefined
        ? ""
        : typeof cell === "number"
          ? cell.toLocaleString("en", {
              maximumFractionDigits: 3,
              useGrouping: !Number.isInteger(cell) || Math.abs(cell) > 9999,
            })
          : String(cell);
    return h(
      "table",
      {},
      h("caption", { class: "lx-hide" }, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((column, position) =>
            h(
              "th",
              { scope: "col", class: typeof rows[0]?.[position] === "number" ? "lx-amount" : null },
              pickable(column, position ? cellPick(pick, [], 0, column, position) : undefined, pick),
            ),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row, place) =>
          h(
            "tr",
            {},
            row.map((cell, position) => {
              const content = pickable(value(cell), cellPick(pick, rows, place, cell, position), pick);
              return position
                ? h("td", { class: typeof cell === "number" ? "lx-amount" : null }, content)
                : h("th", { scope: "row" }, content);
            }),
          ),
        ),
      ),
    );
  }

  async function save(format) {
    const now = chart();
    const plotly = await loadPlotly(app);
    const colours = themeColours(app);
    const { data, layout } = dressed(now.figure, colours, SAVED);
    // A saved picture stands alone: it carries its title and an opaque ground.
    const standalone = {
      ...layout,
      showlegend: data.length > 1,
      legend: { orientation: "h", y: -0.12 },
      paper_bgcolor: colours.surface,
      margin: { ...layout.margin, t: 48 },
      title: { text: now.title, font: { size: 15 }, x: 0.02, xanchor: "left" },
    };
    await plotly.downloadImage(
      { data, layout: standalone },
      {
        format,
        ...SAVED,
        scale: format === "png" ? 2 : 1,
        filename: `${now.name}-${(model.get("summary")?.name ?? "papers").replace(/[^\w-]+/g, "-")}`,
      },
    );
  }

  let frameRequest = 0;
  let size = "";
  const resized = new ResizeObserver(() => {
    cancelAnimationFrame(frameRequest);
    frameRequest = requestAnimationFrame(() =>
      app.whenReleased(() => {
        const now = `${frame.clientWidth} ${frame.clientHeight}`;
        if (!visible() || now === size) return;
        size = now;
        drawn = null;
        draw();
      }),
    );
  });
  resized.observe(frame);
  app.signal.addEventListener("abort", () => {
    resized.disconnect();
    if (listening) window.Plotly.purge(plot);
  });

  return {
    name,
    node,
    actions,
    title: null,
    draw,
    redraw() {
      drawn = null;
      draw();
    },
  };
}

/** Two cards side by side: the first holds topics and keywords as tabs, the second the series. */
export function chartsPanel(app) {
  const { model } = app;
  const node = h("section", { class: "lx-charts", label: "Charts" });
  const heading = h("h2", { class: "lx-hide" }, "Charts");
  const views = new Map();

  function tabbedCard(members) {
    const tabs = members.map((view, position) => {
      const tab = h("button", {
        class: "lx-tab",
        role: "tab",
        id: app.id(`tab-${view.name}`),
        "aria-controls": app.id(`panel-${view.name}`),
        "aria-selected": String(position === 0),
        tabIndex: position ? -1 : 0,
        click: () => show(position),
        keydown: (event) => {
          const to = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: members.length - 1 }[event.key];
          if (to === undefined) return;
          event.preventDefault();
          show((to + members.length) % members.length);
          tabs[(to + members.length) % members.length].focus();
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
    function show(wanted) {
      tabs.forEach((tab, position) => {
        tab.setAttribute("aria-selected", String(position === wanted));
        tab.tabIndex = position === wanted ? 0 : -1;
        panels[position].hidden = position !== wanted;
        members[position].actions.hidden = position !== wanted;
      });
      members[wanted].draw();
    }
    members.forEach((view, position) => {
      view.actions.hidden = position > 0;
    });
    return h(
      "div",
      { class: "lx-card" },
      h(
        "div",
        { class: "lx-card-head" },
        h("div", { class: "lx-tabs", role: "tablist", label: "Frequency charts" }, tabs),
        members.map((view) => view.actions),
      ),
      panels,
    );
  }

  function build(charts) {
    charts.forEach((chart) => views.set(chart.name, chartView(app, chart.name)));
    const all = [...views.values()];
    const first = all.filter((view) => FIRST_SLOT.has(view.name));
    const others = all.filter((view) => !FIRST_SLOT.has(view.name) || first.length < 2);
    others.forEach((view) => {
      view.title = h("h3", { class: "lx-chart-title" });
    });
    node.replaceChildren(
      heading,
      ...(first.length > 1 ? [tabbedCard(first)] : []),
      ...others.map((view) =>
        h("div", { class: "lx-card" }, h("div", { class: "lx-card-head" }, view.title, view.actions), view.node),
      ),
    );
  }

  app.watch(["charts"], () => {
    const charts = model.get("charts") ?? [];
    node.hidden = !charts.length;
    if (charts.some((chart) => !views.has(chart.name))) {
      views.clear();
      build(charts);
    }
    charts.forEach((chart) => {
      const view = views.get(chart.name);
      view.title.textContent = chart.title;
      view.draw();
    });
  });
  app.onTheme(() => views.forEach((view) => view.redraw()));
  return { node };
}
