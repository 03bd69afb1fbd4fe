import { h, icon, submitOnEnter, swap } from "./dom.js";
import { tidied } from "./text.js";
import { completionList } from "./completion.js";
import { chartView } from "./charts.js";

/** @import { Axis, Range } from "./messages.d.ts" */
/** @import { App, CompletionList, DrawnRange } from "./page.d.ts" */

const HOVER_PAUSE = 60; // ms; a pointer that passes over many points asks for none of them
/** @type {{ x: Range<number>; y: Range<number> }} */
const NO_RANGES = { x: [null, null], y: [null, null] };
const FIELDS = /** @type {const} */ (["x", "y"]);

/**
 * Places on an axis for a range that was drawn with the pointer: whole bars of a histogram, the sides of a box otherwise.
 *
 * @param {[number, number]} pair Where the pointer went down and up, in either order.
 * @param {[low: number, high: number]} span Of the axis; beyond all papers an end is open.
 * @param {number} step What the places are rounded to.
 * @param {boolean} bins Whether every bar that was touched counts.
 * @returns {Range<number>}
 */
export function drawnPlaces(pair, span, step, bins) {
  const [low, high] = [...pair].sort((a, b) => a - b);
  /**
   * @param {number} place
   * @param {(amount: number) => number} by
   */
  const round = (place, by) => Number((by(place / step) * step).toFixed(3));
  const [from, to] = [round(low, bins ? Math.floor : Math.round), round(high, bins ? Math.ceil : Math.round)];
  return [from <= span[0] ? null : from, to >= span[1] ? null : to];
}

/**
 * An axis in words: its poles, or the column that it is.
 *
 * @param {Pick<Axis, "low" | "high" | "column">} axis
 */
export function axisName({ low, high, column }) {
  return column ? low : `${low} ↔ ${high}`;
}

/**
 * The card that places papers between two poles, or four: one line until it is used.
 *
 * @param {App} app
 */
