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

/**
 * A name as the kernel keeps it: without white space around it, and one blank between words.
 *
 * @param {string} text
 */
export function tidied(text) {
  return text.trim().replace(/\s+/g, " ");
}

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
