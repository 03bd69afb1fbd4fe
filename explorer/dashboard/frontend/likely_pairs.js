import { h } from "./dom.js";
import { count } from "./text.js";

/** @import { LedgerAnswer, LikelyPair } from "./messages.d.ts" */

/**
 * Pairs of papers that are likely one and were not merged, for the reader to decide.
 *
 * @param {object} options
 * @param {(pair: LikelyPair, same: boolean) => void} options.decide
 */
export function likelyPairs({ decide }) {
  /**
   * @param {LikelyPair} pair
   * @param {boolean} allowed
   */
  function row(pair, allowed) {
    const titles = [pair.first_title ?? pair.first, pair.second_title ?? pair.second];
    /** @param {boolean} same */
    const button = (same) => {
      const text = same ? "One paper" : "Two papers";
      return h(
        "button",
        {
          class: "lx-button",
          key: `${same ? "one" : "two"}:${pair.first} ${pair.second}`,
          label: `${text}: ${titles.join(" / ")}`,
          click: () => decide(pair, same),
        },
        text,
      );
    };
    return h(
      "li",
      {},
      h(
        "div",
        {},
        titles.map((title) => h("p", { class: "lx-pair-title" }, title)),
        h("p", { class: "lx-quiet" }, `${pair.reason} (score ${pair.score.toFixed(2)})`),
      ),
      allowed ? h("div", { class: "lx-pair-choice" }, button(true), button(false)) : null,
    );
  }

  /**
   * @param {LedgerAnswer} found
   * @param {boolean} allowed Whether the reader may decide.
   */
  function draw({ undecided, pairs }, allowed) {
    if (!undecided) return null;
    const rest = undecided > pairs.length ? `; the surest ${count(pairs.length)} are here` : "";
    return h(
      "section",
      { "aria-label": "Likely one paper" },
      h("h3", {}, "Likely one paper, and not merged"),
      h("p", { class: "lx-quiet" }, `${count(undecided)} to decide${rest}. Either can be taken back.`),
      h(
        "ul",
        { class: "lx-pairs" },
        pairs.map((pair) => row(pair, allowed)),
      ),
    );
  }

  return { draw };
}
