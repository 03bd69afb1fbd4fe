import { h, icon, iconButton, swap } from "./dom.js";
import { completionList } from "./completion.js";

/** @import { ConceptTerm } from "./messages.d.ts" */
/** @import { App, CompletionList, ConceptsPanel } from "./page.d.ts" */

const MOST = 3; // of a weight, where none is larger
const STEP = 0.25; // of a weight
const COLOURS = 6; // then they begin again
/** What kinds of concepts are called; words need no name. @type {Record<string, string>} */
const KIND_NAMES = { topic: "topic", set: "set of papers", paper: "paper" };

/**
 * A weight as the grammar writes it.
 *
 * @param {number} weight
 */
export const written = (weight) => String(Math.round(weight * 1000) / 1000);

/**
 * Terms as an expression.
 *
 * @param {Pick<ConceptTerm, "text" | "weight" | "added">[]} terms
 */
export function expression(terms) {
  return terms
    .map(({ text, weight, added }, place) => {
      const sign = added ? (place ? "+ " : "") : "- ";
      const times = weight === 1 ? "" : `${written(weight)}*`;
      return `${sign}${times}${text}`;
    })
    .join(" ");
}

/**
 * The terms of an expression, as far as they can be told without knowing what concepts there are.
 *
 * @param {string} text
 * @returns {ConceptTerm[]}
 */
export function guessedTerms(text) {
  /** @type {{ sign: string; written: string }[]} */
  const parts = [{ sign: "+", written: "" }];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    const before = text[at - 1] ?? " ";
    if (letter === '"' && before !== "\\") quoted = !quoted;
    // A minus sign between letters is a hyphen.
    if (!quoted && (letter === "+" || (/[-−]/.test(letter) && /\s/.test(before)))) parts.push({ sign: letter, written: "" });
    else parts[parts.length - 1].written += letter;
  }
  return parts
    .map(({ sign, written: given }) => ({ sign, found: /^(?:(\d+\.?\d*|\.\d+)\s*[*×])?\s*(.*)$/s.exec(given.trim()) }))
    .filter(({ found }) => found?.[2])
    .map(({ sign, found }, place) => {
      const [, weight, name] = /** @type {RegExpExecArray} */ (found);
      const [, kind, label] = /** @type {RegExpExecArray} */ (/^(?:(topic|set|paper):)?(.*)$/s.exec(name));
      return {
        text: name,
        kind: kind ?? "words",
        label: label.replace(/^"(.*)"$/s, "$1"),
        place,
        weight: Number(weight ?? 1),
        added: sign === "+",
        unknown: [],
      };
    });
}

/**
 * The class that gives a concept its colour.
 *
 * @param {number} place
 */
export const conceptColour = (place) => `lx-part-${place % COLOURS}`;

/**
 * The bar of concepts: each with its sign and its weight; what moves here re-ranks at once.
 *
 * @param {App} app
 * @returns {ConceptsPanel}
 */
