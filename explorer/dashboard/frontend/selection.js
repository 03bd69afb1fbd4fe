// Changes of the selection: what a click on a value or on the × of a chip does to it.

/** @import { Changes, Field, Pair, SelectionFields } from "./messages.d.ts" */

/** Fields that hold two ends. @type {ReadonlySet<Field>} */
const RANGES = new Set(/** @type {const} */ (["years", "months", "x", "y"]));

const COLUMN = "columns.";

/**
 * @param {unknown} a
 * @param {unknown} b
 */
function sameValue(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * What a field is called where values are excluded.
 *
 * @param {Field} field
 */
function nameOf(field) {
  return field.startsWith(COLUMN) ? field.slice(COLUMN.length) : field;
}

/**
 * @param {readonly Pair[]} pairs
 * @param {Pair} pair
 */
function hasPair(pairs, pair) {
  return pairs.some((other) => sameValue(other, pair));
}

/**
 * @param {readonly Pair[]} pairs
 * @param {Pair} pair
 */
function withoutPair(pairs, pair) {
  return pairs.filter((other) => !sameValue(other, pair));
}

/**
 * The values that are chosen of a facet, or of a column of the reader's own.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 */
export function chosenOf(selection, field) {
  if (!field.startsWith(COLUMN)) return /** @type {string[]} */ (selection[/** @type {keyof SelectionFields} */ (field)]);
  return selection.columns.filter(([key]) => `${COLUMN}${key}` === field).map(([, text]) => text);
}

/**
 * The change that leaves a value out, and takes it from what is chosen; or that no longer leaves it out.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 * @param {string} value
 * @returns {Changes}
 */
export function excluded(selection, field, value) {
  /** @type {Pair} */
  const pair = [nameOf(field), value];
  if (hasPair(selection.exclude, pair)) return { exclude: withoutPair(selection.exclude, pair) };
  const chosen = holds(selection, field, value) ? removed(selection, field, value) : {};
  return { ...chosen, exclude: [...selection.exclude, pair] };
}

/**
 * The change that makes a range of a column of the reader's own the only one; an empty text takes it away.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 * @param {string} text
 * @returns {Changes}
 */
export function ranged(selection, field, text) {
  return only(selection, field, text ? [text] : []);
}

/**
 * The change that makes some values of a facet, or of a column of the reader's own, those that are chosen.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 * @param {string[]} values
 * @returns {Changes}
 */
export function only(selection, field, values) {
  if (!field.startsWith(COLUMN)) return { [field]: values };
  /** @type {Pair[]} */
  const pairs = values.map((value) => [nameOf(field), value]);
  return { columns: [...selection.columns.filter(([key]) => `${COLUMN}${key}` !== field), ...pairs] };
}

/**
 * Whether a selection has a value: among others, or as its only one.
 *
 * @param {SelectionFields} selection
 * @param {Field} field
 * @param {unknown} value
 */
export function holds(selection, field, value) {
  if (field.startsWith(COLUMN)) return hasPair(selection.columns, [nameOf(field), String(value)]);
  const current = /** @type {unknown} */ (selection[/** @type {keyof SelectionFields} */ (field)]);
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
  const left = selection.exclude.filter(([name, text]) => !(name === nameOf(field) && text === String(value)));
  // A value that comes in is no longer left out.
  const again = left.length < selection.exclude.length ? { exclude: left } : {};
  if (field.startsWith(COLUMN)) {
    /** @type {Pair} */
    const pair = [nameOf(field), String(value)];
    const there = hasPair(selection.columns, pair);
    return { ...again, columns: there ? withoutPair(selection.columns, pair) : [...selection.columns, pair] };
  }
  const current = /** @type {unknown} */ (selection[/** @type {keyof SelectionFields} */ (field)]);
  if (RANGES.has(field)) {
    const range = Array.isArray(value) ? value : [value, value];
    return { [field]: sameValue(current, range) ? [null, null] : range };
  }
  if (!Array.isArray(current)) return { [field]: current === value ? null : value };
  return { ...again, [field]: current.includes(value) ? current.filter((item) => item !== value) : [...current, value] };
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
  if (field === "columns" || field === "exclude")
    return { [field]: withoutPair(selection[field], /** @type {Pair} */ (value)) };
  if (field.startsWith(COLUMN)) return { columns: withoutPair(selection.columns, [nameOf(field), String(value)]) };
  // Places on an axis say nothing without it.
  if (field === "axes") return { axes: [], x: [null, null], y: [null, null] };
  if (field === "prefer") return { prefer: [] };
  if (RANGES.has(field)) return { [field]: [null, null] };
  const current = /** @type {unknown} */ (selection[/** @type {keyof SelectionFields} */ (field)]);
  return { [field]: Array.isArray(current) ? current.filter((item) => item !== value) : null };
}
