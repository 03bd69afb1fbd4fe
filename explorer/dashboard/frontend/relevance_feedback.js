import { h, submitOnEnter } from "./dom.js";
import { tidied } from "./text.js";
import { popover } from "./popover.js";

/** @import { App } from "./page.d.ts" */

/**
 * What can be done with ticked papers beside exporting them: the list by likeness to them, or by them as a concept.
 *
 * @param {App} app
 */
export function feedbackButtons(app) {
  const { model, link } = app;
  const like = model.get("selection").like;
  return [
    h(
      "button",
      {
        class: "lx-textbutton",
        key: "more-like",
        title: "Order the list by likeness to the ticked papers",
        click: () => link.send("like_ticked", { less: false }),
      },
      "More like these",
    ),
    h(
      "button",
      {
        class: "lx-textbutton",
        key: "less-like",
        title: like.length ? "Those like the ticked papers come last" : "Choose papers to be more like first",
        click: () => link.send("like_ticked", { less: true }),
      },
      "Less like these",
    ),
    app.conceptSet.node,
  ];
}

/**
 * The button that saves the ticked papers under a name and ranks by them.
 *
 * @param {App} app
 */
export function conceptSetPanel(app) {
  const { model, link } = app;
  const id = app.id("set-name");
  const button = h(
    "button",
    { class: "lx-textbutton", key: "as-concept", title: "Save the ticked papers as a set, and rank by it" },
    "As concept…",
  );
  const panel = popover(app, {
    button,
    name: "set",
    label: "Ticked papers as a concept",
    fill: () => {
      const { sets, writable } = model.get("saved");
      if (!writable) return [h("p", { class: "lx-quiet" }, "Sets cannot be saved here: the server was started read-only.")];
      const taken = () => sets.some((row) => row.name === tidied(box.value));
      const submit = h("button", { class: "lx-button", type: "submit" }, "Add");
      const box = h("input", {
        id,
        class: "lx-box",
        type: "text",
        autocomplete: "off",
        maxlength: "120",
        keydown: submitOnEnter,
        input: () => {
          submit.textContent = taken() ? "Replace" : "Add";
        },
      });
      return [
        h(
          "form",
          {
            class: "lx-saved-form",
            submit: (event) => {
              event.preventDefault();
              if (!box.value.trim()) {
                box.focus();
                return;
              }
              link.send("set_as_concept", { name: box.value, replace: taken() });
              panel.close();
            },
          },
          h("label", { for: id }, "Name of the set"),
          h("div", { class: "lx-saved-line" }, box, submit),
          h("p", { class: "lx-quiet" }, "It is kept under Saved, and written set:NAME in an expression."),
        ),
      ];
    },
  });
  button.addEventListener(
    "click",
    app.guard(() => panel.isOpen() && panel.panel.querySelector("input")?.focus()),
  );
  return { node: h("span", { class: "lx-set" }, button, panel.panel) };
}