export function axesPanel(app) {
  const { model, link } = app;
  const bodyId = app.id("axes-body");
  const colourId = app.id("axes-colour");
  let known = "[]";
  let hovered = 0;

  const now = () => model.get("axes");
  /** The axes that were asked for here, to be brought into sight once they are drawn; others never move the page. */
  let asked = "";
  const hint = h("span", { class: "lx-quiet lx-axes-hint" });
  const fold = h(
    "button",
    {
      class: "lx-fold lx-axes-fold",
      "aria-expanded": "false",
      "aria-controls": bodyId,
      click: () => {
        unfold(Boolean(body.hidden));
        if (!body.hidden && !now().axes.length) poles[0][0].input.focus({ preventScroll: true });
        if (!body.hidden) node.scrollIntoView({ block: "nearest" });
      },
    },
    h("span", {}, "Axes"),
    hint,
    icon("down"),
  );
  const colour = h("select", {
    id: colourId,
    class: "lx-select",
    change: (event) => link.send("axis_colour", { value: event.currentTarget.value }),
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
  const poles = ["first", "second"].map((which) => ["From", "To"].map((end) => pole(`${end} pole of the ${which} axis`)));
  /** What each axis is: between two poles, or a column of the reader's own. */
  const kinds = ["First", "Second"].map((which) =>
    h("select", {
      class: "lx-select lx-axes-kind",
      label: `${which} axis`,
      change: (event) => {
        kindChosen();
        if (event.currentTarget.value) submit();
        else poles[which === "First" ? 0 : 1][0].input.focus();
      },
    }),
  );
  const rows = poles.map(([low, high], axis) =>
    h(
      "div",
      { class: "lx-axes-row", role: "group", label: axis ? "Second axis" : "First axis", hidden: axis > 0 },
      kinds[axis],
      low.node,
      h("span", { class: "lx-axes-between", "aria-hidden": "true" }, "↔"),
      high.node,
    ),
  );

  /** Boxes for poles stand only where the axis is between some. */
  function kindChosen() {
    rows.forEach((row, axis) => row.classList.toggle("lx-axes-column", Boolean(kinds[axis].value)));
  }
  const more = h(
    "button",
    {
      class: "lx-textbutton",
      click: () => {
        second(true);
        (kinds[1].hidden ? poles[1][0].input : kinds[1]).focus();
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
  const attempt = h("button", {
    class: "lx-textbutton",
    title: "Two topics of these papers: an axis between them parts this corpus",
    click: () => {
      const { suggested } = now();
      if (suggested) drawAlong([suggested]);
    },
  });
  const form = h(
    "form",
    {
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
      attempt,
    ),
  );
  const facts = h("div");
  const title = h("h3", { class: "lx-chart-title" });
  const chart = h("div", { class: "lx-axes-chart" }, h("div", { class: "lx-axes-head" }, title, tools), view.node, pointed);
  const body = h("div", { class: "lx-axes-body", id: bodyId, hidden: true }, form, chart, facts);
  const node = h("section", { class: "lx-card lx-axes", label: "Axes" }, h("h2", {}, fold), body);

  /** @param {boolean} open */
  function unfold(open) {
    fold.setAttribute("aria-expanded", String(open));
    body.hidden = !open;
    if (open) view.draw();
  }

  /**
   * The box of one pole; it completes words, topics, sets and papers as the bar of concepts does.
   *
   * @param {string} name
   */
  function pole(name) {
    const input = h("input", {
      class: "lx-box",
      type: "text",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "300",
      label: name,
      input: () => ways.typed(),
      keydown: (event) => {
        if (ways.pressed(event)) event.preventDefault();
        else submitOnEnter(event);
      },
    });
    /** @type {CompletionList} */
    const ways = completionList(app, input, () => {}, {
      concepts: () => true,
      name: `Completions of the ${name.toLowerCase()}`,
    });
    input.setAttribute("aria-controls", ways.nodes[0].id);
    return { input, node: h("div", { class: "lx-axes-pole" }, input, ways.nodes) };
  }

  /**
   * Whether there are boxes for a second axis.
   *
   * @param {boolean} shown
   */
  function second(shown) {
    rows[1].hidden = !shown;
    more.hidden = shown;
    fewer.hidden = !shown;
    if (!shown) {
      kinds[1].value = "";
      poles[1].forEach(({ input }) => {
        input.value = "";
      });
    }
    kindChosen();
  }

  function drop() {
    second(false);
    more.focus();
    if (now().axes.length > 1) link.set({ axes: link.draft().axes.slice(0, 1), y: [null, null] });
  }

  function submit() {
    const wanted = [0, 1].filter((axis) => !rows[axis].hidden);
    const empty = wanted
      .filter((axis) => !kinds[axis].value)
      .flatMap((axis) => poles[axis])
      .find(({ input }) => !input.value.trim());
    const { suggested } = now();
    // Empty boxes name the poles that are suggested: drawing takes them at their word.
    if (suggested && wanted.length === 1 && !kinds[0].value && poles[0].every(({ input }) => !input.value.trim())) {
      drawAlong([suggested]);
      return;
    }
    if (empty) {
      empty.input.focus();
      return;
    }
    const axes = wanted.map((axis) =>
      kinds[axis].value ? [kinds[axis].value] : poles[axis].map(({ input }) => tidied(input.value)),
    );
    if (JSON.stringify(axes) !== JSON.stringify(link.draft().axes) || model.get("status").level === "error") drawAlong(axes);
  }

  /** @param {string[][]} axes */
  function drawAlong(axes) {
    asked = JSON.stringify(axes);
    link.set({ axes, ...NO_RANGES });
  }

  /** @param {DrawnRange | null} range Null takes it back. */
  function ranged(range) {
    const { chart: shown, axes } = now();
    if (!range || !shown) {
      link.set(NO_RANGES);
      return;
    }
    const { select, step = 1 } = shown;
    /** @param {0 | 1} axis */
    const places = (axis) => drawnPlaces(range[FIELDS[axis]], axes[axis].span, step, select === "bins");
    link.set(select === "bins" ? { x: places(0) } : { x: places(0), y: places(1) });
  }

  /**
   * @param {Axis} axis
   * @param {number} position
   */
  function rangeBoxes(axis, position) {
    const field = FIELDS[position];
    const entered = () => {
      const ends = boxes.map((box) => (box.value.trim() === "" ? null : Number(box.value)));
      if (boxes.some((box) => box.validity.badInput) || ends.some((end) => end !== null && !Number.isFinite(end)))
        app.say("error", "A place on an axis is a number, such as -0.5.");
      else if (JSON.stringify(ends) !== JSON.stringify(link.draft()[field])) link.set({ [field]: ends });
    };
    /** @type {HTMLInputElement[]} */
    const boxes = ["From", "To"].map((name, end) =>
      h("input", {
        class: "lx-box",
        type: "number",
        step: "any",
        placeholder: String(axis.span[end]),
        value: axis.within[end] ?? "",
        label: `${name} place on ${axisName(axis)}`,
        key: `place:${position}:${end}`,
        change: entered,
        keydown: (event) => event.key === "Enter" && entered(),
      }),
    );
    return h("div", { class: "lx-boxes" }, h("span", {}, "From"), boxes[0], h("span", {}, "to"), boxes[1]);
  }

  /**
   * @param {string} name
   * @param {string[]} terms
   * @param {boolean} arrow Whether the pole is the high one.
   */
  function words(name, terms, arrow) {
    return h("div", {}, h("dt", {}, arrow ? `${name} →` : `← ${name}`), h("dd", {}, terms.join(", ") || "no words"));
  }

  /**
   * @param {Axis} axis
   * @param {number} position
   */
  function fact(axis, position) {
    return h(
      "section",
      { class: "lx-axes-fact" },
      now().axes.length > 1 ? h("h3", {}, axisName(axis)) : null,
      axis.column
        ? null
        : h("dl", { class: "lx-axes-words" }, words(axis.low, axis.low_terms, false), words(axis.high, axis.high_terms, true)),
      rangeBoxes(axis, position),
      h(
        "p",
        { class: "lx-quiet" },
        axis.separation === null
          ? null
          : h(
              "span",
              {
                class: axis.weak ? "lx-axes-weak" : null,
                title: `Area under the ROC curve (AUC), cross-validated over the papers of the poles: ${axis.separation.toFixed(3)}`,
              },
              `Puts ${Math.round(axis.separation * 100)} of 100 pairs of papers, one of each pole, in the right order (50 is chance).${axis.weak ? " That is low: its places say little." : ""}`,
            ),
      ),
    );
  }

  /** @param {unknown} row */
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
  app.onAnswer("axis_point", (answer) => {
    pointed.textContent = [answer.title, answer.date].filter(Boolean).join(" · ");
  });

  app.watch(["axes"], () => {
    const { axes, colours, columns, chart: next } = now();
    const given = JSON.stringify([axes.map((axis) => [axis.low, axis.high]), columns]);
    const anew = given !== known;
    if (anew) {
      known = given;
      kinds.forEach((kind, axis) => {
        kind.hidden = !columns.length;
        swap(
          kind,
          [["", "Between two poles"], ...columns].map(([value, label]) => h("option", { value }, label)),
        );
        kind.value = axes[axis]?.column ?? "";
      });
      second(axes.length > 1);
      poles.flat().forEach(({ input }, place) => {
        const axis = axes[place >> 1];
        input.value = axis && !axis.column ? axis[place % 2 ? "high" : "low"] : "";
      });
      if (axes.length) unfold(true);
    }
    const { suggested } = now();
    const example = suggested ? suggested.join(" ↔ ") : "";
    const such = example ? `, such as ${example}` : "";
    hint.textContent = `Place the papers between two poles${such}`;
    attempt.hidden = !suggested;
    attempt.textContent = `Try ${example}`;
    poles[0].forEach(({ input }, side) => {
      input.placeholder = suggested?.[side] ?? "";
    });
    remove.hidden = !axes.length;
    chart.hidden = !axes.length;
    node.classList.toggle("lx-axes-two", axes.length > 1);
    swap(facts, [
      ...axes.map(fact),
      ...[...new Set(axes.map((axis) => axis.caveat))].filter(Boolean).map((text) => h("p", { class: "lx-quiet" }, text)),
    ]);
    if (!next) return;
    swap(
      colour,
      colours.map(([value, name]) => h("option", { value }, name)),
    );
    colour.value = now().colour;
    title.textContent = next.title;
    resting();
    view.draw();
    if (!anew) return;
    const drawn = JSON.stringify(axes.map(({ column, low, high }) => (column ? [column] : [low, high])));
    if (asked === drawn) chart.scrollIntoView({ block: "nearest" });
    asked = "";
  });
  second(false);
  app.onTheme(() => view.redraw());
  return { node };
}
