import { h, swap, count, plural } from "./dom.js";

const ONE_MOVE = 1000; // ms between two steps of a slider that one undo takes back together
const CLOSE = 0.005; // what the kernel's rounding may change of a direction

function direction(weights) {
  const length = Math.hypot(...Object.values(weights));
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, length ? weight / length : 0]));
}

const directed = (weight) => `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(2)}`;

/** Sliders over the objectives; the list follows them as they move. */
export function preferencePanel(app) {
  const { model, link } = app;
  const sentence = h("p", { class: "lx-preference-told" });
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
  const rows = new Map();
  let weights = {};
  let moved = 0;

  /** Sliders tell ratios: the direction they give has length one, they need not. */
  function adopt(objectives) {
    const given = Object.fromEntries(objectives.map(({ name, weight }) => [name, weight]));
    const own = direction(weights);
    if (objectives.some(({ name, weight }) => Math.abs((own[name] ?? 0) - weight) > CLOSE)) weights = given;
  }

  function move(name, value) {
    weights = { ...weights, [name]: value };
    const joined = Date.now() - moved < ONE_MOVE;
    moved = Date.now();
    link.set({ prefer: Object.entries(weights).filter(([, weight]) => weight), sort: "preference" }, joined);
    paint();
  }

  function row({ name, label }) {
    const id = app.id(`prefer-${name}`);
    const slider = h("input", {
      id,
      type: "range",
      min: "-1",
      max: "1",
      step: "0.05",
      input: (event) => move(name, Number(event.target.value)),
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

  function paint() {
    const { objectives = [], front: best } = model.get("preference") ?? {};
    const pointing = direction(weights);
    objectives.forEach((objective) => {
      const { slider, output, why } = rows.get(objective.name);
      const weight = weights[objective.name] ?? 0;
      if (document.activeElement !== slider || !link.busy()) slider.value = weight;
      // What says nothing here can still be taken out of the direction.
      slider.disabled = Boolean(objective.lacking) && !weight;
      const text = weight ? directed(pointing[objective.name]) : "0";
      output.textContent = text;
      slider.setAttribute("aria-valuetext", text);
      why.textContent = objective.lacking;
    });
    const parts = objectives
      .filter(({ name }) => weights[name])
      .map(({ name, label }) => `${label.toLowerCase()} ${directed(pointing[name])}`);
    swap(sentence, [
      h("strong", {}, "Preference"),
      parts.length ? ` ${parts.join(", ")}` : " Move a slider: right for more of it, left for less.",
    ]);
    reset.hidden = !parts.length;
    const among =
      best && best.among < (model.get("summary")?.shown ?? 0) ? ` Looked for among the ${count(best.among)} best.` : "";
    front.textContent = best
      ? `${plural(best.papers, "paper")} that no other beats in all of these, marked Pareto.${among}`
      : "";
    front.hidden = !best;
  }

  app.watch(["preference", "summary"], () => {
    const { on, objectives = [] } = model.get("preference") ?? {};
    node.hidden = !on;
    if (!on) return;
    if (!rows.size) {
      objectives.forEach((objective) => rows.set(objective.name, row(objective)));
      sliders.replaceChildren(...[...rows.values()].map((item) => item.node));
    }
    if (!link.busy()) adopt(objectives);
    paint();
  });
  return { node };
}
