import { h, icon, submitOnEnter, swap } from "./dom.js";
import { chartView } from "./charts.js";

const HOVER_PAUSE = 60; // ms; a pointer that passes over many points asks for none of them
const NO_RANGES = { x: [null, null], y: [null, null] };
const EXAMPLES = [["theory", "experiment"], ["text", "vision"]];

/** The card that places papers between two poles, or four: one line until it is used. */
export function axesPanel(app) {
  const { model, link } = app;
  const bodyId = app.id("axes-body");
  const colourId = app.id("axes-colour");
  let drafts = [["", ""]];
  let known = "[]";
  let hovered = 0;

  const now = () => model.get("axes") ?? {};
  const drawn = () => Boolean(now().axes?.length);
  const fold = h("button", { class: "lx-fold lx-axes-fold", "aria-expanded": "false", "aria-controls": bodyId, click: () => unfold(fold.getAttribute("aria-expanded") !== "true") }, h("span", {}, "Axes"), h("span", { class: "lx-quiet lx-axes-hint" }, "Place the papers between two poles, such as theory ↔ experiment"), icon("down"));
  const colour = h("select", { id: colourId, class: "lx-select", change: (event) => link.send("axis_colour", { value: event.target.value }) });
  const pointed = h("p", { class: "lx-quiet lx-axes-point" });
  const view = chartView(app, "axes", {
    chart: () => now().chart,
    clicked: (point) => typeof point.customdata === "number" && app.reader.open(point.customdata),
    hovered: (point) => ask(point?.customdata),
    selected: ranged,
  });
  const tools = h("div", { class: "lx-axes-tools" }, h("label", { class: "lx-quiet", for: colourId }, "Colour"), colour, view.actions);
  const form = h("form", { class: "lx-axes-form", submit: (event) => { event.preventDefault(); submit(); } });
  const facts = h("div", { class: "lx-axes-facts" });
  const title = h("h3", { class: "lx-chart-title" });
  const chart = h("div", { class: "lx-axes-chart" }, h("div", { class: "lx-axes-head" }, title, tools), view.node, pointed);
  const body = h("div", { class: "lx-axes-body", id: bodyId, hidden: true }, form, chart, facts);
  const node = h("section", { class: "lx-card lx-axes", label: "Axes" }, h("h2", {}, fold), body);

  function unfold(open) {
    fold.setAttribute("aria-expanded", String(open));
    body.hidden = !open;
    if (open && !drawn()) form.querySelector("input").focus();
    if (open) view.draw();
  }

  function pole(position, end) {
    const name = `${end ? "To" : "From"} pole of the ${position ? "second" : "first"} axis`;
    return h("input", { class: "lx-box", type: "text", autocomplete: "off", spellcheck: "false", maxlength: "300", required: true, placeholder: EXAMPLES[position][end], label: name, value: drafts[position][end], key: `pole:${position}:${end}`, keydown: submitOnEnter, input: (event) => { drafts[position][end] = event.target.value; } });
  }

  function row(_, position) {
    return h("div", { class: "lx-axes-row", role: "group", label: position ? "Second axis" : "First axis" },
      pole(position, 0), h("span", { "aria-hidden": "true" }, "↔"), pole(position, 1));
  }

  function drawForm() {
    swap(form, [drafts.map(row), h("div", { class: "lx-axes-buttons" },
      h("button", { class: "lx-button lx-primary", type: "submit", key: "draw" }, "Draw"),
      drafts.length < 2
        ? h("button", { class: "lx-textbutton", key: "add", click: () => { drafts.push(["", ""]); drawForm(); form.querySelectorAll("input")[2].focus(); } }, "Add a second axis")
        : h("button", { class: "lx-textbutton", key: "drop", click: drop }, "Remove the second axis"),
      drawn() ? h("button", { class: "lx-textbutton", key: "clear", click: () => { drafts = [["", ""]]; link.set({ axes: [], ...NO_RANGES }); } }, "Remove") : null)].flat(), form.querySelector("input"));
  }

  function drop() {
    drafts.pop();
    drawForm();
    if (now().axes?.length > 1) link.set({ axes: drafts, y: [null, null] });
  }

  function submit() {
    const axes = drafts.map((poles) => poles.map((text) => text.trim()));
    if (JSON.stringify(axes) !== JSON.stringify(link.draft().axes) || model.get("status")?.level === "error") link.set({ axes, ...NO_RANGES });
  }

  /** A range that was drawn with the pointer: whole bars of a histogram, a box of a scatter plot; null takes it back. */
  function ranged(range) {
    const { select, step, ends } = { select: now().chart.select, step: now().chart.step, ends: now().axes };
    if (!range) return link.set(NO_RANGES);
    const places = (pair, axis) => {
      const [low, high] = [...pair].sort((a, b) => a - b);
      const round = (place, by) => Number((by(place / step) * step).toFixed(3));
      const [from, to] = select === "bins" ? [round(low, Math.floor), round(high, Math.ceil)] : [round(low, Math.round), round(high, Math.round)];
      // Beyond all papers an end is open.
      return [from <= axis.span[0] ? null : from, to >= axis.span[1] ? null : to];
    };
    return link.set(select === "bins" ? { x: places(range.x, ends[0]) } : { x: places(range.x, ends[0]), y: places(range.y, ends[1]) });
  }

  function rangeBoxes(axis, position) {
    const field = "xy"[position];
    const entered = () => {
      const ends = boxes.map((box) => (box.value.trim() === "" ? null : Number(box.value)));
      if (boxes.some((box) => box.validity.badInput) || ends.some((end) => end !== null && !Number.isFinite(end))) return app.say("error", "A place on an axis is a number, such as -0.5.");
      if (JSON.stringify(ends) !== JSON.stringify(link.draft()[field])) link.set({ [field]: ends });
      return undefined;
    };
    const boxes = ["From", "To"].map((name, end) => h("input", { class: "lx-box", type: "number", step: "any", placeholder: String(axis.span[end]), value: axis.within[end] ?? "", label: `${name} place on ${axis.low} ↔ ${axis.high}`, key: `place:${position}:${end}`, change: entered, keydown: (event) => event.key === "Enter" && entered() }));
    return h("div", { class: "lx-boxes" }, h("span", {}, "From"), boxes[0], h("span", {}, "to"), boxes[1]);
  }

  function words(pole, terms, arrow) {
    return h("div", {}, h("dt", {}, arrow ? `${pole} →` : `← ${pole}`), h("dd", {}, terms.join(", ") || "no words"));
  }

  function fact(axis, position) {
    return h("section", { class: "lx-axes-fact" },
      h("h3", {}, `${axis.low} ↔ ${axis.high}`),
      h("dl", { class: "lx-axes-words" }, words(axis.low, axis.low_terms, false), words(axis.high, axis.high_terms, true)),
      rangeBoxes(axis, position),
      h("p", { class: "lx-quiet" },
        axis.separation === null ? null : h("span", { class: axis.weak ? "lx-axes-weak" : null }, `Parts its own poles with an AUC of ${axis.separation.toFixed(2)}, cross-validated; 0.5 is chance, 1 perfect.${axis.weak ? " That is low: its places say little." : ""}`)));
  }

  function ask(row) {
    clearTimeout(hovered);
    if (typeof row === "number") hovered = setTimeout(() => link.send("axis_point", { row }), HOVER_PAUSE);
  }

  const resting = () => { pointed.textContent = now().chart?.select === "box" ? "Point at a paper to read its title, click to open it, or draw a box to filter." : "Draw over the bars to filter."; };
  app.on("msg:custom", app.guard((message) => {
    if (message?.kind === "axis_point") pointed.textContent = [message.title, message.date].filter(Boolean).join(" · ");
  }));

  app.watch(["axes"], () => {
    const { axes = [], colours = [], chart: next } = now();
    const poles = JSON.stringify(axes.map((axis) => [axis.low, axis.high]));
    if (poles !== known) {
      known = poles;
      drafts = axes.length ? JSON.parse(poles) : [["", ""]];
      if (axes.length) unfold(true);
    }
    drawForm();
    chart.hidden = !axes.length;
    node.classList.toggle("lx-axes-two", axes.length > 1);
    swap(facts, [...axes.map(fact), ...[...new Set(axes.map((axis) => axis.caveat))].map((text) => h("p", { class: "lx-quiet" }, text))]);
    if (!axes.length) return;
    swap(colour, colours.map(([value, name]) => h("option", { value }, name)));
    colour.value = now().colour;
    title.textContent = next.title;
    resting();
    view.draw();
  });
  app.onTheme(() => view.redraw());
  return { node };
}
