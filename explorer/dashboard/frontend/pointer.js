/**
 * Whether a button of the mouse is down, as `whenReleased(action)`: run at once, or once it is up again.
 *
 * A click counts only where both of its halves meet the same element. An answer that moves or replaces what is under the
 * pointer between them would swallow it, so what an answer draws waits for the second half.
 *
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 * @returns {(action: () => void) => void}
 */
export function watchPress(root, signal) {
  /** Actions that wait, while a button is down. @type {(() => void)[] | null} */
  let waiting = null;

  /** @param {PointerEvent} event */
  function press(event) {
    // A handle follows the pointer itself, and what it filters may be drawn under way.
    if (!(event.target instanceof Element && event.target.closest(".lx-handle"))) waiting ??= [];
  }

  /** @param {Event} event */
  function release(event) {
    // A press takes the focus from what had it, whose blur comes by here too: only that of the window ends the press.
    if (event.type === "blur" && event.target !== window) return;
    // The click comes after the release, in the same task.
    if (waiting) setTimeout(drain);
  }

  function drain() {
    const actions = waiting ?? [];
    waiting = null;
    actions.forEach((action) => action());
  }

  root.addEventListener("pointerdown", press, { capture: true, signal });
  ["pointerup", "pointercancel", "dragend", "blur"].forEach((name) =>
    window.addEventListener(name, release, { capture: true, signal }),
  );
  return (action) => {
    if (waiting) waiting.push(action);
    else action();
  };
}
