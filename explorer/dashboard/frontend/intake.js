import { titledDialog } from "./dialog.js";
import { h, icon, swap } from "./dom.js";
import { count, plural } from "./text.js";
import { uploader } from "./upload.js";
import { intakeReview } from "./intake_review.js";

/** @import { Intake, IntakeAcceptMessage, Phase, Service } from "./messages.d.ts" */
/** @import { App } from "./page.d.ts" */

/** Phases in which something runs, and what they are called. @type {Partial<Record<Phase, string>>} */
const WORKING = {
  receiving: "Receiving the files",
  reading: "Reading the files",
  fetching: "Fetching",
  building: "Building the corpus",
};

/**
 * What the button in the bar says while the panel is closed.
 *
 * @param {Pick<Intake, "phase" | "part">} state
 */
export function buttonLabel({ phase, part }) {
  if (phase === "review") return "Review papers";
  if (!WORKING[phase]) return "Add papers";
  const percent = part === null ? "" : ` ${Math.floor(part * 100)} %`;
  return `${phase === "building" ? "Building" : "Reading"}…${percent}`;
}

/**
 * The panel by which papers come in: files or a service, progress, review, then added or made a corpus of their own.
 *
 * @param {App} app
 */
export function intakePanel(app) {
  const { model, link } = app;
  const state = () => model.get("intake");
  const send = uploader(app);
  const review = intakeReview(app);
  const alert = h("p", { class: "lx-alert lx-intake-alert", role: "alert", hidden: true });
  const announcement = h("p", { class: "lx-hide", role: "status" });
  const body = h("div", { class: "lx-intake-body" });
  const foot = h("div", { class: "lx-intake-foot" });
  const { dialog, title } = titledDialog(
    app,
    { name: "intake", text: "Add papers", close: () => close() },
    alert,
    announcement,
    body,
    foot,
  );
  const label = h("span", {}, "Add papers");
  const button = h(
    "button",
    { class: "lx-button lx-intake-button", title: "Add papers", "aria-haspopup": "dialog", click: () => open() },
    icon("plus"),
    label,
  );
  const drop = h(
    "div",
    { class: "lx-drop", "aria-hidden": "true", hidden: true },
    h("p", {}, "Drop files to add their papers"),
  );
  const picker = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    change: () => {
      take(picker.files);
      picker.value = "";
    },
  });
  const bar = h("progress", { class: "lx-intake-progress", "aria-labelledby": app.id("intake-stage"), max: "1" });
  const stage = h("p", { id: app.id("intake-stage") });
  const wanted = { service: "", query: "", limit: 100, list: "", day: "" };
  /** What the body shows; progress alone does not draw it anew. @type {unknown} */
  let drawn = "";

  const isOpen = () => dialog.open;

  function open() {
    if (isOpen()) return;
    draw(true);
    dialog.showModal();
    title.focus();
  }

  function close() {
    if (!isOpen()) return false;
    dialog.close();
    complain("");
    if (["done", "failed"].includes(state().phase)) link.send("intake_close");
    button.focus();
    return true;
  }

  /** @param {string} text */
  function complain(text) {
    alert.hidden = !text;
    alert.textContent = text;
  }

  /** @param {FileList | null} list */
  function take(list) {
    const files = [...(list ?? [])];
    if (!files.length) return;
    open();
    const { phase } = state();
    if (WORKING[phase] || phase === "review") complain("Papers are on their way in already. Finish or cancel that first.");
    else send(files, complain);
  }

  function start() {
    const { services } = state();
    const largest = Math.round(state().largest / 2 ** 20);
    return [
      h(
        "section",
        { class: "lx-dropzone" },
        h(
          "p",
          {},
          "Drop files here, or ",
          h("button", { class: "lx-button", key: "pick", click: () => picker.click() }, "Choose files"),
        ),
        h(
          "p",
          { class: "lx-quiet" },
          `BibTeX, RIS, PubMed, Web of Science, EndNote, CSV, Excel, JSON, Parquet and others; several at once, zipped too, up to ${count(largest)} MB.`,
        ),
      ),
      services.length ? form(services) : null,
    ];
  }

  /** @param {Service[]} services */
  function form(services) {
    wanted.service ||= services[0].name;
    const query = h("input", {
      class: "lx-box",
      type: "text",
      value: wanted.query,
      required: true,
      maxlength: "1000",
      key: "query",
      input: () => {
        wanted.query = query.value;
      },
    });
    const what = h(
      "select",
      {
        class: "lx-select",
        key: "list",
        change: () => {
          wanted.list = what.value;
          hint();
        },
      },
      [
        ["", "a search"],
        ["daily", "a day, week or month"],
        ["trending", "what trends now"],
      ].map(([name, shown]) => h("option", { value: name }, shown)),
    );
    const day = h("input", {
      class: "lx-box",
      type: "text",
      value: wanted.day,
      placeholder: "2026-06-12, 2026-W24, 2026-06; empty: the latest",
      maxlength: "10",
      key: "day",
      input: () => {
        wanted.day = day.value;
      },
    });
    const asked = h("label", { class: "lx-fetch-query" }, h("span", {}, "Search for"), query);
    const listed = h("label", {}, h("span", {}, "Papers of"), what);
    const dated = h("label", { class: "lx-fetch-query" }, h("span", {}, "Day, week or month"), day);
    what.value = wanted.list;
    const hint = () => {
      const chosen = services.find(({ name }) => name === wanted.service) ?? services[0];
      if (!chosen.lists) what.value = wanted.list = "";
      query.placeholder = chosen.hint;
      query.required = !chosen.whole && !wanted.list;
      listed.hidden = !chosen.lists;
      asked.hidden = Boolean(wanted.list);
      dated.hidden = wanted.list !== "daily";
    };
    const service = h(
      "select",
      {
        class: "lx-select",
        key: "service",
        change: () => {
          wanted.service = service.value;
          hint();
        },
      },
      services.map(({ name, label: shown }) => h("option", { value: name }, shown)),
    );
    const limit = h("input", {
      class: "lx-box",
      type: "number",
      min: "1",
      max: "5000",
      required: true,
      value: String(wanted.limit),
      key: "limit",
      input: () => {
        wanted.limit = Number(limit.value);
      },
    });
    service.value = wanted.service;
    hint();
    return h(
      "form",
      {
        class: "lx-fetch",
        submit: (event) => {
          event.preventDefault();
          complain("");
          link.send("intake_fetch", wanted);
        },
      },
      h("h3", {}, "Or fetch from a service"),
      h("label", {}, h("span", {}, "Service"), service),
      listed,
      asked,
      dated,
      h("label", {}, h("span", {}, "Papers at most"), limit),
      h("button", { class: "lx-button", type: "submit", key: "fetch" }, "Fetch"),
      h("p", { class: "lx-quiet" }, "What you search for is sent to the service."),
    );
  }

  function progress() {
    const { stage: text, part, phase } = state();
    stage.textContent = text || (WORKING[phase] ?? "");
    if (part === null) bar.removeAttribute("value");
    else bar.value = part;
  }

  function footButtons() {
    const { phase, review: found } = state();
    if (WORKING[phase])
      return [
        h("p", { class: "lx-quiet" }, "You can close this panel; the work goes on."),
        h("span", { class: "lx-spacer" }),
        h("button", { class: "lx-button", key: "cancel", click: () => link.send("intake_cancel") }, "Cancel"),
      ];
    if (phase !== "review" || !found) return [];
    const { additions, papers, changes } = found;
    return [
      h("button", { class: "lx-button", key: "cancel", click: () => link.send("intake_cancel") }, "Cancel"),
      h("span", { class: "lx-spacer" }),
      h(
        "button",
        { class: "lx-button", key: "new", disabled: !papers, click: () => accept("new") },
        papers ? `Start a new corpus of ${count(papers)}` : "Start a new corpus",
      ),
      h(
        "button",
        { class: "lx-button lx-primary", key: "add", disabled: !changes, click: () => accept("add") },
        additions
          ? `Add ${plural(additions, "paper")} to this corpus`
          : changes
            ? "Merge into this corpus"
            : "Nothing new for this corpus",
      ),
    ];
  }

  /** @param {IntakeAcceptMessage["how"]} how */
  function accept(how) {
    complain("");
    link.send("intake_accept", { how });
  }

  function draw(anew = false) {
    const { phase, message, review: found } = state();
    const working = WORKING[phase];
    const now = found ?? phase;
    if (working) progress();
    if (now === drawn && !anew) return;
    drawn = now;
    title.textContent = working ?? (found ? `Review ${found.name}` : "Add papers");
    announcement.textContent = working ?? found?.sentence ?? "";
    if (message && phase !== "done") complain(message);
    else if (phase !== "idle") complain("");
    const done =
      phase === "done"
        ? h(
            "p",
            { class: "lx-intake-done" },
            message,
            " ",
            h(
              "button",
              { class: "lx-textbutton", key: "ledger", click: () => link.send("intake_ledger") },
              "Download its ledger",
            ),
          )
        : null;
    const content = working ? [h("div", { class: "lx-working" }, stage, bar)] : found ? review.draw(found) : [done, ...start()];
    swap(body, content, title);
    swap(foot, footButtons(), title);
    foot.hidden = !foot.childElementCount;
    if (isOpen() && document.activeElement === document.body) title.focus();
  }

  /**
   * @param {"dragover" | "dragleave" | "drop"} name
   * @param {(event: DragEvent, carried: DataTransfer) => void} handler
   */
  const onDrag = (name, handler) =>
    app.root.addEventListener(
      name,
      app.guard((event) => {
        const carried = event.dataTransfer;
        if (!state().allowed || !carried?.types.includes("Files")) return;
        event.preventDefault();
        event.stopPropagation();
        handler(event, carried);
      }),
      { signal: app.signal },
    );
  onDrag("dragover", (_, carried) => {
    carried.dropEffect = "copy";
    drop.hidden = isOpen();
    dialog.classList.add("lx-over");
  });
  const left = () => {
    drop.hidden = true;
    dialog.classList.remove("lx-over");
  };
  onDrag("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && app.root.contains(event.relatedTarget))) left();
  });
  onDrag("drop", (_, carried) => {
    left();
    const folder = [...carried.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    if (!folder) take(carried.files);
    else {
      open();
      complain("A folder cannot be dropped here. Put its files into one .zip file, or choose them.");
    }
  });

  app.watch(["intake"], () => {
    const { allowed, phase } = state();
    button.hidden = !allowed;
    const said = buttonLabel(state());
    label.replaceChildren(
      said === "Add papers" ? "Add" : said,
      said === "Add papers" ? h("span", { class: "lx-longer" }, " papers") : "",
    );
    button.classList.toggle("lx-primary", phase === "review");
    button.setAttribute("aria-label", said);
    button.title = said;
    if (phase === "done" && isOpen()) {
      dialog.close(); // what came is shown, and the status line says so
      button.focus();
    }
    draw();
  });
  // The dashboard's own line for errors lies behind the panel.
  app.watch(["status"], () => {
    const { level, text } = model.get("status");
    if (isOpen() && level === "error") complain(text);
  });
  app.layers.unshift(close);
  return { node: button, layers: [dialog, drop, picker] };
}
