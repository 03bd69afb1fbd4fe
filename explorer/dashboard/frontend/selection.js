// Changes of the selection: what a click on a value or on the × of a chip does to it.

/** @import { Changes, Field, SelectionFields } from "./messages.d.ts" */

/** Fields that hold two ends. @type {ReadonlySet<Field>} */
const RANGES = new Set(/** @type {const} */ (["years", "months", "x", "y"]));

/**
 * @param {unknown} a
 * @param {unknown} b
 */
function sameValue(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Whether a selection has a value: among others, or as its only one.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 * @param {unknown} value
 */
export function holds(selection, field, value) {
  const current = /** @type {unknown} */ (selection[field]);
  return Array.isArray(current) && !RANGES.has(field) ? current.includes(value) : sameValue(current, value);
}

/**
 * The change that puts a value in, or takes it out where it is there; a range of one step is given by that step.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 * @param {unknown} value
 * @returns {Changes}
 */
export function toggled(selection, field, value) {
  const current = /** @type {unknown} */ (selection[field]);
  if (RANGES.has(field)) {
    const range = Array.isArray(value) ? value : [value, value];
    return { [field]: sameValue(current, range) ? [null, null] : range };
  }
  if (!Array.isArray(current)) return { [field]: current === value ? null : value };
  return { [field]: current.includes(value) ? current.filter((item) => item !== value) : [...current, value] };
}

/**
 * The change that takes a value out.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 * @param {unknown} value
 * @returns {Changes}
 */
export function removed(selection, field, value) {
  if (field === "query") return { query: "" };
  // Places on an axis say nothing without it.
  if (field === "axes") return { axes: [], x: [null, null], y: [null, null] };
  if (field === "prefer") return { prefer: [] };
  if (RANGES.has(field)) return { [field]: [null, null] };
  const current = /** @type {unknown} */ (selection[field]);
  return { [field]: Array.isArray(current) ? current.filter((item) => item !== value) : null };
}
