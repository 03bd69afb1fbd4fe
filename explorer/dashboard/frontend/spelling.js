import { h } from "./dom.js";

const FEW = 10; // papers; a search that shows more says what it means
const ASK_AFTER = 350; // ms; a word that is still being typed is seldom one

/** "Did you mean …": beneath the search box where few papers are shown, in the list's place where none is. */
export function spellingPanel(app) {
  const { model, link } = app;
  const below = h("p", { class: "lx-meant", hidden: true });
  const instead = h("p", { class: "lx-meant-empty", hidden: true });
  let asked = null;
  let seq = 0;
  let timer = 0;

  function draw(text) {
    const none = model.get("summary")?.shown === 0;
    const button = () =>
      h(
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
    below.hidden = !text || none;
    instead.hidden = !text || !none;
    below.replaceChildren(...(below.hidden ? [] : ["Did you mean ", button(), "?"]));
    instead.replaceChildren(...(instead.hidden ? [] : ["Did you mean ", button(), "?"]));
  }

  app.watch(["summary", "selection"], () => {
    const query = model.get("selection")?.query ?? "";
    const wanted = query && model.get("summary")?.shown < FEW ? query : "";
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
  app.on(
    "msg:custom",
    app.guard((message) => {
      if (message?.kind === "suggestion" && seq && message.seq === seq) app.whenReleased(() => draw(message.text));
    }),
  );
  app.signal.addEventListener("abort", () => clearTimeout(timer));
  return { below, instead };
}
