// Arithmetic of the pictures of a screening: recall with its interval on a bar, and the curve of what was found.

/** @import { ScreenEstimate } from "./messages.d.ts" */

/**
 * A share as a percentage; what is not known is a question mark. Nothing but all is "100 %", and nothing but none "0 %".
 *
 * @param {number | null} share
 */
export function percent(share) {
  if (share === null) return "?";
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) return "99 %";
  if (rounded === 0 && share > 0) return "1 %";
  return `${rounded} %`;
}

/**
 * A chance as the sentence beside it says it.
 *
 * @param {number | null} share
 */
export function chanceOf(share) {
  return share === null ? "?" : share < 0.01 ? "below 1 %" : share > 0.99 ? "above 99 %" : percent(share);
}

/**
 * The most relevant records that a random sample leaves possible where none of it is relevant, by the hypergeometric distribution.
 *
 * @param {number} sampled
 * @param {number} left Records that it is drawn from.
 * @param {number} confidence
 */
export function mostMissed(sampled, left, confidence) {
  let missed = 0;
  // How likely none of the sample is one of so many.
  for (let chance = 1; missed < left - sampled; missed += 1) {
    chance *= (left - sampled - missed) / (left - missed);
    if (chance <= 1 - confidence) break;
  }
  return missed;
}

/**
 * The smallest random sample that can show a recall, where none of it is relevant.
 *
 * @param {number} found
 * @param {number} left
 * @param {number} target
 * @param {number} confidence
 */
export function sampleFor(found, left, target, confidence) {
  let [least, most] = [1, left];
  while (least < most) {
    const size = Math.floor((least + most) / 2);
    if (found / (found + mostMissed(size, left, confidence)) >= target) most = size;
    else least = size + 1;
  }
  return most;
}

/**
 * Where the interval, the value and the target stand on a bar, in per cent of its width.
 *
 * @param {ScreenEstimate} recall
 * @param {number} target
 */
export function band({ value, low, high }, target) {
  /** @param {number} share */
  const place = (share) => 100 * Math.min(1, Math.max(0, share));
  const left = place(low ?? 0);
  return { left, width: place(high ?? 1) - left, at: value === null ? null : place(value), target: place(target) };
}

/**
 * The curve of relevant records found against records read, as a path in a box.
 *
 * @param {[screened: number, found: number][]} points
 * @param {number} records
 * @param {number} most Found records at the top of the box.
 * @param {number} width
 * @param {number} height
 */
export function curvePath(points, records, most, width, height) {
  return points
    .map(([screened, found], place) => {
      const x = (width * screened) / Math.max(1, records);
      const y = height - (height * found) / Math.max(1, most);
      return `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
