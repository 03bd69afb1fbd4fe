import { h, icon, submitOnEnter, swap } from "./dom.js";
import { completionList } from "./completion.js";
import { chartView } from "./charts.js";

const HOVER_PAUSE = 60; // ms; a pointer that passes over many points asks for none of them
const NO_RANGES = { x: [null, null], y: [null, null] };
const EXAMPLES = [
  ["theory", "experiment"],
  ["text", "vision"],
];

/** The card that places papers between two poles, or four: one line until it is used. */
export function axesPanel(app) {
  const { model, link } = app;
  const bodyId = app.id("axes-body");
  const colourId = app.id("axes-colour");
  let known = "[]";
  let hovered = 0;

  const now = () => model.get("axes") ?? {};
  const fold = h(
    "button",
    {
      class: "lx-fold lx-axes-fold",
      "aria-expanded": "false",
      "aria-controls": bodyId,
      click: () => {
        unfold(body.hidden);
        if (!body.hidden && !now().axes?.length) poles[0][0].input.focus();
      },
    },
    h("span", {}, "Axes"),
    h("span", { class: "lx-quiet lx-axes-hint" }, "Place the papers between two poles, such as theory ↔ experiment"),
    icon("down"),
  );
  const colour = h("select", {
    id: colourId,
    class: "lx-select",
    change: (event) => link.send("axis_colour", { value: event.target.value }),
  });
  const pointed = h("p", { class: "lx-quiet lx-axes-point" });
  const view = chartView(app, "axes", {
    chart: () => now().chart,
    clicked: (point) => typeof point.customdata === "number" && app.reader.open(point.customdata),
    hovered: (point) => ask(point?.customdata),
    selected: ranged,
  });
  const tools = h(
    "div",
    { class: "lx-axes-tools" },
    h("label", { class: "lx-quiet", for: colourId }, "Colour"),
    colour,
    view.actions,
  );
  const poles = ["first", "second"].map((which, axis) =>
    ["From", "To"].map((end, side) => pole(`${end} pole of the ${which} axis`, EXAMPLES[axis][side])),
  );
  const rows = poles.map(([low, high], axis) =>
    h(
      "div",
      { class: "lx-axes-row", role: "group", label: axis ? "Second axis" : "First axis", hidden: axis > 0 },
      low.node,
      h("span", { "aria-hidden": "true" }, "↔"),
      high.node,
    ),
  );
  const more = h(
    "button",
    {
      class: "lx-textbutton",
      click: () => {
        second(true);
        poles[1][0].input.focus();
      },
    },
    "Add a second axis",
  );
  const fewer = h("button", { class: "lx-textbutton", click: drop }, "Remove the second axis");
  const remove = h(
    "button",
    {
      class: "lx-textbutton",
      click: () => {
        link.set({ axes: [], ...NO_RANGES });
        poles[0][0].input.focus();
      },
    },
    "Remove",
  );
  const form = h(
    "form",
    {
      class: "lx-axes-form",
      submit: (event) => {
        event.preventDefault();
        submit();
      },
    },
    rows,
    h(
      "div",
      { class: "lx-axes-buttons" },
      h("button", { class: "lx-button lx-primary", type: "submit" }, "Draw"),
      more,
      fewer,
      remove,
    ),
  );
  const facts = h("div", { class: "lx-axes-facts" });
  const title = h("h3", { class: "lx-chart-title" });
  const chart = h("div", { class: "lx-axes-chart" }, h("div", { class: "lx-axes-head" }, title, tools), view.node, pointed);
  const body = h("div", { class: "lx-axes-body", id: bodyId, hidden: true }, form, chart, facts);
  const node = h("section", { class: "lx-card lx-axes", label: "Axes" }, h("h2", {}, fold), body);

  function unfold(open) {
    fold.setAttribute("aria-expanded", String(open));
    body.hidden = !open;
    if (open) view.draw();
  }

  /** The box of one pole; it completes words, topics, sets and papers as the bar of concepts does. */
  function pole(name, placeholder) {
    const input = h("input", {
      class: "lx-box",
      type: "text",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "300",
      placeholder,
      label: name,
      input: () => ways.typed(),
      keydown: (event) => (ways.pressed(event) ? event.preventDefault() : submitOnEnter(event)),
    });
    const ways = completionList(app, input, () => {}, {
      concepts: () => true,
      name: `Completions of the ${name.toLowerCase()}`,
    });
    input.setAttribute("aria-controls", ways.nodes[0].id);
    return { input, node: h("div", { class: "lx-axes-pole" }, input, ways.nodes) };
  }

  function second(shown) {
    rows[1].hidden = !shown;
    more.hidden = shown;
    fewer.hidden = !shown;
    if (!shown)
      poles[1].forEach(({ input }) => {
        input.value = "";
      });
  }

  function drop() {
    second(false);
    more.focus();
    if (now().axes?.length > 1) link.set({ axes: link.draft().axes.slice(0, 1), y: [null, null] });
  }

  function submit() {
    const wanted = poles.filter((_, axis) => !rows[axis].hidden);
    const empty = wanted.flat().find(({ input }) => !input.value.trim());
    if (empty) return empty.input.focus();
    const axes = wanted.map((ends) => ends.map(({ input }) => input.value.trim().replace(/\s+/g, " ")));
    if (JSON.stringify(axes) !== JSON.stringify(link.draft().axes) || model.get("status")?.level === "error")
      link.set({ axes, ...NO_RANGES });
    return undefined;
  }

  /** A range that was drawn with the pointer: whole bars of a histogram, a box of a scatter plot; null takes it back. */
  function ranged(range) {
    const { select, step, ends } = { select: now().chart.select, step: now().chart.step, ends: now().axes };
    if (!range) return link.set(NO_RANGES);
    const places = (pair, axis) => {
      const [low, high] = [...pair].sort((a, b) => a - b);
      const round = (place, by) => Number((by(place / step) * step).toFixed(3));
      const [from, to] =
        select === "bins"
          ? [round(low, Math.floor), round(high, Math.ceil)]
          : [round(low, Math.round), round(high, Math.round)];
      // Beyond all papers an end is open.
      return [from <= axis.span[0] ? null : from, to >= axis.span[1] ? null : to];
    };
    return link.set(
      select === "bins" ? { x: places(range.x, ends[0]) } : { x: places(range.x, ends[0]), y: places(range.y, ends[1]) },
    );
  }

  function rangeBoxes(axis, position) {
    const field = "xy"[position];
    const entered = () => {
      const ends = boxes.map((box) => (box.value.trim() === "" ? null : Number(box.value)));
      if (boxes.some((box) => box.validity.badInput) || ends.some((end) => end !== null && !Number.isFinite(end)))
        return app.say("error", "A place on an axis is a number, such as -0.5.");
      if (JSON.stringify(ends) !== JSON.stringify(link.draft()[field])) link.set({ [field]: ends });
      return undefined;
    };
    const boxes = ["From", "To"].map((name, end) =>
      h("input", {
        class: "lx-box",
        type: "number",
        step: "any",
        placeholder: String(axis.span[end]),
        value: axis.within[end] ?? "",
        label: `${name} place on ${axis.low} ↔ ${axis.high}`,
        key: `place:${position}:${end}`,
        change: entered,
        keydown: (event) => event.key === "Enter" && entered(),
      }),
    );
    return h("div", { class: "lx-boxes" }, h("span", {}, "From"), boxes[0], h("span", {}, "to"), boxes[1]);
  }

  function words(pole, terms, arrow) {
    return h("div", {}, h("dt", {}, arrow ? `${pole} →` : `← ${pole}`), h("dd", {}, terms.join(", ") || "no words"));
  }

  function fact(axis, position) {
    return h(
      "section",
      { class: "lx-axes-fact" },
      now().axes.length > 1 ? h("h3", {}, `${axis.low} ↔ ${axis.high}`) : null,
      h("dl", { class: "lx-axes-words" }, words(axis.low, axis.low_terms, false), words(axis.high, axis.high_terms, true)),
      rangeBoxes(axis, position),
      h(
        "p",
        { class: "lx-quiet" },
        axis.separation === null
          ? null
          : h(
              "span",
              { class: axis.weak ? "lx-axes-weak" : null },
              `Parts its own poles with an AUC of ${axis.separation.toFixed(2)}, cross-validated; 0.5 is chance, 1 perfect.${axis.weak ? " That is low: its places say little." : ""}`,
            ),
      ),
    );
  }

  function ask(row) {
    clearTimeout(hovered);
    if (typeof row === "number") hovered = setTimeout(() => link.send("axis_point", { row }), HOVER_PAUSE);
  }

  const resting = () => {
    pointed.textContent =
      now().chart?.select === "box"
        ? "Point at a paper to read its title, click to open it, or draw a box to filter."
        : "Draw over the bars to filter.";
  };
  app.on(
    "msg:custom",
    app.guard((message) => {
      if (message?.kind === "axis_point") pointed.textContent = [message.title, message.date].filter(Boolean).join(" · ");
    }),
  );

  app.watch(["axes"], () => {
    const { axes = [], colours = [], chart: next } = now();
    const given = JSON.stringify(axes.map((axis) => [axis.low, axis.high]));
    if (given !== known) {
      known = given;
      second(axes.length > 1);
      poles.flat().forEach(({ input }, place) => {
        input.value = [axes[place >> 1]?.low, axes[place >> 1]?.high][place % 2] ?? "";
      });
      if (axes.length) unfold(true);
    }
    remove.hidden = !axes.length;
    chart.hidden = !axes.length;
    node.classList.toggle("lx-axes-two", axes.length > 1);
    swap(facts, [
      ...axes.map(fact),
      ...[...new Set(axes.map((axis) => axis.caveat))].map((text) => h("p", { class: "lx-quiet" }, text)),
    ]);
    if (!axes.length) return;
    swap(
      colour,
      colours.map(([value, name]) => h("option", { value }, name)),
    );
    colour.value = now().colour;
    title.textContent = next.title;
    resting();
    view.draw();
  });
  second(false);
  app.onTheme(() => view.redraw());
  return { node };
}