export function conceptsPanel(app) {
  const { model, link } = app;
  const list = h("ul", { class: "lx-concepts-list" });
  const input = h("input", {
    class: "lx-box",
    type: "text",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Add a concept",
    label: "Add a concept",
    maxlength: "500",
    input: () => completions.typed(),
    keydown: pressed,
  });
  /** @type {CompletionList} */
  const completions = completionList(app, input, () => {}, { concepts: () => true, name: "Ways to go on" });
  input.setAttribute("aria-controls", completions.nodes[0].id);
  const idle = h("button", { class: "lx-textbutton lx-idle-button", hidden: true, click: send });
  const node = h(
    "section",
    { class: "lx-concepts", label: "Concepts", hidden: true },
    h("h2", { class: "lx-concepts-title" }, "Ranked by"),
    list,
    h("div", { class: "lx-concepts-add" }, icon("plus"), input, completions.nodes),
    idle,
    h(
      "button",
      {
        class: "lx-textbutton",
        click: () => {
          link.set({ rank: "" });
          app.search.input.focus();
        },
      },
      "Clear",
    ),
  );
  /** As they are here, which may be newer than what the kernel knows. @type {ConceptTerm[]} */
  let terms = [];
  /** @type {ReturnType<typeof chip>[]} */
  let chips = [];
  /** What was added and not answered yet. */
  let adding = "";

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    if (completions.pressed(event)) {
      event.preventDefault();
      return;
    }
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (!input.value.trim()) return;
    adding = input.value;
    link.send("add_concept", { text: adding });
  }

  function send() {
    link.set({ rank: expression(terms), sort: model.get("selection").sort === "preference" ? "preference" : "relevance" });
  }

  /** @param {number} place */
  function remove(place) {
    terms = terms.filter((_, other) => other !== place);
    const next = chips[place + 1] ?? chips[place - 1];
    send();
    (next?.slider ?? app.search.input).focus();
  }

  /**
   * @param {ConceptTerm} term
   * @param {number} place
   */
  function chip(term, place) {
    const amount = h("output", { class: "lx-concept-amount" });
    const kind = KIND_NAMES[term.kind];
    const name = kind ? `${kind} ${term.label}` : term.label;
    /** @type {HTMLInputElement} */
    const slider = h("input", {
      type: "range",
      class: "lx-concept-weight",
      min: 0,
      max: Math.max(MOST, term.weight),
      step: STEP,
      label: `Weight of ${name}`,
      key: `weight:${term.text}`,
      input: () => {
        terms[place] = { ...terms[place], weight: Number(slider.value) };
        show();
        send();
      },
    });
    const sign = h("button", {
      class: "lx-concept-sign",
      key: `sign:${term.text}`,
      click: () => {
        terms[place] = { ...terms[place], added: !terms[place].added };
        show();
        send();
      },
    });
    const item = h(
      "li",
      {},
      sign,
      h(
        "span",
        { class: "lx-concept-label", title: name },
        kind ? h("span", { class: "lx-concept-kind" }, `${term.kind} `) : null,
        term.label,
        term.unknown.length
          ? h("span", { class: "lx-concept-unknown" }, ` “${term.unknown.join("”, “")}” is in no paper`)
          : null,
      ),
      slider,
      amount,
      iconButton("close", `Remove ${name}`, () => remove(place), { key: `remove:${term.text}` }),
    );
    function show() {
      const { weight, added } = terms[place];
      item.className = `lx-concept ${conceptColour(term.place)}${added ? "" : " lx-subtracted"}`;
      sign.textContent = added ? "+" : "−";
      sign.title = added ? "Added; press to subtract" : "Subtracted; press to add";
      sign.setAttribute("aria-label", `${name}: ${added ? "added, press to subtract" : "subtracted, press to add"}`);
      amount.textContent = `${written(weight)}×`;
      if (Number(slider.value) !== weight) slider.value = String(weight);
      slider.setAttribute("aria-valuetext", `${written(weight)} times, ${added ? "added" : "subtracted"}`);
    }
    show();
    return { item, slider, show };
  }

  /** Whether the bar keeps the room of a ranking that is on its way. */
  let awaited = false;

  /** @type {ConceptsPanel["expect"]} */
  function expect(ranking) {
    // A bar that stands has its room.
    if (!node.hidden) return;
    const guessed = guessedTerms(ranking);
    if (!guessed.length) return;
    awaited = true;
    terms = guessed;
    list.replaceChildren(...guessed.map((term, place) => chip(term, place).item));
    present(true);
    const names = guessed.map(({ label }) => label);
    app.papers.awaitParts({ names, added: guessed.map(({ added }) => added), places: names.map((_, place) => place) });
  }

  /** @param {boolean} on */
  function present(on) {
    node.hidden = !on;
    // It can be read, and pressed once it is the kernel's.
    node.inert = on && awaited;
  }

  app.watch(["concepts"], () => {
    const found = model.get("concepts")?.terms ?? [];
    // What is being moved here is newer than what is answered.
    if (link.draft().rank !== (model.get("concepts")?.expression ?? "")) return;
    const same = found.length === chips.length && found.every((term, place) => term.text === terms[place].text);
    if (found.length) awaited = false;
    if (!awaited) present(Boolean(found.length));
    terms = found.map((term) => ({ ...term }));
    if (same) chips.forEach((each) => each.show());
    else {
      chips = terms.map(chip);
      swap(
        list,
        chips.map((each) => each.item),
        input,
      );
    }
  });
  app.watch(["concepts", "summary", "status", "preparation"], () => {
    // One that was refused, or that another act took the place of, does not come.
    const refused = model.get("status").level === "error";
    if (!awaited || (!refused && (link.busy() || model.get("preparation") || link.draft().rank))) return;
    awaited = false;
    present(chips.length > 0);
    list.replaceChildren(...chips.map((each) => each.item));
    app.papers.awaitParts(model.get("papers").parts);
  });
  app.watch(["selection"], () => {
    const { sort, query } = model.get("selection");
    const other = !["relevance", "preference"].includes(sort) && !(sort === "hybrid" && !query);
    const named = model.get("sorts").find(([name]) => name === sort)?.[1] ?? sort;
    idle.hidden = !other;
    idle.textContent = `Sorted “${named}”: rank by these instead`;
  });
  app.watch(["concepts", "status"], () => {
    // A concept that was refused stays in the box to be mended.
    if (!adding || model.get("status").level === "error") return;
    if (model.get("preparation")) return;
    if (input.value === adding) input.value = "";
    adding = "";
  });
  return {
    node,
    expect,
    add(of, name) {
      expect(`${of}:"${name.replaceAll('"', "")}"`);
      link.send("add_operand", { of, name });
    },
  };
}
