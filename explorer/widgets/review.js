import { h, swap, count, plural } from "./dom.js";

const KINDS = [["rejected", "Rejected"], ["merged", "Merged"], ["repaired", "Repaired"]];
const DELIMITERS = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };

/** What became of each record before it is taken over, and how each file was taken, which can be corrected. */
export function intakeReview(app) {
  const { link } = app;
  let kind = "";
  let text = "";
  let openFile = "";

  function place({ source, line, record }) {
    return `${source}, ${line ? `line ${count(line)}` : `record ${count(record)}`}`;
  }

  function what(entry) {
    if (entry.action === "repaired") return [h("strong", {}, entry.field), ": ", entry.before ? h("del", {}, entry.before) : null, entry.after ? [" ", h("ins", {}, entry.after)] : null].flat();
    return [entry.before || "–"];
  }

  function row(entry) {
    const keep = entry.action === "merged" ? h("button", { class: "lx-textbutton", key: `keep:${place(entry)}`, label: `Keep both: ${entry.before}`, click: () => link.send("intake_keep", { source: entry.source, record: entry.record, paper: entry.after }) }, "Keep both") : null;
    return h("tr", {}, h("th", { scope: "row" }, place(entry)), h("td", {}, what(entry)), h("td", {}, entry.reason, entry.action === "merged" ? h("span", { class: "lx-quiet" }, ` (into ${entry.after})`) : null, keep));
  }

  function ledger(found) {
    const kinds = KINDS.filter(([name]) => found.counts[name]);
    if (!kinds.length) return h("p", { class: "lx-quiet" }, "No record was rejected, merged or repaired.");
    if (!found.counts[kind]) kind = kinds[0][0];
    const table = h("tbody");
    const shown = h("p", { class: "lx-quiet", role: "status" });
    const fill = () => {
      const all = found.entries.filter((entry) => entry.action === kind);
      const hits = all.filter((entry) => [entry.source, entry.field, entry.before, entry.after, entry.reason].join(" ").toLowerCase().includes(text.toLowerCase()));
      swap(table, hits.map(row));
      const rest = found.counts[kind] > all.length ? `; the first ${count(all.length)} of ${count(found.counts[kind])} are here, all are in the file` : "";
      shown.textContent = `${count(hits.length)} shown${rest}`;
    };
    const tabs = kinds.map(([name, label]) => h("button", { "aria-pressed": String(name === kind), key: `kind:${name}`, click: () => {
      kind = name;
      tabs.forEach((tab) => tab.setAttribute("aria-pressed", String(tab.dataset.key === `kind:${name}`)));
      fill();
    } }, `${label} ${count(found.counts[name])}`));
    const filter = h("input", { class: "lx-box", type: "search", value: text, placeholder: "Filter", label: "Filter the entries", key: "entries", input: () => { text = filter.value; fill(); } });
    fill();
    return h("section", {}, h("div", { class: "lx-ledger-head" }, h("div", { class: "lx-segmented", role: "group", label: "Entries of the ledger" }, tabs), filter, h("span", { class: "lx-spacer" }),
      h("button", { class: "lx-textbutton", key: "ledger", click: () => link.send("intake_ledger") }, "Download the ledger (CSV)")),
      h("div", { class: "lx-ledger", tabIndex: 0, role: "region", label: "Entries of the ledger" }, h("table", {}, h("thead", {}, h("tr", {}, ["Record", "What", "Why"].map((name) => h("th", { scope: "col" }, name)))), table)), shown);
  }

  function choice(label, value, options, key, change) {
    const select = h("select", { class: "lx-select", label, key, change: () => change(select.value) }, options.map(([name, shown]) => h("option", { value: name }, shown)));
    select.value = value;
    return select;
  }

  function corrections(file, found) {
    const told = { columns: Object.fromEntries(file.columns), delimiter: null, encoding: null };
    const fields = [["", "–"], ...found.fields.map((name) => [name, name.replaceAll("_", " ")])];
    const known = (value, options) => (options.some(([name]) => name === value) ? options : [[value, value], ...options]);
    const delimiters = known(file.delimiter, found.delimiters.map((mark) => [mark, DELIMITERS[mark]]));
    const encodings = known(file.encoding, found.encodings.map((name) => [name, name]));
    return h("div", { class: "lx-corrections" },
      file.columns.length && !file.columns.some(([, field]) => field === "title") ? h("p", { class: "lx-intake-note" }, "No column was recognised as the title. Choose “title” for the one that holds it, and read the file again.") : null,
      file.columns.length ? h("div", { class: "lx-columns", role: "group", label: `Columns of ${file.name}` }, file.columns.map(([name, field]) => h("label", {}, h("span", {}, name), choice(`${name} is`, field, fields, `column:${file.name}:${name}`, (value) => { told.columns[name] = value; })))) : null,
      h("div", { class: "lx-told" },
        file.delimiter ? h("label", {}, h("span", {}, "Delimiter"), choice("Delimiter", file.delimiter, delimiters, `delimiter:${file.name}`, (value) => { told.delimiter = value; })) : null,
        file.encoding ? h("label", {}, h("span", {}, "Encoding"), choice("Encoding", file.encoding, encodings, `encoding:${file.name}`, (value) => { told.encoding = value; })) : null,
        h("button", { class: "lx-button", key: `again:${file.name}`, click: () => link.send("intake_map", { file: file.name, ...told }) }, "Read again")));
  }

  function fileLine(file, found) {
    const taken = file.format ? [file.format, file.encoding, DELIMITERS[file.delimiter] ? `separated by ${DELIMITERS[file.delimiter]}` : ""].filter(Boolean).join(", ") : "not recognised";
    const fields = file.columns.filter(([, field]) => field).length;
    const columns = file.columns.length ? `; ${fields} of ${plural(file.columns.length, "column")} recognised` : "";
    const line = [h("strong", {}, file.name), h("span", { class: "lx-quiet" }, ` ${taken}${columns}`)];
    if (!file.columns.length && !file.encoding) return h("p", { class: "lx-file" }, line);
    const inside = h("div", {});
    const details = h("details", { class: "lx-file", open: file.name === openFile, toggle: () => {
      if (details.open) openFile = file.name;
      if (details.open && !inside.childElementCount) inside.append(corrections(file, found));
    } }, h("summary", { key: `file:${file.name}` }, line), inside);
    return details;
  }

  return {
    draw(found) {
      // A file without a title column needs the reader: its columns stand open.
      const lost = found.files.find((file) => file.columns.length && !file.columns.some(([, field]) => field === "title"));
      openFile = lost?.name ?? openFile;
      const there = found.there ? `${plural(found.there, "paper")} already in this corpus${found.bettered ? `, ${count(found.bettered)} of them with a better value here` : ""}.` : "";
      return [
        h("p", { class: "lx-sentence" }, found.sentence),
        there || found.apart ? h("p", { class: "lx-intake-note" }, there, found.apart ? [there ? " " : "", `${plural(found.apart, "merge")} undone. `, h("button", { class: "lx-textbutton", key: "merge", click: () => link.send("intake_keep", { source: null }) }, "Merge again")] : null) : null,
        ledger(found),
        found.files.length ? h("section", {}, h("h3", {}, "How the files were taken"), found.files.map((file) => fileLine(file, found))) : null,
      ];
    },
  };
}
