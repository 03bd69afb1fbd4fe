import { h, swap } from "./dom.js";
import { count, plural } from "./text.js";

/** @import { Objective } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */
/** @typedef {Record<string, number>} Weights By the name of the objective. */

const CLOSE = 0.005; // what the kernel's rounding may change of a direction
const ONE_MOVE = 1000; // ms between two steps of a slider that one undo takes back together

/**
 * Sliders over the objectives; the list follows them as they move.
 *
 * @param {App} app
 */
export function preferencePanel(app) {
  const { model, link } = app;
  const sentence = h("p", { class: "lx-preference-sentence" });
  const front = h("p", { class: "lx-quiet" });
  const reset = h(
    "button",
    {
      class: "lx-textbutton",
      click: () => {
        weights = {};
        link.set({ prefer: [] });
      },
    },
    "Reset",
  );
  const sliders = h("div", { class: "lx-preference-sliders" });
  const node = h(
    "div",
    { class: "lx-preference", role: "group", label: "Preference", hidden: true },
    h("div", { class: "lx-preference-head" }, sentence, reset),
    sliders,
    front,
  );
  /** @type {Map<string, ReturnType<typeof row>>} */
  const rows = new Map();
  /** As the sliders stand. @type {Weights} */
  let weights = {};
  let moved = 0; // ms, when a slider last moved

  /**
   * @param {string} name
   * @param {number} value
   */
  function move(name, value) {
    weights = { ...weights, [name]: value };
    const joined = Date.now() - moved < ONE_MOVE;
    moved = Date.now();
    link.set({ prefer: Object.entries(weights).filter(([, weight]) => weight), sort: "preference" }, joined);
    paint();
  }

  /** @param {Objective} objective */
  function row({ name, label }) {
    const id = app.id(`prefer-${name}`);
    const slider = h("input", {
      id,
      type: "range",
      min: "-1",
      max: "1",
      step: "0.05",
      input: (event) => move(name, Number(event.currentTarget.value)),
    });
    const output = h("output", { for: id });
    const why = h("p", { class: "lx-quiet", id: `${id}-why` });
    slider.setAttribute("aria-describedby", why.id);
    return {
      slider,
      output,
      why,
      node: h("div", { class: "lx-preference-row" }, h("label", { for: id }, label), output, slider, why),
    };
  }

  /** @param {Objective} objective */
  function added(objective) {
    const made = row(objective);
    rows.set(objective.name, made);
    sliders.append(made.node);
    return made;
  }

  function paint() {
    const { objectives, front: best } = model.get("preference");
    const pointing = direction(weights);
    objectives.forEach((objective) => {
      const { slider, output, why } = rows.get(objective.name) ?? added(objective);
      const weight = weights[objective.name] ?? 0;
      if (document.activeElement !== slider || !link.busy()) slider.value = String(weight);
      // What says nothing here can still be taken out of the direction.
      slider.disabled = Boolean(objective.lacking) && !weight;
      const text = weight ? signed(pointing[objective.name]) : "0";
      output.textContent = text;
      slider.setAttribute("aria-valuetext", text);
      why.textContent = objective.lacking;
    });
    const parts = objectives
      .filter(({ name }) => weights[name])
      .map(({ name, label }) => `${label.toLowerCase()} ${signed(pointing[name])}`);
    swap(sentence, [
      h("strong", {}, "Preference"),
      parts.length ? ` ${parts.join(", ")}` : " Move a slider: right for more of it, left for less.",
    ]);
    reset.hidden = !parts.length;
    const among = best && best.among < model.get("summary").shown ? ` Looked for among the ${count(best.among)} best.` : "";
    front.textContent = best
      ? `${plural(best.papers, "paper")} that no other beats in all of these, marked Pareto.${among}`
      : "";
    front.hidden = !best;
  }

  app.watch(["preference", "summary"], () => {
    const { on, objectives } = model.get("preference");
    node.hidden = !on;
    if (!on) return;
    if (!link.busy() && !pointsTo(weights, objectives))
      weights = Object.fromEntries(objectives.map(({ name, weight }) => [name, weight]));
    paint();
  });
  return { node };
}

/**
 * Weights brought to length one; without any, nought.
 *
 * @param {Weights} weights
 * @returns {Weights}
 */
export function direction(weights) {
  const length = Math.hypot(...Object.values(weights));
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, length ? weight / length : 0]));
}

/**
 * Whether weights point where the objectives do. Sliders tell ratios: the direction they give has length one, they need not.
 *
 * @param {Weights} weights
 * @param {Pick<Objective, "name" | "weight">[]} objectives
 */
export function pointsTo(weights, objectives) {
  const own = direction(weights);
  return objectives.every(({ name, weight }) => Math.abs((own[name] ?? 0) - weight) <= CLOSE);
}

/**
 * A part of a direction, with its sign.
 *
 * @param {number} weight
 */
export function signed(weight) {
  return `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(2)}`;
}
