// One Tab stop for a list whose lines hold several controls: arrows go from line to line and along a line.
// As the WAI-ARIA Authoring Practices have it for grids ("roving tabindex").

/**
 * Where a key leads among lines of controls; undefined for keys that lead nowhere.
 *
 * @param {string} key
 * @param {[line: number, place: number]} from
 * @param {number[]} sizes How many controls each line holds.
 * @returns {[line: number, place: number] | undefined}
 */
export function rove(key, [line, place], sizes) {
  const last = sizes.length - 1;
  /** @type {Record<string, [number, number]>} */
  const by = {
    ArrowDown: [Math.min(line + 1, last), place],
    ArrowUp: [Math.max(line - 1, 0), place],
    ArrowRight: [line, place + 1],
    ArrowLeft: [line, Math.max(place - 1, 0)],
    Home: [0, place],
    End: [last, place],
  };
  const to = by[key];
  return to && [to[0], Math.min(to[1], sizes[to[0]] - 1)];
}

/**
 * Keep one control of a list in the order of Tab, and move by arrows. To be called again whenever the lines changed.
 *
 * @param {HTMLElement} list
 * @returns {() => void} What to call after the lines changed.
 */
export function roving(list) {
  /** The key of the control that Tab leads to; it outlives its node. */
  let current = "";

  const lines = () =>
    [...list.children]
      .map((line) => /** @type {HTMLElement[]} */ ([...line.querySelectorAll("input, button")]))
      .filter((controls) => controls.length);

  function settle() {
    const controls = lines().flat();
    const stop = controls.find((control) => control.dataset.key === current) || controls[0];
    for (const control of controls) control.tabIndex = control === stop ? 0 : -1;
  }

  list.addEventListener("focusin", (event) => {
    const key = event.target instanceof HTMLElement ? event.target.dataset.key : undefined;
    if (key === undefined || key === current) return;
    current = key;
    settle();
  });
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = lines();
    const line = all.findIndex((controls) => controls.includes(/** @type {HTMLElement} */ (event.target)));
    if (line < 0) return;
    const place = all[line].indexOf(/** @type {HTMLElement} */ (event.target));
    const to = rove(
      event.key,
      [line, place],
      all.map((controls) => controls.length),
    );
    if (!to) return;
    event.preventDefault();
    all[to[0]][to[1]].focus();
  });
  return settle;
}
