import { h, icon, submitOnEnter, swap } from "./dom.js";
import { tidied } from "./text.js";
import { popover } from "./popover.js";

/** @import { Paper, PaperRow } from "./messages.d.ts" */
/** @import { App, Children, MarksPanel } from "./page.d.ts" */

const PAUSE = 600; // ms without a key after which a note is saved
const SILENT = 15000; // ms without an answer after which a note counts as not saved

/**
 * What the reader puts on papers: stars, tags and notes, in the list and in the reader. A note saves itself, and says so.
 *
 * @param {App} app
 * @returns {MarksPanel}
 */
export function marksPanel(app) {
  const { model, link } = app;
  const known = h("datalist", { id: app.id("known-tags") });
  const noteId = app.id("note");
  const state = h("span", { class: "lx-quiet lx-note-state", role: "status", "aria-live": "polite" });
  const box = h("textarea", {
    id: noteId,
    class: "lx-note",
    placeholder: "What you want to remember of it. Saved as you write.",
    maxlength: "100000",
    key: "note",
    input: typed,
    blur: () => {
      if (!moving) save();
    },
  });
  /** Whether the box is put into a drawing made anew, which takes the focus from it for that moment. */
  let moving = false;
  /** The paper whose note is in the box. @type {number | null} */
  let row = null;
  /** The note as the kernel has it. */
  let base = "";
  let pause = 0;
  /** What was sent and not answered yet. @type {{ text: string; timer: number } | null} */
  let sent = null;

  const dirty = () => row !== null && box.value.trim() !== base;

  function typed() {
    clearTimeout(pause);
    state.textContent = "Not saved yet";
    pause = setTimeout(save, PAUSE);
  }

  function save() {
    clearTimeout(pause);
    if (row === null || sent) return;
    if (!dirty()) {
      if (state.textContent) state.textContent = "Saved";
      return;
    }
    const text = box.value;
    sent = {
      text,
      timer: setTimeout(() => {
        sent = null;
        state.textContent = "Not saved: the kernel does not answer. The text stays here; try again.";
      }, SILENT),
    };
    state.textContent = "Saving…";
    link.send("note", { row, text, before: base });
  }

  app.onAnswer("noted", (answer) => {
    if (!sent) return;
    clearTimeout(sent.timer);
    const { text } = sent;
    sent = null;
    if (answer.row !== row) return;
    if (answer.problem) {
      state.textContent = `Not saved: ${answer.problem}`;
      return;
    }
    base = answer.text;
    // What was typed since goes after what another window wrote meanwhile.
    if (answer.text !== text.trim()) box.value = answer.text + (box.value.startsWith(text) ? box.value.slice(text.length) : "");
    if (dirty()) typed();
    else state.textContent = "Saved";
  });

  // A page that goes, or is laid aside, keeps what was typed.
  document.addEventListener("visibilitychange", () => save(), { signal: app.signal });
  window.addEventListener("pagehide", () => save(), { signal: app.signal });

  /** @param {Paper} paper */
  function take(paper) {
    if (paper.row !== row) {
      save();
      if (sent) clearTimeout(sent.timer);
      sent = null;
      row = paper.row;
      base = paper.marks.note;
      box.value = base;
      state.textContent = "";
    } else if (!sent && !dirty() && base !== paper.marks.note) {
      // Another window wrote it.
      base = paper.marks.note;
      box.value = base;
    }
  }

  /**
   * @param {number} at
   * @param {boolean} on
   * @param {string} title
   * @param {boolean} words
   */
  function star(at, on, title, words) {
    return h(
      "button",
      {
        class: words ? "lx-textbutton lx-star-button" : "lx-iconbutton lx-star-button",
        title: on ? "Take the star off (s)" : "Star (s)",
        label: words ? null : `Star ${title}`,
        "aria-pressed": String(on),
        key: `star:${at}`,
        click: () => link.send("star", { row: at, on: !on }),
      },
      icon("star"),
      words ? (on ? "Starred" : "Star") : null,
    );
  }

  /**
   * @param {string} name
   * @param {string} key
   */
  function tagButton(name, key) {
    return h(
      "button",
      {
        class: "lx-word lx-own-tag",
        title: `Filter by your tag ${name}`,
        "aria-pressed": String(link.isOn("tags", name)),
        key: `${key}:${name}`,
        click: () => link.toggle("tags", name),
      },
      name,
    );
  }

  /**
   * A box for the name of a tag.
   *
   * @param {string} label
   * @param {string} key
   * @param {(name: string) => void} done
   */
  function tagForm(label, key, done) {
    const name = h("input", {
      class: "lx-box lx-tag-box",
      type: "text",
      autocomplete: "off",
      maxlength: "60",
      placeholder: "Add a tag",
      label,
      key,
      keydown: submitOnEnter,
    });
    name.setAttribute("list", known.id);
    return h(
      "form",
      {
        class: "lx-tag-form",
        submit: (event) => {
          event.preventDefault();
          if (!tidied(name.value)) return;
          done(tidied(name.value));
          name.value = "";
        },
      },
      name,
    );
  }

  /** @param {Paper} paper @returns {Children} */
  function ofPaper(paper) {
    const { writable, problem } = model.get("marks");
    const { tags, others } = paper.marks;
    take(paper);
    if (document.activeElement === box) {
      moving = true;
      queueMicrotask(() => {
        box.focus({ preventScroll: true });
        moving = false;
      });
    }
    const shown = others.length
      ? h(
          "ul",
          { class: "lx-others", label: "What other readers share" },
          others.map((other) => h("li", {}, h("span", { class: "lx-quiet" }, `${other.reader}: `), other.text)),
        )
      : null;
    if (!writable) return shown ? [h("section", {}, h("h3", {}, "Shared"), shown)] : null;
    return h(
      "section",
      { class: "lx-mine", label: "Tags and note" },
      h("h3", {}, "Tags and note"),
      problem ? h("p", { class: "lx-saved-problem" }, problem) : null,
      h(
        "div",
        { class: "lx-words" },
        tags.map((name) =>
          h(
            "span",
            { class: "lx-own-tag-pair" },
            tagButton(name, "own-tag"),
            h(
              "button",
              {
                class: "lx-iconbutton",
                label: `Take the tag ${name} off`,
                title: `Take the tag ${name} off`,
                key: `untag:${name}`,
                click: () => link.send("tag", { row: paper.row, name, on: false }),
              },
              icon("close"),
            ),
          ),
        ),
        tagForm("Add a tag (t)", "tag-box", (name) => link.send("tag", { row: paper.row, name, on: true })),
      ),
      h("div", { class: "lx-note-head" }, h("label", { for: noteId }, "Note"), state),
      box,
      shown,
    );
  }

  /** @param {PaperRow} item @returns {Children} */
  function ofRow(item) {
    const { tags, noted, others } = item.marks;
    return [
      item.marks.new ? h("span", { class: "lx-new", title: "Came since your last visit" }, "new") : null,
      ...tags.map((name) => tagButton(name, `own-tag:${item.row}`)),
      noted ? h("span", { class: "lx-number-tag", title: "You wrote a note" }, icon("pen"), h("span", {}, "note")) : null,
      ...others.map((said) => h("span", { class: "lx-number-tag lx-other" }, said)),
    ];
  }

  const tagTicked = h("button", { class: "lx-textbutton", key: "tag-ticked", title: "Tag the ticked papers" }, "Tag…");
  const ticked = popover(app, {
    button: tagTicked,
    name: "tag",
    label: "Tag the ticked papers, or put them on a list",
    fill: () => {
      const list = h("input", {
        class: "lx-box",
        type: "text",
        autocomplete: "off",
        maxlength: "120",
        placeholder: "Name of a list",
        label: "Add to a list",
        key: "list-box",
        keydown: submitOnEnter,
      });
      return [
        h("h2", { class: "lx-popover-title" }, "Tag"),
        tagForm("Tag the ticked papers", "tag-ticked-box", (name) => {
          link.send("tag", { row: null, name, on: true });
          ticked.close();
        }),
        h("h2", { class: "lx-popover-title" }, "Put on a list"),
        h(
          "form",
          {
            class: "lx-tag-form",
            submit: (event) => {
              event.preventDefault();
              if (!tidied(list.value)) return;
              link.send("add_to_set", { name: list.value });
              ticked.close();
            },
          },
          list,
        ),
        h("p", { class: "lx-quiet" }, "A list is a set of papers; it stands under Saved, where it can be shared."),
      ];
    },
  });
  tagTicked.addEventListener(
    "click",
    app.guard(() => ticked.isOpen() && ticked.panel.querySelector("input")?.focus()),
  );

  /** @returns {Children[]} */
  function forTicked() {
    if (!model.get("marks").writable) return [];
    return [
      h(
        "button",
        {
          class: "lx-textbutton",
          key: "star-ticked",
          title: "Star the ticked papers",
          click: () => link.send("star", { row: null, on: true }),
        },
        "Star",
      ),
      h("span", { class: "lx-set" }, tagTicked, ticked.panel),
    ];
  }

  app.watch(["marks"], () => {
    swap(
      known,
      model.get("marks").tags.map((name) => h("option", { value: name })),
    );
  });

  return {
    node: known,
    ofPaper,
    ofRow,
    forTicked,
    star: (at, on, title, words = false) => (model.get("marks").writable ? star(at, on, title, words) : null),
    focusNote() {
      if (!box.isConnected) return false;
      box.focus();
      return true;
    },
    focusTag() {
      const found = /** @type {HTMLElement | null} */ (app.reader.node.querySelector(".lx-tag-box"));
      found?.focus();
      return Boolean(found);
    },
    undo() {
      link.send("undo_mark");
      return true;
    },
  };
}
