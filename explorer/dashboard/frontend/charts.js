import { h, swap } from "./dom.js";
import { dressed, neededHeight } from "./figure.js";
import { canDrawFast, loadPlotly, themeColours } from "./plotly.js";
import { topicMark } from "./topic_marks.js";

/** @import { Cell, CellPicks, Chart, ChartOption, Field, Figure, Trace } from "./messages.d.ts" */
/** @import { App, ChartHooks, ChartView, PlotlyElement } from "./page.d.ts" */

const SAVED = { width: 900, height: 520 }; // px of a saved picture
const CONFIG = {
  displaylogo: false,
  responsive: true,
  showSendToCloud: false,
  showEditInChartStudio: false,
  plotlyServerURL: "",
  displayModeBar: false,
};

/**
 * The value that a cell of a chart's table selects, or undefined.
 *
 * @param {CellPicks | null} pick
 * @param {Cell[][]} rows
 * @param {number} row
 * @param {Cell} cell
 * @param {number} column
 */
export function cellPick(pick, rows, row, cell, column) {
  if (!pick) return undefined;
  if (rows.length === pick.values.length) return column === 0 ? pick.values[row] : undefined;
  return pick.values.find((value) => String(value) === String(cell));
}

/**
 * The text of a cell of a chart's table; years stay ungrouped.
 *
 * @param {Cell} cell
 */
export function cellText(cell) {
  if (cell === null) return "";
  if (typeof cell === "string") return cell;
  const useGrouping = !Number.isInteger(cell) || Math.abs(cell) > 9999;
  return cell.toLocaleString("en", { maximumFractionDigits: 3, useGrouping });
}

