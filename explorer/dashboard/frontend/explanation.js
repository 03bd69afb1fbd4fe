import { h } from "./dom.js";
import { conceptColour } from "./concepts.js";

/** @import { ScoreParts, WhyAnswer } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

/**
 * @param {number} amount
 * @param {number} digits
 */
const number = (amount, digits) => amount.toFixed(digits).replace("-", "−");
/**
 * @param {number} amount
 * @param {number} digits
 */
export const signed = (amount, digits) => {
  const size = Math.abs(amount).toFixed(digits);
  // What is rounded to nothing speaks neither for nor against.
  return Number(size) ? `${amount < 0 ? "−" : "+"}${size}` : size;
};
/**
 * Digits after the point that tell amounts apart.
 *
 * @param {number} span From the smallest to the largest.
 */
const digitsOf = (span) => (span < 0.2 ? 3 : span < 2 ? 2 : 1);

/**
 * What each concept is called where its part is shown.
 *
 * @param {Pick<ScoreParts, "names" | "added">} parts
 */
const labels = (parts) => parts.names.map((name, place) => (parts.added[place] ? name : `not ${name}`));

/**
 * What the colours of the bars mean; on one line, whatever is ranked by, so that the papers stay where they are.
 *
 * @param {Pick<ScoreParts, "names" | "added" | "places"> | null} parts
 */
export function partsLegend(parts) {
  if (!parts) return [];
  return [
    h(
      "p",
      { class: "lx-parts-legend" },
      labels(parts).map((label, place) =>
        h(
          "span",
          { class: "lx-parts-key", title: label },
          h("span", { class: `lx-parts-swatch ${conceptColour(parts.places[place])}` }),
          h("span", {}, label),
        ),
      ),
      h(
        "span",
        {
          class: "lx-quiet",
          title: "The line is the average paper: what lies right of it counts for a paper, left of it against",
        },
        "right counts for, left against",
      ),
    ),
  ];
}

/**
 * Where the pieces of a bar lie, as fractions of its width: what counts for a paper goes right from the middle, what counts
 * against it left.
 *
 * @param {number[]} amounts
 * @param {number} low Amount at the left edge.
 * @param {number} high Amount at the right edge.
 */
export function barPieces(amounts, low, high) {
  const width = Math.max(high - low, 1e-9);
  const zero = -low / width;
  let [left, right] = [zero, zero];
  const pieces = amounts.map((amount) => {
    let size = Math.abs(amount) / width;
    // What speaks against the worst papers goes beyond the edge.
    if (amount < 0) size = Math.min(size, left);
    const start = amount < 0 ? (left -= size) : right;
    if (amount > 0) right += size;
    return { start, size };
  });
  return { zero, pieces };
}

/**
 * One paper's bar: what each concept adds to its score and takes from it.
 *
 * @param {ScoreParts | null} parts
 * @param {number} row
 */
export function partsBar(parts, row) {
  const amounts = parts?.rows[row];
  if (!amounts) return null;
  const digits = digitsOf(Math.max(0, ...amounts) - Math.min(0, ...amounts));
  const all = amounts.reduce((sum, amount) => sum + amount, 0);
  const each = labels(parts).map((label, place) => `${label} ${signed(amounts[place], digits)}`);
  const text = `${each.join(", ")}; in all ${signed(all, digits)}`;
  const { zero, pieces } = barPieces(amounts, parts.low, parts.high);
  return h(
    "div",
    { class: "lx-parts", role: "img", label: `Against the average paper: ${text}`, title: text },
    h("span", { class: "lx-parts-zero", style: { "--start": zero } }),
    pieces.map(({ start, size }, place) =>
      h("span", { class: `lx-part ${conceptColour(parts.places[place])}`, style: { "--start": start, "--size": size } }),
    ),
  );
}

/**
 * "Why": what a paper's score is made of, asked for when it is opened and again when the order has changed.
 *
 * @param {App} app
 */
