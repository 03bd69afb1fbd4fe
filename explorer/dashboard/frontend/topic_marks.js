import { h } from "./dom.js";

/** @import { TopicPanel } from "./messages.d.ts" */

const COLOURS = 8; // topics that differ by colour alone; the next eight have another shape
const SHAPES = ["lx-mark-circle", "lx-mark-square", "lx-mark-triangle", "lx-mark-diamond", "lx-mark-cross"];

/**
 * Colour and shape of a topic by its place among all topics of the corpus, which no filter changes.
 *
 * @param {number} place
 */
export function markOf(place) {
  return { colour: place % COLOURS, shape: SHAPES[Math.floor(place / COLOURS) % SHAPES.length] };
}

/** @param {number} place */
export function topicMark(place) {
  const { colour, shape } = markOf(place);
  return h("span", {
    class: `lx-mark ${shape}`,
    style: { "--topic-mark": `var(--topic-${colour})` },
    "aria-hidden": "true",
  });
}

/**
 * Place of a topic among all, or undefined where there is none of that name.
 *
 * @param {TopicPanel | undefined} panel
 * @param {string} value
 */
export function placeOf(panel, value) {
  return panel && Object.hasOwn(panel.places, value) ? panel.places[value] : undefined;
}
