import { h, icon, iconButton, submitOnEnter, swap } from "./dom.js";
import { count, plural, tidied } from "./text.js";
import { popover } from "./popover.js";

/** @import { CompareMessage, Saved, SavedSearch } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

/**
 * Saved searches, and what the papers shown can be compared with.
 *
 * @param {App} app
 */
export function savedSearchesPanel(app) {
  const { model, link } = app;
  const nameId = app.id("save-name");
  const dateId = app.id("compare-date");
  const button = h(
    "button",
    { class: "lx-button lx-saved-button", title: "Saved searches" },
    icon("keep"),
    h("span", {}, "Saved"),
  );
  let draft = "";
  let date = "";
  /** Name of the search that is given another one. @type {string | null} */
  let renaming = null;

  /** @param {string} name */
  const taken = (name) => model.get("saved").rows.some((row) => row.name === tidied(name));
  /** @param {string} name */
  const wanted = (name) => (taken(name) ? "Replace" : "Save");

  /** @param {CompareMessage["with"]} base */
  function compare(base) {
    link.send("compare", { with: base });
    panel.close();
  }

  /**
   * @param {SavedSearch} row
   * @param {boolean} changes
   */
  function run(row, changes) {
    link.send("run_search", { name: row.name, changes });
    panel.close();
  }

  function saveForm() {
    const submit = h("button", { class: "lx-button", type: "submit" }, wanted(draft));
    const box = h("input", {
      id: nameId,
      class: "lx-box",
      type: "text",
      autocomplete: "off",
      maxlength: "120",
      value: draft,
      key: "save-name",
      keydown: submitOnEnter,
      input: (event) => {
        draft = event.currentTarget.value;
        submit.textContent = wanted(draft);
      },
    });
    return h(
      "form",
      {
        class: "lx-saved-form",
        submit: (event) => {
          event.preventDefault();
          if (!draft.trim()) {
            box.focus();
            return;
          }
          link.send("save_search", { name: draft, replace: taken(draft) });
          draft = "";
        },
      },
      h("label", { for: nameId }, "Save what is shown as"),
      h("div", { class: "lx-saved-line" }, box, submit),
    );
  }

  /** @param {SavedSearch} row */
  function renameForm(row) {
    const box = h("input", {
      class: "lx-box",
      type: "text",
      autocomplete: "off",
      maxlength: "120",
      value: row.name,
      label: `New name of ${row.name}`,
      key: `rename-box:${row.name}`,
      keydown: submitOnEnter,
    });
    return h(
      "form",
      {
        class: "lx-saved-line",
        submit: (event) => {
          event.preventDefault();
          renaming = null;
          if (box.value.trim() && box.value !== row.name) link.send("rename_search", { name: row.name, to: box.value });
          else redraw();
        },
      },
      box,
      h("button", { class: "lx-button", type: "submit" }, "Rename"),
    );
  }

  /**
   * What has become of a search since it was saved.
   *
   * @param {SavedSearch} row
   */
  function since(row) {
    if (!row.changed) return null;
    if (row.new === null) return " · the corpus has changed since";
    return row.new ? [" · ", h("strong", {}, `${count(row.new)} new since`)] : " · nothing new since";
  }

  /** @param {SavedSearch} row */
  function item(row) {
    const { writable } = model.get("saved");
    return h(
      "li",
      { class: "lx-saved-row" },
      renaming === row.name
        ? renameForm(row)
        : h("button", { class: "lx-saved-name", key: `run:${row.name}`, click: () => run(row, false) }, row.name),
      h("p", { class: "lx-quiet" }, `${row.sentence} · ${row.date}`, since(row)),
      h(
        "div",
        { class: "lx-saved-line" },
        h(
          "button",
          {
            class: "lx-textbutton",
            title: "Show it, with what is new and gone since it was saved",
            click: () => run(row, true),
          },
          "What changed",
          h("span", { class: "lx-hide" }, ` in ${row.name}`),
        ),
        h(
          "button",
          { class: "lx-textbutton", title: "Compare what is shown with it", click: () => compare({ saved: row.name }) },
          "Compare",
          h("span", { class: "lx-hide" }, ` with ${row.name}`),
        ),
        conceptButton(row.name),
        h("span", { class: "lx-spacer" }),
        writable
          ? iconButton(
              "pen",
              `Rename ${row.name}`,
              () => {
                renaming = row.name;
                redraw();
                /** @type {HTMLInputElement | null} */ (panel.panel.querySelector(".lx-saved-row input"))?.select();
              },
              { key: `rename:${row.name}` },
            )
          : null,
        writable
          ? iconButton("close", `Delete ${row.name}`, () => link.send("delete_search", { name: row.name }), {
              key: `delete:${row.name}`,
            })
          : null,
      ),
    );
  }

  /** @param {string} name */
  function conceptButton(name) {
    return h(
      "button",
      {
        class: "lx-textbutton",
        label: `As concept: ${name}`,
        title: "Order the list by its papers as a concept",
        key: `concept:${name}`,
        click: () => {
          app.concepts.add("set", name);
          panel.close();
        },
      },
      "As concept",
    );
  }

  /**
   * Who has a name may show a list to the others of the same library.
   *
   * @param {string} name
   */
  function shareButton(name) {
    const { reader, shared, writable } = model.get("marks");
    if (!reader || !writable) return null;
    const on = shared.includes(`set:${name}`);
    return h(
      "button",
      {
        class: "lx-textbutton",
        label: `Share ${name} with the other readers of this library`,
        title: on ? "The other readers of this library see it" : "Only you see it",
        "aria-pressed": String(on),
        key: `share-set:${name}`,
        click: () => link.send("share", { of: "set", name, on: !on }),
      },
      on ? "Shared" : "Share",
    );
  }

  /** @param {Saved["sets"][number]} row */
  function setItem(row) {
    return h(
      "li",
      { class: "lx-saved-row" },
      h("p", {}, h("strong", {}, row.name), h("span", { class: "lx-quiet" }, ` ${plural(row.papers, "paper")} · ${row.date}`)),
      h(
        "div",
        { class: "lx-saved-line" },
        h(
          "button",
          {
            class: "lx-textbutton",
            label: `Show the papers of ${row.name}`,
            key: `show-set:${row.name}`,
            click: () => {
              link.set({ query: `set:"${row.name}"` });
              panel.close();
            },
          },
          "Show",
        ),
        conceptButton(row.name),
        row.own ? shareButton(row.name) : null,
        h("span", { class: "lx-spacer" }),
        row.own && model.get("saved").writable
          ? iconButton("close", `Delete the set ${row.name}`, () => link.send("delete_set", { name: row.name }), {
              key: `delete-set:${row.name}`,
            })
          : null,
      ),
    );
  }

  function fill() {
    const { rows, sets, problem, writable } = model.get("saved");
    const dateBox = h("input", {
      id: dateId,
      class: "lx-box",
      type: "text",
      autocomplete: "off",
      placeholder: "2024-06",
      value: date,
      key: "compare-date",
      keydown: submitOnEnter,
      input: (event) => {
        date = event.currentTarget.value;
      },
    });
    return [
      problem ? h("p", { class: "lx-saved-problem" }, problem) : null,
      writable ? saveForm() : null,
      h("h2", { class: "lx-popover-title" }, "Saved searches"),
      rows.length
        ? h("ul", {}, rows.map(item))
        : h(
            "p",
            { class: "lx-quiet" },
            "None yet. A saved search keeps its filters, and the papers it gave, so that you can see later what is new.",
          ),
      sets.length ? h("h2", { class: "lx-popover-title" }, "Sets of papers") : null,
      sets.length ? h("ul", {}, sets.map(setItem)) : null,
      h(
        "form",
        {
          class: "lx-saved-form lx-saved-date",
          submit: (event) => {
            event.preventDefault();
            if (date.trim()) compare({ date });
            else dateBox.focus();
          },
        },
        h("label", { for: dateId }, "What is new since the end of"),
        h("div", { class: "lx-saved-line" }, dateBox, h("button", { class: "lx-button", type: "submit" }, "Compare")),
      ),
    ];
  }

  const panel = popover(app, { button, name: "saved", label: "Saved searches", fill });
  // Another window may have saved or deleted one.
  button.addEventListener(
    "click",
    app.guard(() => panel.isOpen() && link.send("saved")),
  );

  function redraw() {
    if (panel.isOpen()) swap(panel.panel, fill(), panel.panel);
  }

  app.watch(["saved", "marks"], redraw);
  return { node: h("div", { class: "lx-saved" }, button, panel.panel) };
}
