import { TEXT_FIELD } from "./dom.js";

/** @import { App } from "./page.d.ts" */

/** The keys and what each does, for the help. @type {[keys: string, meaning: string][]} */
export const SHORTCUTS = [
  ["/", "go to the search box"],
  ["j  k", "next, previous paper"],
  ["Enter", "open the paper"],
  ["↓  →", "in a filter: to the next value, to what excludes it"],
  ["x", "tick the paper, or untick it"],
  ["m", "mark the open paper as read, or not"],
  ["s", "star the open paper, or the one in the list"],
  ["t  n", "tag the open paper, write a note"],
  ["u", "take back the last star, tag, note or mark as read"],
  ["Ctrl Z", "undo; with Shift redo"],
  ["v  x  m", "while screening: include, exclude, maybe (Shift+X: with a reason)"],
  ["z", "while screening: take the last decision back"],
  ["Esc", "close what is open"],
  ["?", "show this help"],
];

/**
 * Whether a key means undo or redo; in a notebook these are Lab's own.
 *
 * @param {KeyboardEvent} event
 */
function undoes(event) {
  return (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z";
}

/**
 * Keyboard shortcuts. In JupyterLab they work only while the focus or the pointer is in the
 * dashboard, and Lab's own single-key shortcuts (`d d` deletes a cell) stay quiet while it has the focus.
 *
 * @param {App} app
 */
export function listenForShortcuts(app) {
  const { root, page } = app;

  /**
   * Whether a key was one of ours.
   *
   * @param {KeyboardEvent} event
   */
  function act(event) {
    if (app.screening.pressed(event)) return true;
    switch (event.key) {
      case "/":
        app.search.focus();
        return true;
      case "?":
        app.search.help.open();
        return true;
      case "j":
      case "k": {
        const by = event.key === "j" ? 1 : -1;
        if (app.reader.node.contains(document.activeElement)) app.reader.step(by);
        else app.papers.step(by);
        return true;
      }
      case "x":
        return app.papers.tickCurrent();
      case "m":
        return app.reader.toggleRead();
      case "s":
        return app.reader.toggleStar() || app.papers.starCurrent();
      case "t":
        return app.marks.focusTag();
      case "n":
        return app.marks.focusNote();
      case "u":
        return app.marks.undo();
      case "Enter":
        // On a control, Enter is the control's own.
        if (document.activeElement !== document.body) return false;
        app.papers.openCurrent();
        return true;
      default:
        return false;
    }
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const target = event.target instanceof Element ? event.target : null;
    const inside = root.contains(target);
    const here = inside || (page ? target === document.body : root.matches(":hover"));
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    // Lab leaves a key alone if its very target has this attribute; Ctrl and Cmd combinations stay Lab's.
    if (!page && inside) target?.toggleAttribute("data-lm-suppress-shortcuts", plain);
    if (here && page && undoes(event) && !target?.closest(TEXT_FIELD) && !root.querySelector("dialog[open]")) {
      app.link.send(event.shiftKey ? "redo" : "undo");
      event.preventDefault();
      return;
    }
    if (!here || !plain || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape") {
      if (!(inside || page) || !app.closeTop()) return;
    } else if (root.querySelector("dialog[open]") || target?.closest(TEXT_FIELD) || !act(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // Lab listens on the document in the capture phase; only the window hears keys earlier.
  window.addEventListener("keydown", app.guard(pressed), { capture: true, signal: app.signal });
}
