import { h, icon, iconButton } from "./dom.js";
import { popover } from "./popover.js";
import { completionList } from "./completion.js";
import { SHORTCUTS } from "./shortcuts.js";

/** @import { Traits } from "./messages.d.ts" */
/** @import { App, CompletionList, SearchPanel } from "./page.d.ts" */

const TYPING_PAUSE = 120; // ms

/**
 * Whether a text of the search box is an expression over concepts.
 *
 * @param {string} text
 */
export const isExpression = (text) => text.trimStart().startsWith("=");

/** @param {App} app */
function helpContent(app) {
  /** @param {Traits["help"][number]} section */
  const table = ({ title, rows }) => [
    h("h2", { class: "lx-popover-title" }, title),
    h(
      "table",
      { class: "lx-help" },
      h("caption", { class: "lx-hide" }, title),
      h(
        "thead",
        { class: "lx-hide" },
        h(
          "tr",
          {},
          ["Write", "Finds", "Example"].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, h("code", {}, row.syntax)),
            h("td", {}, row.meaning),
            h(
              "td",
              {},
              row.example
                ? h(
                    "button",
                    { class: "lx-example", label: `Search for ${row.example}`, click: () => app.search.use(row.example) },
                    row.example,
                  )
                : null,
            ),
          ),
        ),
      ),
    ),
  ];
  return [
    ...app.model.get("help").flatMap(table),
    h("h2", { class: "lx-popover-title" }, "Keys"),
    h(
      "dl",
      { class: "lx-keys" },
      SHORTCUTS.map(([keys, meaning]) =>
        h(
          "div",
          {},
          h(
            "dt",
            {},
            keys.split("  ").map((key) => h("kbd", {}, key)),
          ),
          h("dd", {}, meaning),
        ),
      ),
    ),
  ];
}

/**
 * The search box with its help.
 *
 * @param {App} app
 * @returns {SearchPanel}
 */
export function searchPanel(app) {
  const { model, link } = app;
  const id = app.id("query");
  let timer = 0;
  /** Whether the query that was sent last was still being typed. */
  let begun = false;
  /** The query in force. */
  let known = model.get("selection").query;
  /** The query in force as it was typed: the mark of a word that is only begun is not the reader's. */
  const asTyped = () => model.get("summary").typed || model.get("selection").query;
  /** The expression that was sent and not answered yet. */
  let ranking = "";

  const input = h("input", {
    id,
    class: "lx-query",
    type: "text",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Search titles, abstracts, authors, keywords",
    value: asTyped(),
    input: typed,
    keydown: pressed,
    paste: pasted,
  });
  link.typedFirst(() => {
    if (timer) flush();
  });
  /** @type {CompletionList} */
  const completions = completionList(app, input, typed, { concepts: isExpression });
  input.setAttribute("aria-controls", completions.nodes[0].id);
  const clear = iconButton(
    "close",
    "Clear the search",
    () => {
      use("");
      input.focus();
    },
    { hidden: !known },
  );
  const mode = h(
    "select",
    {
      class: "lx-select lx-mode",
      label: "How the search is read",
      title: "How the search is read",
      change: (event) => link.set({ mode: event.currentTarget.value }),
    },
    model.get("modes").map(([value, label]) => h("option", { value }, label)),
  );
  const helpButton = h(
    "button",
    { class: "lx-iconbutton", label: "Search help and keys", title: "Search help and keys (?)" },
    "?",
  );
  const help = popover(app, {
    button: helpButton,
    name: "help",
    label: "Search help and keys",
    fill: () => helpContent(app),
  });
  const node = h(
    "form",
    {
      class: "lx-search",
      role: "search",
      label: "Papers",
      submit: (event) => {
        event.preventDefault();
        submit();
      },
    },
    h("label", { class: "lx-hide", for: id }, "Search papers"),
    icon("search"),
    input,
    clear,
    mode,
    helpButton,
    help.panel,
    completions.nodes,
  );

  /** An expression over concepts ranks; it waits for Enter, and then moves into a bar of its own. */
  function rank() {
    const expression = input.value.trim().slice(1).trim();
    ranking = input.value;
    app.concepts.expect(expression);
    link.set({
      rank: expression,
      like: [],
      unlike: [],
      sort: model.get("selection").sort === "preference" ? "preference" : "relevance",
    });
  }

  /** Send what was typed; while its end is being written, its last word is the beginning of one. */
  function flush(whole = false) {
    clearTimeout(timer);
    timer = 0;
    if (isExpression(input.value)) return;
    ranking = "";
    const unfinished = !whole && document.activeElement === input && input.selectionEnd === input.value.length;
    // Back at the query in force, what was said of a broken one must go.
    // What was sent while it was typed is sent again once it is whole: its last word is then no beginning any more.
    if (input.value !== link.draft().query || model.get("status").level === "error" || (whole && begun))
      link.set({ query: input.value }, false, unfinished && input.value !== "");
    begun = unfinished;
  }

  function submit() {
    if (isExpression(input.value)) rank();
    else flush(true);
  }

  function typed() {
    clear.hidden = !input.value;
    app.papers.stay();
    clearTimeout(timer);
    timer = isExpression(input.value) ? 0 : setTimeout(flush, TYPING_PAUSE);
    completions.typed();
  }

  /**
   * A box of one line would join the lines of a search without a mark; the kernel reads this one as their end.
   *
   * @param {ClipboardEvent} event
   */
  function pasted(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    const joined = text.trim().replace(/\s*[\r\n]+\s*/g, " ⏎ ");
    input.setRangeText(joined, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
    typed();
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    if (completions.pressed(event)) event.preventDefault();
    if (event.defaultPrevented || event.isComposing) return;
    // Lab cancels the submission that Enter stands for.
    if (event.key === "Enter") submit();
    else if (event.key === "ArrowDown") {
      if (timer) flush();
      app.papers.enter();
    } else return;
    event.preventDefault();
  }

  /** @param {string} text */
  function use(text) {
    completions.close();
    input.value = text;
    clear.hidden = !text;
    submit();
  }

  app.watch(["selection", "summary", "status", "preparation"], () => {
    const { query } = model.get("selection");
    if (ranking) {
      // One that was refused stays in the box to be mended, and one that waits to be seen.
      if (link.busy() || model.get("status").level === "error" || model.get("preparation")) return;
      if (input.value === ranking) input.value = query;
      ranking = "";
    }
    // Only a query that changed elsewhere (undo, a link) may replace what is being typed;
    // a query the kernel refused stays in the box to be mended.
    const own = asTyped().trim() === input.value.trim();
    if (query !== known && !timer && !link.busy() && !own) input.value = asTyped();
    known = query;
    clear.hidden = !input.value;
    mode.value = model.get("selection").mode;
  });

  return {
    node,
    input,
    use,
    help,
    focus: () => {
      input.focus();
      input.select();
    },
  };
}
