// Text and numbers as the page writes them.

/** @import { Segment } from "./messages.d.ts" */

/** @param {number} number */
export function count(number) {
  return number.toLocaleString("en");
}

/**
 * @param {number} number
 * @param {string} noun
 */
export function plural(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * What a marked text says.
 *
 * @param {Segment[]} list
 */
export function plainText(list) {
  return list.map(([text]) => text).join("");
}

/** What a letter has below or above it: one sign, or several in brackets. A word with an underscore is a name, not a formula. */
const SCRIPT =
  /(?:(?<![\p{L}\p{M}_])\p{L}\p{M}*|[)\]|′])(?:[_^](?:[\p{L}\p{N}*′+∞∗†⊥±](?![\p{L}\p{N}_])|\([^()_^]{1,24}\)))+/gu;

/**
 * A marked text with what its formulas have below (`sub`) and above (`sup`) a letter, and the signs that say so (`sign`).
 *
 * @param {Segment[]} list
 * @returns {[text: string, hit: number, role: "" | "sign" | "sub" | "sup"][]}
 */
export function scripts(list) {
  const whole = plainText(list);
  // Most texts have no formula, and every list of papers has many texts.
  if (!/[_^]/.test(whole)) return list.filter(([text]) => text).map(([text, hit]) => [text, hit, ""]);
  /** @type {("" | "sign" | "sub" | "sup")[]} */
  const roles = Array.from({ length: whole.length }, () => "");
  for (const match of whole.matchAll(SCRIPT)) {
    /** @type {"" | "sub" | "sup"} */
    let now = "";
    for (let at = match.index; at < match.index + match[0].length; at += 1) {
      const sign = whole[at];
      if (sign === "_") now = "sub";
      else if (sign === "^") now = "sup";
      roles[at] = now && "_^()".includes(sign) ? "sign" : now;
    }
  }
  /** @type {ReturnType<typeof scripts>} */
  const pieces = [];
  let start = 0;
  for (const [text, hit] of list) {
    let from = 0;
    for (let at = 1; at <= text.length; at += 1)
      if (at === text.length || roles[start + at] !== roles[start + from]) {
        pieces.push([text.slice(from, at), hit, roles[start + from]]);
        from = at;
      }
    start += text.length;
  }
  return pieces;
}

/**
 * A name as the kernel keeps it: without white space around it, and one blank between words.
 *
 * @param {string} text
 */
export function tidied(text) {
  return text.trim().replace(/\s+/g, " ");
}

/**
 * Facts in a row, without those that are missing; a line ends after a dot and never begins with one.
 *
 * @param {(string | null | undefined)[]} facts
 */
export const dotted = (facts) => facts.filter(Boolean).join("\u00a0· ");

/**
 * Only web addresses may become links, whatever the record says.
 *
 * @param {string} url
 */
export function webAddress(url) {
  return /^https?:\/\//i.test(url) ? url : null;
}

/**
 * The name of a column in words: `githubStars` and `github_stars` are Github stars; an abbreviation stays as it is.
 *
 * @param {string} name
 */
export function spoken(name) {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})(?=\p{Ll})/gu, (_, before, after) => `${before} ${after.toLowerCase()}`)
    .replace(/[_\s]+/g, " ")
    .trim();
  return words ? words[0].toUpperCase() + words.slice(1) : name;
}

/** @param {number} share */
export const percent = (share) => `${(share * 100).toFixed(share && share < 0.0995 ? 1 : 0)} %`;
