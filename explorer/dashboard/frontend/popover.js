import { h, swap } from "./dom.js";

/** @import { App, Children, Popover } from "./page.d.ts" */

/**
 * A panel that a button opens, and that Escape, a click elsewhere or the button closes.
 *
 * @param {App} app
 * @param {object} options
 * @param {HTMLElement} options.button
 * @param {string} options.name In the id and the class of the panel.
 * @param {string} options.label Its accessible name.
 * @param {() => readonly Children[]} options.fill Draws the panel each time it opens.
 * @returns {Popover}
 */
export function popover(app, { button, name, label, fill }) {
  const id = app.id(`popover-${name}`);
  const panel = h("div", { id, class: `lx-popover lx-popover-${name}`, role: "dialog", label, hidden: true, tabIndex: -1 });
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", id);
  /** @param {EventTarget | null} target */
  const inside = (target) => target instanceof Node && (panel.contains(target) || button.contains(target));
  /** @type {Popover} */
  const self = {
    button,
    panel,
    isOpen: () => !panel.hidden,
    open() {
      swap(panel, fill());
      panel.hidden = false;
      button.setAttribute("aria-expanded", "true");
      panel.focus({ preventScroll: true });
    },
    close() {
      if (panel.hidden) return false;
      const focused = panel.contains(document.activeElement);
      panel.hidden = true;
      panel.replaceChildren();
      button.setAttribute("aria-expanded", "false");
      if (focused) button.focus();
      return true;
    },
  };
  button.addEventListener("click", () => (self.isOpen() ? self.close() : self.open()));
  document.addEventListener(
    "pointerdown",
    (event) => {
      if (!inside(event.target)) self.close();
    },
    { signal: app.signal },
  );
  panel.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !inside(event.relatedTarget)) self.close();
  });
  app.layers.push(self.close);
  return self;
}
