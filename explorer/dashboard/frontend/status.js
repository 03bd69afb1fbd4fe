import { h, count } from "./dom.js";

/** What the kernel and the page have to say: a quiet line below, errors and a lost kernel above. */
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

  function marked(text, query, at) {
    if (at === null || at === undefined || !query) return [text];
    return [
      text,
      h("code", { class: "lx-where" }, query.slice(0, at), h("mark", {}, query.slice(at, at + 1) || "␣"), query.slice(at + 1)),
    ];
  }

  function say(level, text, at = null, of = app.search?.input.value) {
    line.textContent = level === "error" ? "" : text;
    alert.hidden = level !== "error";
    alert.replaceChildren(...(level === "error" ? marked(text, of, at) : []));
  }

  app.watch(["status", "summary"], () => {
    const status = model.get("status") ?? {};
    const summary = model.get("summary") ?? {};
    const plain = `${count(summary.shown)} of ${count(summary.total)} papers`;
    say(status.level ?? "ready", status.text || plain, status.at, status.of ?? undefined);
  });

  return {
    node,
    say,
    banners: h("div", { class: "lx-banners" }, alert, lost),
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
