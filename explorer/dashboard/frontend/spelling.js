import { h } from "./dom.js";

/** @import { App } from "./page.d.ts" */

const FEW = 10; // papers; a search that shows more says what it means
const ASK_AFTER = 350; // ms; a word that is still being typed is seldom one

/**
 * "Did you mean …": beneath the search box where few papers are shown, in the list's place where none is.
 *
 * @param {App} app
 */
export function spellingPanel(app) {
  const { model, link } = app;
  const below = h("p", { class: "lx-meant", hidden: true });
  const instead = h("p", { class: "lx-meant-empty", hidden: true });
  /** The query that was looked at last. @type {string | null} */
  let asked = null;
  let seq = 0;
  let timer = 0;

  /** @param {string | null} text */
  function draw(text) {
    const none = model.get("summary").shown === 0;
    below.hidden = !text || none;
    instead.hidden = !text || !none;
    below.replaceChildren(...(text && !none ? question(text) : []));
    instead.replaceChildren(...(text && none ? question(text) : []));
  }

  /** @param {string} text */
  function question(text) {
    const button = h(
      "button",
      {
        class: "lx-textbutton lx-meant-button",
        key: "meant",
        click: () => {
          app.search.use(text);
          app.search.input.focus();
        },
      },
      text,
    );
    return ["Did you mean ", button, "?"];
  }

  app.watch(["summary", "selection"], () => {
    const { query } = model.get("selection");
    const wanted = model.get("summary").shown < FEW ? query : "";
    if (wanted === asked) return;
    asked = wanted;
    seq = 0;
    draw("");
    clearTimeout(timer);
    if (wanted)
      timer = setTimeout(() => {
        seq = link.send("suggest", { text: wanted });
      }, ASK_AFTER);
  });
  app.onAnswer("suggestion", (answer) => {
    if (seq && answer.seq === seq) app.whenReleased(() => draw(answer.text));
  });
  app.signal.addEventListener("abort", () => clearTimeout(timer));
  return { below, instead };
}