export function reasonsList(app) {
  const { link } = app;
  /** Rows of papers whose reasons are shown. @type {Set<number>} */
  const open = new Set();
  /** @type {Map<number, WhyAnswer>} */
  const known = new Map();

  /** @param {WhyAnswer} answer */
  function bars({ score, reasons, note, average, words }) {
    if (!reasons.length) return [h("p", { class: "lx-quiet" }, "The search gives this paper no score.")];
    const amounts = reasons.map(([, amount]) => amount);
    const [low, high] = [Math.min(0, ...amounts), Math.max(0, ...amounts)];
    const digits = digitsOf(high - low);
    const text = average ? signed : number;
    // A part has the colour that it has in the bar of the list.
    const parts = average ? app.model.get("papers").parts : null;
    const colours = new Map(parts ? labels(parts).map((label, place) => [label, conceptColour(parts.places[place])]) : []);
    return [
      words ? h("p", {}, words) : null,
      h(
        "table",
        { class: "lx-reasons-table" },
        h("caption", { class: "lx-hide" }, "Parts of the score"),
        h(
          "thead",
          { class: "lx-hide" },
          h(
            "tr",
            {},
            ["Reason", "Bar", "Contribution"].map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        h(
          "tbody",
          {},
          reasons.map(([label, amount]) => {
            const { zero, pieces } = barPieces([amount], low, high);
            return h(
              "tr",
              {},
              h("th", { scope: "row" }, label),
              h(
                "td",
                {},
                h(
                  "span",
                  { class: "lx-reason", "aria-hidden": "true" },
                  h("span", { class: "lx-parts-zero", style: { "--start": zero } }),
                  h("span", {
                    class: `lx-reason-bar ${colours.get(label) ?? ""}${amount < 0 ? " lx-against" : ""}`,
                    style: { "--start": pieces[0].start, "--size": pieces[0].size },
                  }),
                ),
              ),
              h("td", { class: "lx-amount" }, text(amount, digits)),
            );
          }),
        ),
      ),
      h(
        "p",
        { class: "lx-quiet" },
        average
          ? `In all ${signed(score, digits)} against the average paper, the sum of these and the bar of the list. `
          : `Score ${number(score, digits)}, the sum of these. `,
        note,
      ),
    ].filter(Boolean);
  }

  /**
   * @param {number} row
   * @param {string} title
   */
  function body(row, title) {
    const answer = known.get(row);
    return h(
      "div",
      { class: "lx-reasons", id: app.id(`why-${row}`), role: "group", label: `Why ${title} stands here`, "data-row": row },
      answer ? bars(answer) : h("p", { class: "lx-quiet" }, "Asking…"),
    );
  }

  app.onAnswer("why", (answer) => {
    if (!open.has(answer.row)) return;
    known.set(answer.row, answer);
    app.root
      .querySelector(`.lx-reasons[data-row="${answer.row}"]`)
      ?.replaceChildren(.../** @type {HTMLElement[]} */ (bars(answer)));
  });

  return {
    /**
     * The button and, when it is open, the parts.
     *
     * @param {number} row
     * @param {string} title
     */
    of(row, title) {
      const button = h(
        "button",
        {
          class: "lx-textbutton lx-why",
          "aria-expanded": String(open.has(row)),
          "aria-controls": open.has(row) ? app.id(`why-${row}`) : null,
          key: `why:${row}`,
          click: () => {
            if (open.delete(row)) {
              app.root.querySelector(`.lx-reasons[data-row="${row}"]`)?.remove();
              button.removeAttribute("aria-controls");
            } else {
              open.add(row);
              button.closest("article")?.append(body(row, title));
              button.setAttribute("aria-controls", app.id(`why-${row}`));
              link.send("why", { row });
            }
            button.setAttribute("aria-expanded", String(open.has(row)));
          },
        },
        "Why",
        h("span", { class: "lx-hide" }, ` ${title} stands here`),
      );
      return { button, body: open.has(row) ? body(row, title) : null };
    },
    /**
     * The order may have changed: what is open is asked for again, the rest forgotten.
     *
     * @param {number[]} rows On the page.
     */
    renew(rows) {
      const here = new Set(rows);
      [...open].filter((row) => !here.has(row)).forEach((row) => open.delete(row));
      known.clear();
      open.forEach((row) => link.send("why", { row }));
    },
  };
}
