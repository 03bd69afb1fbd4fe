// Arithmetic of a range over an ordered list of steps, such as years: positions count from 0, and both ends are included.

/** @import { Range, Step } from "./messages.d.ts" */

/**
 * The positions of the ends of a range; an open end, and one beyond all steps, is at the first or the last step.
 *
 * @template {number | string} T
 * @param {Step<T>[]} steps
 * @param {Range<T>} selected
 * @returns {[low: number, high: number]}
 */
export function ends(steps, [from, to]) {
  const last = steps.length - 1;
  const first = from === null ? 0 : steps.findIndex(([step]) => step >= from);
  const final = to === null ? last : steps.findLastIndex(([step]) => step <= to);
  // What lies before all steps, or after them, shows none of them: its ends are at the nearest.
  const low = Math.max(first < 0 ? last : first, 0);
  return [low, steps.length ? Math.max(final, low) : last];
}

/**
 * The range between two positions; its end is open at the first and at the last step.
 *
 * @template {number | string} T
 * @param {Step<T>[]} steps
 * @param {number} low
 * @param {number} high
 * @returns {Range<T>}
 */
export function between(steps, low, high) {
  return [low === 0 ? null : steps[low][0], high === steps.length - 1 ? null : steps[high][0]];
}

/**
 * The position of an end that was written: that of the step, or of the next one inside the range.
 *
 * @template {number | string} T
 * @param {Step<T>[]} steps
 * @param {T} wanted
 * @param {number} end 0 for the low end, 1 for the high one.
 */
export function nearest(steps, wanted, end) {
  if (end) return steps.findLastIndex(([step]) => step <= wanted);
  const after = steps.findIndex(([step]) => step >= wanted);
  return after < 0 ? steps.length - 1 : after;
}

/**
 * The position of the step that a number lies in; one beyond all steps is in the first or the last.
 *
 * @template {number | string} T
 * @param {Step<T>[]} steps
 * @param {T} wanted
 */
export function holding(steps, wanted) {
  return Math.max(
    steps.findLastIndex(([step]) => step <= wanted),
    0,
  );
}

/**
 * Where a step ends: a number goes `reach` beyond it, a date is its own end.
 *
 * @template {number | string} T
 * @param {T} step
 * @param {number} reach
 * @returns {T}
 */
export function stepEnd(step, reach) {
  return typeof step === "number" ? /** @type {T} */ (Number((step + reach).toPrecision(12))) : step;
}

/**
 * How far a key moves a handle; undefined for keys that move none.
 *
 * @param {string} key
 * @param {number} count Of steps; a page is an eighth of them, and two at least.
 * @returns {number | undefined}
 */
export function keyStep(key, count) {
  const page = Math.max(2, Math.round(count / 8));
  return {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -page,
    PageUp: page,
    Home: -count,
    End: count,
  }[key];
}

/**
 * Steps by columns of equally many, the last of which may have fewer.
 *
 * @template {number | string} T
 * @param {Step<T>[]} steps
 * @param {number} most Columns at most.
 */
export function columns(steps, most) {
  const width = Math.max(1, Math.ceil(steps.length / most));
  return Array.from({ length: Math.ceil(steps.length / width) }, (_, place) => {
    const own = steps.slice(place * width, (place + 1) * width);
    const [first, final] = [own[0][0], own[own.length - 1][0]];
    const papers = own.reduce((sum, [, number]) => sum + number, 0);
    return { start: place * width, steps: own.length, papers, label: first === final ? `${first}` : `${first} to ${final}` };
  });
}

/**
 * Positions of the steps before which years are left out.
 *
 * @template {number | string} T
 * @param {Step<T>[]} steps Years, or months as `YYYY-MM`.
 */
export function jumps(steps) {
  /** @param {number} at */
  const year = (at) => parseInt(String(steps[at][0]), 10);
  return steps.flatMap((_, at) => (at && year(at) - year(at - 1) > 1 ? [at] : []));
}
