import { h } from "./dom.js";

/**
 * A panel that a button opens, and that Escape, a click elsewhere or the button closes.
 * `fill` draws the panel each time it opens.
 */
export function popover(app, { button, label, className = "", fill }) {
  const id = app.id("popover");
  const panel = h("div", { id, class: `lx-popover ${className}`, role: "dialog", label: label, hidden: true, tabIndex: -1 });
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", id);
  const self = {
    button,
    panel,
    isOpen: () => !panel.hidden,
    open() {
      panel.replaceChildren(...fill());
      panel.hidden = false;
      button.setAttribute("aria-expanded", "true");
      panel.focus({ preventScroll: true });
    },
    close() {
      if (panel.hidden) return false;
      const inside = panel.contains(document.activeElement);
      panel.hidden = true;
      panel.replaceChildren();
      button.setAttribute("aria-expanded", "false");
      if (inside) button.focus();
      return true;
    },
  };
  button.addEventListener("click", () => (self.isOpen() ? self.close() : self.open()));
  document.addEventListener(
    "pointerdown",
    (event) => {
      if (!panel.contains(event.target) && !button.contains(event.target)) self.close();
    },
    { signal: app.signal },
  );
  panel.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !panel.contains(event.relatedTarget) && !button.contains(event.relatedTarget)) self.close();
  });
  app.layers.push(self.close);
  return self;
}
