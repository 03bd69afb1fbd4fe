import { h } from "./dom.js";
import { count } from "./text.js";

/** @import { Completion } from "./messages.d.ts" */
/** @import { App, CompletionList } from "./page.d.ts" */

const ASK_PAUSE = 60; // ms; completions are cheap, the answer to a search is not
const ANSWER_WAIT = 5000; // ms after which a lost answer no longer holds up the next question

/**
 * The list of completions under the search box: a combobox whose focus stays in the box.
 * At most one question is under way; while it is, only the newest text is kept, and answers to older texts are dropped.
 *
 * @param {App} app
 * @param {HTMLInputElement} input
 * @param {() => void} changed Called when a completion was taken.
 * @param {object} options
 * @param {(text: string) => boolean} [options.concepts] Whether a text is an expression over concepts.
 * @param {string} [options.name] The accessible name of the list.
 * @returns {CompletionList}
 */
export function completionList(app, input, changed, { concepts = () => false, name = "Completions" } = {}) {
  const { link } = app;
  const id = app.id(name.toLowerCase().replaceAll(" ", "-"));
  const list = h("ul", { id, class: "lx-completions", role: "listbox", label: name, hidden: true });
  const announcement = h("div", { class: "lx-hide", "aria-live": "polite" });
  /** @type {Completion[]} */
  let rows = [];
  let shownFor = "";
  let active = -1;
  /**
   * The question under way.
   *
   * @type {{ text: string; at: number; since: number; seq: number; dropped: boolean } | null}
   */
  let flight = null;
  let waiting = false;
  let timer = 0;

  /** @param {number} place */
  function mark(place) {
    active = place;
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === active)));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[active].id);
      list.children[active].scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    clearTimeout(timer);
    waiting = false;
    if (flight) flight.dropped = true; // its answer must not open the list again
    if (list.hidden) return false;
    list.hidden = true;
    announcement.textContent = "";
    input.setAttribute("aria-expanded", "false");
    mark(-1);
    return true;
  }

  /** @param {Completion} row */
  function accept(row) {
    if (input.value !== shownFor) return; // typed on meanwhile: the places no longer fit
    const atEnd = row.end >= input.value.length && row.kind !== "field";
    input.setRangeText(row.text + (atEnd ? " " : ""), row.start, row.end, "end");
    close();
    input.focus();
    changed();
  }

  /**
   * @param {Completion} row
   * @param {number} place
   */
  function option(row, place) {
    return h(
      "li",
      {
        id: `${id}-${place}`,
        class: "lx-completion",
        role: "option",
        "aria-selected": "false",
        pointerdown: (event) => event.preventDefault(),
        click: () => accept(row),
      },
      h("span", { class: "lx-completion-text" }, row.label),
      h("span", { class: "lx-quiet" }, row.kind === "word" ? "" : row.kind),
      h(
        "span",
        { class: "lx-quiet lx-completion-count" },
        row.papers === null ? "" : count(row.papers),
        row.papers === null ? null : h("span", { class: "lx-hide" }, " papers"),
      ),
    );
  }

  /**
   * @param {Completion[]} found
   * @param {string} text
   */
  function show(found, text) {
    rows = found;
    shownFor = text;
    list.replaceChildren(...rows.map(option));
    if (!rows.length) {
      close();
      return;
    }
    list.hidden = false;
    list.scrollTop = 0;
    // A box near the right edge has its list further left.
    list.style.translate = "";
    const over = list.getBoundingClientRect().right - app.root.getBoundingClientRect().right + 12;
    if (over > 0) list.style.translate = `${-over}px`;
    input.setAttribute("aria-expanded", "true");
    announcement.textContent = `${rows.length} completion${rows.length === 1 ? "" : "s"}; arrow down to choose`;
    mark(-1);
  }

  function ask() {
    if (flight && performance.now() - flight.since < ANSWER_WAIT) {
      waiting = true;
      return;
    }
    waiting = false;
    const text = input.value;
    const at = input.selectionStart ?? text.length;
    const seq = link.send("complete", { text, at, concepts: concepts(text) });
    flight = { text, at, since: performance.now(), seq, dropped: false };
  }

  app.onAnswer("completions", (answer) => {
    if (!flight || answer.seq !== flight.seq) return;
    const { text, at, dropped } = flight;
    flight = null;
    if (waiting) ask();
    else if (!dropped) {
      // An option that is being clicked stays until the click is whole.
      app.whenReleased(() => {
        if (input.value === text && input.selectionStart === at && document.activeElement === input && !app.signal.aborted)
          show(answer.rows, text);
      });
    }
  });
  app.layers.push(close);
  input.addEventListener("blur", close);

  return {
    nodes: [list, announcement],
    close,
    typed() {
      mark(-1);
      clearTimeout(timer);
      if (input.value) timer = setTimeout(ask, ASK_PAUSE);
      else close();
    },
    pressed(event) {
      if (event.isComposing) return false;
      if (list.hidden) {
        if (event.key === "Enter") close();
        if (event.key === "ArrowDown" && event.altKey) ask();
        return event.key === "ArrowDown" && event.altKey;
      }
      if (event.key === "ArrowDown") mark(active + 1 < rows.length ? active + 1 : -1);
      else if (event.key === "ArrowUp") mark(active < 0 ? rows.length - 1 : active - 1);
      else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && active >= 0) accept(rows[active]);
      else {
        if (event.key === "Enter") close();
        return false;
      }
      return true;
    },
  };
}
