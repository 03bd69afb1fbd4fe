// Arithmetic of filter panels: long names, and ranges of the reader's own columns.

/** @import { Range } from "./messages.d.ts" */

const WHOLE = 26; // characters that a panel has room for
const TAIL = 9;

/**
 * A name in two parts, the second of which is never cut off: names that differ at the end are told apart.
 *
 * @param {string} text
 * @returns {[head: string, tail: string]}
 */
export function middle(text) {
  const signs = [...text];
  if (signs.length <= WHOLE) return [text, ""];
  return [signs.slice(0, -TAIL).join(""), signs.slice(-TAIL).join("")];
}

/**
 * A range of steps as a selection writes it; empty for all of them. A step of numbers goes `reach` beyond its label.
 *
 * @param {Range<number | string>} range
 * @param {number} reach
 */
export function rangeText([low, high], reach) {
  if (low === null && high === null) return "";
  const end = typeof high === "number" ? Number((high + reach).toPrecision(12)) : high;
  return `${low ?? ""}..${end ?? ""}`;
}
