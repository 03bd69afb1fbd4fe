// Arithmetic of filter panels: long names, and ranges of the reader's own columns.

import { stepEnd } from "./steps.js";

/** @import { Range } from "./messages.d.ts" */

const WHOLE = 26; // characters that a panel has room for
const ALIKE = 14; // characters at the beginning that names have in common which a cut at the end would make one
const TAIL = 10;
const TELLING = 4; // characters of an end that begins with a word

/**
 * A name in two parts, the second of which is never cut off, so that long names that differ only at their end are told apart.
 *
 * @param {string} text
 * @param {readonly string[]} others The names beside it.
 * @returns {[head: string, tail: string]}
 */
export function middle(text, others) {
  const signs = [...text];
  const head = signs.slice(0, ALIKE).join("");
  if (signs.length <= WHOLE || !others.some((other) => other !== text && other.startsWith(head))) return [text, ""];
  // A piece of a word says nothing: the end begins with the next one, if that leaves something.
  const end = signs.slice(-TAIL - 1).join("");
  const words = end.search(/(?<=[\s,;:–—-])[^\s,;:–—-]/u);
  const tail = words > 0 && end.length - words >= TELLING ? end.slice(words) : signs.slice(-TAIL).join("");
  return [text.slice(0, text.length - tail.length), tail];
}

/**
 * A range of steps as a selection writes it; empty for all of them. A step of numbers goes `reach` beyond its label.
 *
 * @param {Range<number | string>} range
 * @param {number} reach
 * @param {Range<number | string>} written Ends as they were written, where that is within a step.
 */
export function rangeText([low, high], reach, written = [null, null]) {
  const from = written[0] ?? low;
  const to = written[1] ?? (high === null ? null : stepEnd(high, reach));
  return from === null && to === null ? "" : `${from ?? ""}..${to ?? ""}`;
}
