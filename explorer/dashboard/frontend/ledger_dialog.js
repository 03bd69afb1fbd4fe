import { titledDialog } from "./dialog.js";
import { h, swap } from "./dom.js";
import { ledgerTable } from "./ledger_table.js";
import { likelyPairs } from "./likely_pairs.js";

/** @import { App } from "./page.d.ts" */

/**
 * What became of the records that the corpus was made from: one sentence in the bar, which opens the table where there is one.
 *
 * @param {App} app
 */
export function ledgerDialog(app) {
  const { model, link } = app;
  const table = ledgerTable({ save: () => link.send("intake_ledger", { of: "corpus" }) });
  const pairs = likelyPairs({
    decide({ first, second }, same) {
      close();
      link.send("intake_decide", { first, second, same });
    },
  });
  const node = h("p", { class: "lx-ledger-summary" });
  const body = h("div", { class: "lx-intake-body" });
  const { dialog, title } = titledDialog(
    app,
    { name: "account", text: "What became of every record", close: () => close() },
    body,
  );
  const sentence = () => model.get("summary").ledger.sentence;
  let drawn = "";

  function open() {
    swap(body, [
      h("p", { class: "lx-sentence" }, sentence()),
      h("p", { class: "lx-quiet", role: "status" }, "Looking them up…"),
    ]);
    dialog.showModal();
    title.focus();
    link.send("ledger");
  }

  function close() {
    if (!dialog.open) return false;
    dialog.close();
    node.querySelector("button")?.focus();
    return true;
  }

  app.onAnswer("ledger", (answer) => {
    if (dialog.open) {
      const decided = pairs.draw(answer, model.get("intake").allowed);
      swap(body, [h("p", { class: "lx-sentence" }, sentence()), ...(decided ? [decided] : []), table.draw(answer)]);
    }
  });
  app.watch(["summary"], () => {
    if (sentence() === drawn) return;
    drawn = sentence();
    swap(node, [
      model.get("summary").ledger.notes
        ? h(
            "button",
            {
              class: "lx-textbutton",
              "aria-haspopup": "dialog",
              title: "What became of every record",
              key: "account",
              click: open,
            },
            drawn,
          )
        : h("span", { class: "lx-quiet" }, drawn),
    ]);
  });
  app.layers.unshift(close);
  return { node, dialog };
}
