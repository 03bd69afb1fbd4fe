import { h } from "./dom.js";
import { count, plural } from "./text.js";
import { ledgerTable } from "./ledger_table.js";

/** @import { Content, Review, ReviewedFile } from "./messages.d.ts" */
/** @import { App, Children } from "./page.d.ts" */
/** @typedef {[value: string, label: string]} Choice */
/** @typedef {Omit<Content<"intake_map">, "file">} Correction How a file shall be taken. */

/** What delimiters are called. @type {Record<string, string>} */
const DELIMITERS = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };

/**
 * What became of each record before it is taken over, and how each file was taken, which can be corrected.
 *
 * @param {App} app
 */
export function intakeReview(app) {
  const { link } = app;
  const ledger = ledgerTable({
    save: () => link.send("intake_ledger"),
    keep: ({ source, record, after }) => link.send("intake_keep", { source, record, paper: after }),
  });
  let openFile = "";

  /**
   * @param {string} label
   * @param {string} value
   * @param {Choice[]} options
   * @param {string} key
   * @param {(value: string) => void} change
   */
  function choice(label, value, options, key, change) {
    /** @type {HTMLSelectElement} */
    const select = h(
      "select",
      { class: "lx-select", label, key, change: () => change(select.value) },
      options.map(([name, shown]) => h("option", { value: name }, shown)),
    );
    select.value = value;
    return select;
  }

  /**
   * @param {ReviewedFile} file
   * @param {Review} found
   */
  function corrections(file, found) {
    /** @type {Correction} */
    const correction = { columns: Object.fromEntries(file.columns), delimiter: null, encoding: null };
    /** @type {Choice[]} */
    const fields = [["", "–"], ...found.fields.map((name) => /** @type {Choice} */ ([name, name.replaceAll("_", " ")]))];
    /** @type {(value: string, options: Choice[]) => Choice[]} */
    const known = (value, options) => (options.some(([name]) => name === value) ? options : [[value, value], ...options]);
    const delimiters = known(
      file.delimiter,
      found.delimiters.map((mark) => [mark, DELIMITERS[mark]]),
    );
    const encodings = known(
      file.encoding,
      found.encodings.map((name) => [name, name]),
    );
    return h(
      "div",
      { class: "lx-corrections" },
      file.readings.length > 1 ? readings(file, correction) : null,
      file.columns.length && !file.columns.some(([, field]) => field === "title")
        ? h(
            "p",
            { class: "lx-intake-note" },
            "No column was recognised as the title. Choose “title” for the one that holds it, and read the file again.",
          )
        : null,
      file.columns.length
        ? h(
            "div",
            { class: "lx-columns", role: "group", label: `Columns of ${file.name}` },
            file.columns.map(([name, field]) =>
              h(
                "label",
                {},
                h("span", {}, name),
                choice(`${name} is`, field, fields, `column:${file.name}:${name}`, (value) => {
                  correction.columns[name] = value;
                }),
              ),
            ),
          )
        : null,
      h(
        "div",
        { class: "lx-correction-options" },
        file.delimiter
          ? h(
              "label",
              {},
              h("span", {}, "Delimiter"),
              choice("Delimiter", file.delimiter, delimiters, `delimiter:${file.name}`, (value) => {
                correction.delimiter = value;
              }),
            )
          : null,
        file.encoding
          ? h(
              "label",
              {},
              h("span", {}, "Encoding"),
              choice("Encoding", file.encoding, encodings, `encoding:${file.name}`, (value) => {
                correction.encoding = value;
              }),
            )
          : null,
        h(
          "button",
          {
            class: "lx-button",
            key: `again:${file.name}`,
            click: () => link.send("intake_map", { file: file.name, ...correction }),
          },
          "Read again",
        ),
      ),
    );
  }

  /**
   * The encodings that a file may be in, each by a line as it then reads.
   *
   * @param {ReviewedFile} file
   * @param {Correction} correction
   */
  function readings(file, correction) {
    return h(
      "div",
      { class: "lx-readings", role: "group", label: `Encoding of ${file.name}` },
      h("p", { class: "lx-intake-note" }, "How its letters were stored is not sure. Choose the line that reads right."),
      file.readings.map(([encoding, sureness, preview]) =>
        h(
          "button",
          {
            class: "lx-button",
            key: `reading:${file.name}:${encoding}`,
            "aria-pressed": String(encoding === file.encoding),
            click: () => link.send("intake_map", { file: file.name, ...correction, encoding }),
          },
          h("span", { dir: "auto" }, preview),
          h("span", { class: "lx-quiet" }, ` ${encoding}, ${Math.round(sureness * 100)} %`),
        ),
      ),
    );
  }

  /**
   * @param {ReviewedFile} file
   * @param {Review} found
   */
  function fileLine(file, found) {
    const taken = file.format
      ? [file.format, file.encoding, DELIMITERS[file.delimiter] ? `separated by ${DELIMITERS[file.delimiter]}` : ""]
          .filter(Boolean)
          .join(", ")
      : "not recognised";
    const fields = file.columns.filter(([, field]) => field).length;
    const columns = file.columns.length ? `; ${fields} of ${plural(file.columns.length, "column")} recognised` : "";
    const line = [h("strong", {}, file.name), h("span", { class: "lx-quiet" }, ` ${taken}${columns}`)];
    if (!file.columns.length && !file.encoding) return h("p", { class: "lx-file" }, line);
    const inside = h("div", {});
    const details = h(
      "details",
      {
        class: "lx-file",
        open: file.name === openFile,
        toggle: () => {
          if (details.open) openFile = file.name;
          if (details.open && !inside.childElementCount) inside.append(corrections(file, found));
        },
      },
      h("summary", { key: `file:${file.name}` }, line),
      inside,
    );
    return details;
  }

  return {
    /**
     * @param {Review} found
     * @returns {Children[]}
     */
    draw(found) {
      // A file without a title column, or in an encoding that is not sure, needs the reader: what there is to choose stands open.
      const lost = found.files.find((file) => file.columns.length && !file.columns.some(([, field]) => field === "title"));
      const unsure = found.files.find((file) => file.readings.length > 1);
      openFile = lost?.name ?? (openFile || (unsure?.name ?? ""));
      const bettered = found.bettered ? `, ${count(found.bettered)} of them with a better value here` : "";
      const there = found.there ? `${plural(found.there, "paper")} already in this corpus${bettered}.` : "";
      return [
        h("p", { class: "lx-sentence" }, found.sentence),
        there || found.apart
          ? h(
              "p",
              { class: "lx-intake-note" },
              there,
              found.apart
                ? [
                    there ? " " : "",
                    `${plural(found.apart, "merge")} undone. `,
                    h(
                      "button",
                      { class: "lx-textbutton", key: "merge", click: () => link.send("intake_keep", { source: null }) },
                      "Merge again",
                    ),
                  ]
                : null,
            )
          : null,
        ledger.draw(found),
        found.files.length
          ? h(
              "section",
              {},
              h("h3", {}, "How the files were taken"),
              found.files.map((file) => fileLine(file, found)),
            )
          : null,
      ];
    },
  };
}
