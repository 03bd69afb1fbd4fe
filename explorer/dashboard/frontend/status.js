import { h } from "./dom.js";
import { count, plural } from "./text.js";

/** @import { Translation } from "./messages.d.ts" */
/** @import { App, StatusPanel } from "./page.d.ts" */

/**
 * What the kernel and the page have to say: a quiet line below, errors beneath the search box, a lost kernel above the rest.
 *
 * @param {App} app
 * @returns {StatusPanel}
 */
export function statusPanel(app) {
  const { model } = app;
  const line = h("p", { class: "lx-status", role: "status", "aria-live": "polite" });
  const alert = h("div", { class: "lx-alert", role: "alert", hidden: true });
  const lost = h("div", { class: "lx-alert", role: "alert", hidden: true });
  const node = h(
    app.page ? "footer" : "div",
    { class: "lx-foot" },
    line,
    app.preparation.node,
    app.exporting.node,
    h(
      "p",
      { class: "lx-hints", "aria-hidden": "true" },
      [
        ["/", "search"],
        ["j k", "move"],
        ["Enter", "open"],
        ["?", "keys"],
      ].map(([key, word]) => h("span", {}, h("kbd", {}, key), ` ${word}`)),
    ),
  );

  /**
   * A sentence, and the text with the character that it points at.
   *
   * @param {string} text
   * @param {string | undefined} query
   * @param {number | null} at
   */
  function marked(text, query, at) {
    if (at === null || !query) return [text];
    return [
      text,
      h("code", { class: "lx-where" }, query.slice(0, at), h("mark", {}, query.slice(at, at + 1) || "␣"), query.slice(at + 1)),
    ];
  }

  /**
   * What a search of another database was read as, and what of it has no equal here.
   *
   * @param {Translation | null} translation
   */
  function translated(translation) {
    if (!translation) return "";
    const { dialect, query, left_out: left } = translation;
    const rest = left.length ? ` Left out, as it has no equal here: ${left.join("; ")}.` : "";
    return `. Read as ${dialect}: ${query}.${rest}`;
  }

  /** @type {StatusPanel["say"]} */
  function say(level, text, at = null, of = app.search?.input.value) {
    line.textContent = level === "error" ? "" : text;
    alert.hidden = level !== "error";
    alert.replaceChildren(...(level === "error" ? marked(text, of, at) : []));
  }

  app.watch(["status", "summary"], () => {
    const { level, text, at, of } = model.get("status");
    const { shown, total, translation, cutoff } = model.get("summary");
    const ending = cutoff ? `. ${cutoff}` : "";
    const plain = `${count(shown)} of ${plural(total, "paper")}${translated(translation)}${ending}`;
    say(level, text || plain, at, of ?? undefined);
  });

  return {
    node,
    say,
    alert,
    banners: h("div", { class: "lx-banners" }, lost),
    setLost(gone, text = "The connection to the kernel is lost; what you see stays, but nothing new can be computed.") {
      if (gone === !lost.hidden) return;
      lost.hidden = !gone;
      lost.replaceChildren(
        ...(gone
          ? [
              h("span", {}, text),
              app.page
                ? h("button", { class: "lx-button", click: () => location.reload() }, "Reload")
                : h("span", {}, " Restart the kernel, then run the cell again."),
            ]
          : []),
      );
    },
  };
}
