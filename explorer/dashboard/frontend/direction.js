// Arithmetic of a preference: weights that sliders give, and the direction of length one that they point in.

/** @import { Objective } from "./messages.d.ts" */
/** @typedef {Record<string, number>} Weights By the name of the objective. */

const CLOSE = 0.005; // what the kernel's rounding may change of a direction

/**
 * Weights brought to length one; without any, nought.
 *
 * @param {Weights} weights
 * @returns {Weights}
 */
export function direction(weights) {
  const length = Math.hypot(...Object.values(weights));
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, length ? weight / length : 0]));
}

/**
 * Whether weights point where the objectives do. Sliders tell ratios: the direction they give has length one, they need not.
 *
 * @param {Weights} weights
 * @param {Pick<Objective, "name" | "weight">[]} objectives
 */
export function pointsTo(weights, objectives) {
  const own = direction(weights);
  return objectives.every(({ name, weight }) => Math.abs((own[name] ?? 0) - weight) <= CLOSE);
}

/**
 * A part of a direction, with its sign.
 *
 * @param {number} weight
 */
export function signed(weight) {
  return `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(2)}`;
}
