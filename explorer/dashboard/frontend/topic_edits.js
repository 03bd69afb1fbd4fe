import { paperTitle, titledDialog } from "./dialog.js";
import { h, iconButton, submitOnEnter, swap } from "./dom.js";
import { count, plural, tidied } from "./text.js";

/** @import { TopicAnswer, TopicLogAnswer, TopicRow, Paper } from "./messages.d.ts" */
/** @import { App, Children, TopicEdits } from "./page.d.ts" */

const MOST_PARTS = 12;

/**
 * How sure it is that a topic is one, in words.
 *
 * @param {number | null} stability How much of its words comes back over samples of the papers, 0 to 1.
 */
export function stabilityText(stability) {
  if (stability === null) return "How often it comes back was not measured.";
  const said = `Over samples of the papers ${Math.round(stability * 100)} % of its words come back`;
  return stability < 0.25 ? `${said}: take it with care.` : `${said}.`;
}

/**
 * Changes of the topics: a dialog for one topic, one for the log of edits with undo, and one that moves a paper.
 *
 * @param {App} app
 * @returns {TopicEdits}
 */
export function topicEdits(app) {
  const { model, link } = app;
  const body = h("div", { class: "lx-topic-edit-body" });
  const problem = h("p", { class: "lx-saved-problem", role: "alert", hidden: true });
  const { dialog, title } = titledDialog(
    app,
    { name: "topic-edit", text: "Topic", kind: "lx-topic-edit", close: () => close() },
    problem,
    body,
  );
  /** What the dialog is about. @type {{ kind: "topic"; topic: string } | { kind: "log" } | { kind: "move"; row: number } | null} */
  let about = null;
  /** What was changed and is not answered yet. */
  let asked = 0;
  /** What opened the dialog, by its key. */
  let opener = "";
  /** @type {TopicAnswer | null} */
  let card = null;
  /** The topic whose parts were asked for. */
  let looking = "";

  const topics = () => model.get("topics").rows;

  /**
   * @param {NonNullable<typeof about>} what
   * @param {string} text
   * @param {string} key
   */
  function open(what, text, key) {
    about = what;
    opener = key;
    card = null;
    problem.hidden = true;
    title.textContent = text;
    swap(body, [h("p", { class: "lx-quiet", role: "status" }, "Looking it up…")]);
    if (!dialog.open) dialog.showModal();
    title.focus();
  }

  function close() {
    if (!dialog.open) return false;
    dialog.close();
    about = null;
    /** @param {string} key */
    const find = (key) => /** @type {HTMLElement | null} */ (app.root.querySelector(`[data-key="${CSS.escape(key)}"]`));
    // A topic that is gone leaves the focus to the log, where the change can be undone.
    (find(opener) ?? find("topic-crumb") ?? find("topic-log"))?.focus();
    return true;
  }

  /** @param {Omit<import("./messages.d.ts").TopicEditMessage, "kind" | "seq">} change */
  function edit(change) {
    problem.hidden = true;
    asked = link.send("topic_edit", change);
  }

  /** @param {string} text */
  const section = (text) => h("h3", {}, text);

  /**
   * A select of topics.
   *
   * @param {string} name
   * @param {string} label
   * @param {(row: TopicRow) => boolean} which
   */
  function choice(name, label, which) {
    const id = app.id(name);
    const select = h(
      "select",
      { id, class: "lx-select" },
      topics()
        .filter(which)
        .map((row) => h("option", { value: row.id }, `${row.label} (${count(row.all)})`)),
    );
    return { select, label: h("label", { for: id }, label) };
  }

  /** @param {TopicAnswer} answer */
  function facts(answer) {
    return [
      h(
        "p",
        { class: "lx-quiet" },
        `${plural(answer.papers, "paper")}. ${answer.none ? "" : stabilityText(answer.stability)}${answer.pinned ? " Pinned: it keeps its papers." : ""}`,
      ),
      answer.words.length ? h("p", {}, h("strong", {}, "Words: "), answer.words.join(", ")) : null,
      answer.central.length
        ? h(
            "div",
            {},
            h("p", {}, h("strong", {}, "Surest papers:")),
            h(
              "ul",
              { class: "lx-topic-central", label: "Surest papers" },
              answer.central.map((paper) => h("li", {}, paperTitle(app, paper, close))),
            ),
          )
        : null,
    ];
  }

  /** @param {TopicAnswer} answer */
  function acts(answer) {
    const { topic } = answer;
    const nameId = app.id("topic-name");
    const partsId = app.id("topic-parts");
    const name = h("input", { id: nameId, class: "lx-box", maxlength: "200", value: answer.label, keydown: submitOnEnter });
    const parts = h("input", {
      id: partsId,
      class: "lx-box lx-topic-number",
      type: "number",
      min: "2",
      max: String(MOST_PARTS),
      value: "2",
      keydown: submitOnEnter,
    });
    const other = choice("topic-other", "Merge into it", (row) => row.id !== topic && row.id !== "none");
    /**
     * @param {Children} content
     * @param {() => void} act
     */
    const form = (content, act) =>
      h(
        "form",
        {
          class: "lx-topic-form",
          submit: (event) => {
            event.preventDefault();
            act();
          },
        },
        content,
      );
    /** @param {string} text */
    const submit = (text) => h("button", { class: "lx-button", type: "submit" }, text);
    /**
     * @param {string} action
     * @param {string} text
     * @param {string} tip
     */
    const button = (action, text, tip) =>
      h("button", { class: "lx-button", title: tip, key: `act:${action}`, click: () => edit({ action, topic }) }, text);
    if (answer.none)
      return [
        h(
          "p",
          {},
          "The papers of no topic. Make a topic of some by words or ticks under Edits, or move a paper from its own page.",
        ),
        button("hide", "Hide", "Leave them out of the panel"),
      ];
    return [
      form([h("label", { for: nameId }, "Name"), name, submit("Rename")], () =>
        edit({ action: "rename", topic, label: tidied(name.value) }),
      ),
      form([other.label, other.select, submit("Merge")], () => edit({ action: "merge", topic, others: [other.select.value] })),
      form([h("label", { for: partsId }, "Split into"), parts, h("span", {}, "topics"), submit("Split")], () =>
        edit({ action: "split", topic, number: Math.round(Number(parts.value)) || 0 }),
      ),
      h(
        "div",
        { class: "lx-topic-form" },
        answer.pinned ? null : button("pin", "Pin", "Keep its name and its papers, also when topics are found again"),
        button("hide", "Hide", "Leave it out of the panel; its papers stay on it"),
        button("delete", "Delete", "Each paper goes to the topic that is the next likeliest for it"),
      ),
    ];
  }

  function drawTopic() {
    if (!card) return;
    swap(
      body,
      [
        ...facts(card),
        topics().some((row) => row.id === card?.topic && row.divided)
          ? h(
              "button",
              {
                class: "lx-button",
                key: "topic-parts",
                click: (event) => {
                  looking = card?.topic ?? "";
                  link.send("chart", { option: "within", value: looking });
                  // The first time some seconds pass; the dialog closes when the parts are there.
                  event.currentTarget.textContent = "Looking into its parts …";
                },
              },
              "Look into its parts",
            )
          : null,
        section("Change it"),
        log?.problem ? h("p", { class: "lx-quiet" }, log.problem) : h("div", { class: "lx-topic-acts" }, acts(card)),
      ],
      title,
    );
  }

  /** @type {TopicLogAnswer | null} */
  let log = null;

  function drawMove() {
    if (about?.kind !== "move" || !log) return;
    const { row } = about;
    const now = model.get("reader")?.topic;
    const to = choice("topic-to", "Its topic", (topic) => topic.value !== now);
    swap(
      body,
      [
        log.problem
          ? h("p", {}, log.problem)
          : h(
              "form",
              {
                class: "lx-topic-form",
                submit: (event) => {
                  event.preventDefault();
                  edit({ action: "move", topic: to.select.value, row });
                },
              },
              to.label,
              to.select,
              h("button", { class: "lx-button lx-primary", type: "submit" }, "Move"),
            ),
      ],
      title,
    );
  }

  /** @param {TopicLogAnswer} answer */
  function seedForm(answer) {
    const ids = ["seed-name", "seed-words", "seed-ticked"].map((name) => app.id(name));
    const name = h("input", { id: ids[0], class: "lx-box", maxlength: "200", keydown: submitOnEnter });
    const words = h("input", {
      id: ids[1],
      class: "lx-box",
      maxlength: "200",
      placeholder: "chain of thought, reasoning",
      keydown: submitOnEnter,
    });
    const ticked = h("input", { id: ids[2], type: "checkbox", checked: answer.ticked > 0 });
    return h(
      "form",
      {
        class: "lx-topic-seed",
        submit: (event) => {
          event.preventDefault();
          edit({
            action: "seed",
            topic: "",
            label: tidied(name.value),
            words: words.value,
            ticked: answer.ticked > 0 && ticked.checked,
          });
        },
      },
      section("Make a topic"),
      h("div", { class: "lx-topic-form" }, h("label", { for: ids[0] }, "Name"), name),
      h("div", { class: "lx-topic-form" }, h("label", { for: ids[1] }, "Of papers with"), words),
      answer.ticked
        ? h(
            "div",
            { class: "lx-topic-form" },
            ticked,
            h("label", { for: ids[2] }, `and the ${plural(answer.ticked, "ticked paper")}`),
          )
        : h("p", { class: "lx-quiet" }, "Tick papers in the list to make it of them."),
      h("button", { class: "lx-button", type: "submit" }, "Make it"),
    );
  }

  function drawLog() {
    if (!log) return;
    const answer = log;
    swap(
      body,
      [
        answer.problem ? h("p", { class: "lx-quiet" }, answer.problem) : null,
        answer.rows.length
          ? h(
              "ol",
              { class: "lx-topic-log", label: "Edits, the first one first" },
              answer.rows.map((row, place) =>
                h(
                  "li",
                  {},
                  h(
                    "div",
                    {},
                    row.edit,
                    row.problem ? h("p", { class: "lx-saved-problem" }, `Not in force: ${row.problem}`) : null,
                  ),
                  answer.problem
                    ? null
                    : iconButton(
                        "undo",
                        `Undo: ${row.edit}`,
                        () => {
                          problem.hidden = true;
                          asked = link.send("topic_undo", { number: place + 1 });
                        },
                        { key: `undo-edit:${place}` },
                      ),
                ),
              ),
            )
          : h("p", { class: "lx-quiet" }, "Nothing was changed: these are the topics as they were found."),
        answer.rows.length
          ? [
              h(
                "div",
                { class: "lx-topic-form" },
                section("As Python"),
                h(
                  "button",
                  {
                    class: "lx-textbutton",
                    key: "copy-edits",
                    click: () => app.copy(answer.python, "Copied the edits as Python."),
                  },
                  "Copy",
                ),
              ),
              h("pre", { class: "lx-topic-python", tabIndex: 0, role: "region", label: "Edits as Python" }, answer.python),
            ]
          : null,
        answer.problem ? null : seedForm(answer),
      ],
      title,
    );
  }

  function draw() {
    if (about?.kind === "topic") drawTopic();
    else if (about?.kind === "move") drawMove();
    else if (about?.kind === "log") drawLog();
  }

  app.onAnswer("topic", (answer) => {
    if (about?.kind !== "topic" || answer.topic !== about.topic) return;
    card = answer;
    draw();
  });
  app.onAnswer("topic_log", (answer) => {
    log = answer;
    if (dialog.open) draw();
  });
  app.onAnswer("topic_edited", (answer) => {
    if (!dialog.open || answer.seq !== asked) return;
    problem.textContent = answer.problem;
    problem.hidden = !answer.problem;
    // What was changed is seen in the panel; the log stays open, for one undo seldom is enough.
    if (!answer.problem && about?.kind !== "log") app.whenReleased(close);
  });
  app.watch(["topics"], () => {
    if (!looking || model.get("topics").within?.id !== looking) return;
    looking = "";
    opener = "topic-crumb";
    // The panel is drawn in the same turn.
    requestAnimationFrame(() => close());
  });
  app.layers.unshift(close);

  return {
    dialog,
    menu: (row) =>
      iconButton(
        "more",
        `Look at the topic ${row.label}, and change it`,
        () => {
          open({ kind: "topic", topic: row.id }, row.label, `topic-menu:${row.id}`);
          link.send("topic_log");
          link.send("topic", { topic: row.id });
        },
        { key: `topic-menu:${row.id}`, class: "lx-iconbutton lx-topic-menu", "aria-haspopup": "dialog" },
      ),
    logButton: (edits) =>
      h(
        "button",
        {
          class: "lx-textbutton",
          key: "topic-log",
          "aria-haspopup": "dialog",
          title: "What was changed of the topics, to be undone or copied; make a topic of your own",
          click: () => {
            open({ kind: "log" }, "Edits of the topics", "topic-log");
            link.send("topic_log");
          },
        },
        edits ? `Edits (${edits})` : "Edits",
      ),
    move: (/** @type {Paper} */ paper) =>
      h(
        "button",
        {
          class: "lx-textbutton",
          key: "topic-move",
          "aria-haspopup": "dialog",
          click: () => {
            open({ kind: "move", row: paper.row }, "Move the paper to another topic", "topic-move");
            link.send("topic_log");
          },
        },
        "Move to another topic",
      ),
  };
}