/**
 * One chart with its table, legend and pictures.
 *
 * @param {App} app
 * @param {string} name
 * @param {ChartHooks} hooks
 * @returns {ChartView}
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
    codeButton(app, name),
  );
  const node = h(
    "figure",
    { class: "lx-chart" },
    frame,
    twin,
    legend,
    h("figcaption", { class: "lx-chart-foot" }, options, note),
  );
  /** @type {Figure | null} */
  let drawn = null;
  let listening = false;
  /** What is drawn; another column has a height of its own. */
  let title = "";

  const chart = hooks.chart ?? (() => model.get("charts").find((item) => item.name === name));

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
    note.textContent = now.note;
    swap(options, now.options.map(option));
    if (!twin.hidden) swap(twin, [table(now)]);
    const bare = now.bare ?? !now.table.rows.some((row) => row.slice(1).some(Boolean));
    plot.hidden = bare;
    nothing.hidden = !bare;
    drawLegend(now.figure.data.filter(({ meta }) => !meta?.density && !meta?.scaled && !meta?.band));
    if (visible() && !bare && drawn !== now.figure) render(now);
  }

  /**
   * The legend as buttons: plotly's own takes room from the plot and knows no keyboard.
   *
   * @param {Trace[]} traces
   */
  function drawLegend(traces) {
    legend.hidden = traces.length < 2;
    if (legend.hidden) return;
    swap(
      legend,
      traces.map((trace) => {
        const [field, value] = chosenBy(Array.isArray(trace.customdata) ? trace.customdata[0] : null) ?? [];
        const colour = trace.line?.color ?? trace.marker?.color;
        const dot = { background: typeof colour === "string" ? colour : "currentColor" };
        const content = [
          trace.meta?.place === undefined ? h("span", { class: "lx-dot", style: dot }) : topicMark(trace.meta.place),
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

  function redraw() {
    drawn = null;
    draw();
    // While Lab changes its theme nothing has a size for a moment, too short for it to be told when it has one again.
    if (!visible()) requestAnimationFrame(app.guard(draw));
  }

  /** @param {Chart} now */
  async function render(now) {
    drawn = now.figure;
    try {
      const plotly = await loadPlotly(app);
      if (drawn !== now.figure || app.signal.aborted) return;
      if (!visible()) {
        drawn = null;
        return;
      }
      // It only grows while it shows the same: a chart that shrank with each filter would move what lies below.
      const shows = `${now.title} ${now.figure.data[0]?.type}`;
      if (title !== shows) frame.style.minHeight = "";
      title = shows;
      const needed = neededHeight(now.figure);
      if (needed > frame.clientHeight) frame.style.minHeight = `${needed}px`;
      const size = { width: frame.clientWidth, height: frame.clientHeight };
      const { data, layout } = dressed(now.figure, themeColours(app), size, canDrawFast);
      const drawnPlot = await plotly.react(plot, data, layout, CONFIG);
      frame.classList.add("lx-drawn");
      if (!listening) {
        listening = true;
        listen(drawnPlot);
      }
      app.root.dispatchEvent(new CustomEvent("lx-chart-drawn", { bubbles: true, detail: name }));
    } catch (error) {
      drawn = null;
      app.fault(error, "The chart could not be drawn; its table still works.");
      twin.hidden = false;
      draw();
    }
  }

  /** @param {PlotlyElement} target */
  function listen(target) {
    const { clicked, hovered, selected } = hooks;
    target.on(
      "plotly_click",
      app.guard((event) => {
        const point = event?.points?.[0];
        const pick = chosenBy(point?.customdata);
        if (pick) link.toggle(...pick);
        else if (point) clicked?.(point);
      }),
    );
    if (hovered)
      target.on(
        "plotly_hover",
        app.guard((event) => hovered(event?.points?.[0])),
      );
    if (!selected) return;
    target.on(
      "plotly_selected",
      app.guard((event) => event?.range && selected(event.range)),
    );
    target.on(
      "plotly_deselect",
      app.guard(() => selected(null)),
    );
  }

  /** @param {ChartOption} item */
  function option(item) {
    return h(
      "select",
      {
        class: "lx-select",
        label: item.label,
        key: `${name}:${item.name}`,
        change: (event) => link.send("chart", { option: item.name, value: event.currentTarget.value }),
      },
      item.choices.map((choice, place) => h("option", { value: choice, selected: choice === item.value }, item.labels[place])),
    );
  }

  /**
   * @param {string} text
   * @param {string | undefined} value
   * @param {CellPicks | null} pick
   */
  function pickable(text, value, pick) {
    if (!pick || value === undefined) return [text];
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

  /** @param {Chart} chart */
  function table({ table: { columns, rows }, pick, title: caption }) {
    twin.setAttribute("aria-label", `Table of ${caption}`);
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
              const content = pickable(cellText(cell), cellPick(pick, rows, place, cell, position), pick);
              return position
                ? h("td", { class: typeof cell === "number" ? "lx-amount" : null }, content)
                : h("th", { scope: "row" }, content);
            }),
          ),
        ),
      ),
    );
  }

  /** @param {string} format */
  async function save(format) {
    const now = chart();
    if (!now) return;
    const plotly = await loadPlotly(app);
    const colours = themeColours(app);
    const { data, layout } = dressed(now.figure, colours, SAVED, canDrawFast);
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
        filename: `${now.name}-${model.get("summary").name.replace(/[^\w-]+/g, "-")}`,
      },
    );
  }

  let frameRequest = 0;
  let seen = ""; // its size when it was drawn
  const resized = new ResizeObserver(() => {
    cancelAnimationFrame(frameRequest);
    frameRequest = requestAnimationFrame(() =>
      app.whenReleased(() => {
        const now = `${frame.clientWidth} ${frame.clientHeight}`;
        if (!visible() || now === seen) return;
        seen = now;
        drawn = null;
        draw();
      }),
    );
  });
  resized.observe(frame);
  app.signal.addEventListener("abort", () => {
    resized.disconnect();
    if (listening) window.Plotly?.purge(plot);
  });

  return {
    name,
    node,
    actions,
    title: h("h3", { class: "lx-chart-title" }),
    draw,
    redraw,
  };
}

/**
 * The field and the value that a point of a figure stands for.
 *
 * @param {unknown} customdata
 * @returns {[field: Field, value: unknown] | null}
 */
function chosenBy(customdata) {
  return Array.isArray(customdata) ? [customdata[0], customdata[1]] : null;
}

/**
 * The tab that a key leads to, the first after the last; undefined for other keys.
 *
 * @param {string} key
 * @param {number} position
 * @param {number} tabs How many there are.
 */
export function tabTo(key, position, tabs) {
  if (key === "Home") return 0;
  if (key === "End") return tabs - 1;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
  return by && (position + by + tabs) % tabs;
}

/**
 * A button that copies a chart as the Python that draws it; the kernel writes it.
 *
 * @param {App} app
 * @param {string} chart
 */
export function codeButton(app, chart) {
  let asked = 0;
  app.onAnswer("chart_code", (answer) => {
    if (answer.seq !== asked) return;
    asked = 0;
    app.copy(answer.text, "Copied the Python that draws this chart.");
  });
  return h(
    "button",
    {
      class: "lx-textbutton",
      label: "Copy this chart as Python",
      click: () => {
        asked = app.link.send("chart_code", { chart });
      },
    },
    "Python",
  );
}
