import { titledDialog } from "./dialog.js";
import { h, swap } from "./dom.js";
import { count } from "./text.js";

/** @import { LedgerAnswer, LedgerEntry, LedgerExtract, LikelyPair } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

const KINDS = [
  ["rejected", "Rejected"],
  ["merged", "Merged"],
  ["likely", "Likely one paper"],
  ["repaired", "Repaired"],
  ["empty", "Without records"],
];

/**
 * What became of each record, one kind at a time.
 *
 * @param {object} options
 * @param {() => void} options.save Asks for the file of all.
 * @param {(entry: LedgerEntry) => void} [options.keep] Asks, where the reader may still decide, for a merged record to stay apart.
 */
export function ledgerTable({ save, keep }) {
  let kind = "";
  let text = "";

  /** @param {LedgerEntry} entry */
  function place({ source, line, record }) {
    return source + (line ? `, line ${count(line)}` : record ? `, record ${count(record)}` : "");
  }

  /** @param {LedgerEntry} entry */
  function what(entry) {
    if (entry.action === "repaired")
      return [
        h("strong", {}, entry.field),
        ": ",
        entry.before ? h("del", {}, entry.before) : null,
        entry.after ? " " : null,
        entry.after ? h("ins", {}, entry.after) : null,
      ];
    return [entry.before || "–"];
  }

  /** @param {LedgerEntry} entry */
  function row(entry) {
    const both =
      entry.action === "merged" && keep
        ? h(
            "button",
            {
              class: "lx-textbutton",
              key: `keep:${place(entry)}`,
              label: `Keep both: ${entry.before}`,
              click: () => keep(entry),
            },
            "Keep both",
          )
        : null;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, place(entry)),
      h("td", {}, what(entry)),
      h(
        "td",
        {},
        entry.reason,
        entry.action === "merged" ? h("span", { class: "lx-quiet" }, ` (into ${entry.after})`) : null,
        entry.action === "likely"
          ? h("span", { class: "lx-quiet" }, ` (not merged with ${entry.after}; yours to decide)`)
          : null,
        both,
      ),
    );
  }

  /** @param {LedgerExtract} found */
  function draw(found) {
    const kinds = KINDS.filter(([name]) => found.counts[name]);
    if (!kinds.length)
      return h("p", { class: "lx-quiet" }, "No record was rejected, merged or repaired, and none is likely another paper too.");
    if (!found.counts[kind]) kind = kinds[0][0];
    const table = h("tbody");
    const shown = h("p", { class: "lx-quiet", role: "status" });
    const fill = () => {
      const all = found.entries.filter((entry) => entry.action === kind);
      const hits = all.filter((entry) =>
        [entry.source, entry.field, entry.before, entry.after, entry.reason]
          .join(" ")
          .toLowerCase()
          .includes(text.toLowerCase()),
      );
      swap(table, hits.map(row));
      const rest =
        found.counts[kind] > all.length
          ? `; the first ${count(all.length)} of ${count(found.counts[kind])} are here, all are in the file`
          : "";
      shown.textContent = `${count(hits.length)} shown${rest}`;
    };
    const tabs = kinds.map(([name, label]) =>
      h(
        "button",
        {
          "aria-pressed": String(name === kind),
          key: `kind:${name}`,
          click: () => {
            kind = name;
            tabs.forEach((tab) => tab.setAttribute("aria-pressed", String(tab.dataset.key === `kind:${name}`)));
            fill();
          },
        },
        `${label} ${count(found.counts[name])}`,
      ),
    );
    const filter = h("input", {
      class: "lx-box",
      type: "search",
      value: text,
      placeholder: "Filter",
      label: "Filter the entries",
      key: "entries",
      input: () => {
        text = filter.value;
        fill();
      },
    });
    fill();
    return h(
      "section",
      {},
      h(
        "div",
        { class: "lx-ledger-head" },
        h("div", { class: "lx-segmented", role: "group", label: "Entries of the ledger" }, tabs),
        filter,
        h("span", { class: "lx-spacer" }),
        h("button", { class: "lx-textbutton", key: "ledger", click: save }, "Download the ledger (CSV)"),
      ),
      h(
        "div",
        { class: "lx-ledger", tabIndex: 0, role: "region", label: "Entries of the ledger" },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ["Record", "What", "Why"].map((name) => h("th", { scope: "col" }, name)),
            ),
          ),
          table,
        ),
      ),
      shown,
    );
  }

  return { draw };
}

/**
 * Pairs of papers that are likely one and were not merged, for the reader to decide.
 *
 * @param {object} options
 * @param {(pair: LikelyPair, same: boolean) => void} options.decide
 */
function likelyPairs({ decide }) {
  /**
   * @param {LikelyPair} pair
   * @param {boolean} allowed
   */
  function row(pair, allowed) {
    const titles = [pair.first_title ?? pair.first, pair.second_title ?? pair.second];
    /** @param {boolean} same */
    const button = (same) => {
      const text = same ? "One paper" : "Two papers";
      return h(
        "button",
        {
          class: "lx-button",
          key: `${same ? "one" : "two"}:${pair.first} ${pair.second}`,
          label: `${text}: ${titles.join(" / ")}`,
          click: () => decide(pair, same),
        },
        text,
      );
    };
    return h(
      "li",
      {},
      h(
        "div",
        {},
        titles.map((title) => h("p", { class: "lx-pair-title" }, title)),
        h("p", { class: "lx-quiet" }, `${pair.reason} (score ${pair.score.toFixed(2)})`),
      ),
      allowed ? h("div", { class: "lx-pair-choice" }, button(true), button(false)) : null,
    );
  }

  /**
   * @param {LedgerAnswer} found
   * @param {boolean} allowed Whether the reader may decide.
   */
  function draw({ undecided, pairs }, allowed) {
    if (!undecided) return null;
    const rest = undecided > pairs.length ? `; the surest ${count(pairs.length)} are here` : "";
    return h(
      "section",
      { "aria-label": "Likely one paper" },
      h("h3", {}, "Likely one paper, and not merged"),
      h("p", { class: "lx-quiet" }, `${count(undecided)} to decide${rest}. Either can be taken back.`),
      h(
        "ul",
        { class: "lx-pairs" },
        pairs.map((pair) => row(pair, allowed)),
      ),
    );
  }

  return { draw };
}

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
