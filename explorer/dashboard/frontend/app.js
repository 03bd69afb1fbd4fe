import { h, copyText } from "./dom.js";
import { openLink, watchKernel } from "./link.js";
import { watchPress } from "./pointer.js";
import { fetchFile, fileReceiver } from "./download.js";
import { searchPanel } from "./search.js";
import { filtersPanel } from "./filters.js";
import { chartsPanel } from "./charts_panel.js";
import { axesPanel } from "./axes.js";
import { preferencePanel } from "./preference.js";
import { marksPanel } from "./marks.js";
import { papersPanel } from "./papers.js";
import { readerPanel } from "./reader.js";
import { exportMenu } from "./export_menu.js";
import { reportPanel } from "./report.js";
import { intakePanel } from "./intake.js";
import { ledgerDialog } from "./ledger_table.js";
import { statusPanel } from "./status.js";
import { openingPanel } from "./opening.js";
import { progressPanel } from "./progress.js";
import { conceptsPanel } from "./concepts.js";
import { conceptSetPanel } from "./relevance_feedback.js";
import { toolbarPanel } from "./toolbar.js";
import { growthPanel } from "./growth.js";
import { askBeforeLeaving } from "./leaving.js";
import { keepTicks } from "./ticks.js";
import { savedSearchesPanel } from "./saved_searches.js";
import { spellingPanel } from "./spelling.js";
import { beyondPanel } from "./beyond.js";
import { comparisonPanel } from "./comparison.js";
import { arrive, standby } from "./first_view.js";
import { hidePicture } from "./picture.js";
import { screeningPanel } from "./screening.js";
import { dailyDialog } from "./daily.js";
import { subscribeDialog } from "./subscribe.js";
import { topicEdits } from "./topic_edits.js";
import { topicCompare } from "./topic_compare.js";
import { listenForShortcuts } from "./shortcuts.js";

/** @import { Traits } from "./messages.d.ts" */
/** @import { App, Listener, Model, Standby } from "./page.d.ts" */

const BUSY_AFTER = 150; // ms; faster answers show no progress bar
const TYPING = 1500; // ms; changes of a query that follow each other sooner are one step back
/** Where dashboards are numbered: each of a notebook has this code for itself, and the same id twice names the wrong thing. */
const NUMBERS = "data-lx-dashboards";

function skeleton() {
  const bones = ["bar", "rail", "chart", "chart", "list"].map(() => h("div", { class: "lx-bone" }));
  return h("div", { class: "lx-skeleton", role: "status", label: "Loading the dashboard" }, bones);
}

/**
 * What every panel gets: the model, the line to the kernel, and the few things that concern the whole page. The panels
 * themselves come with `assemble`.
 *
 * @param {Model} model
 * @param {HTMLElement} root
 */
function createApp(model, root) {
  const number = Number(document.documentElement.getAttribute(NUMBERS) ?? 0) + 1;
  document.documentElement.setAttribute(NUMBERS, String(number));
  const controller = new AbortController();
  /** @type {[event: string, handler: Listener][]} */
  const watched = [];
  /** @type {(() => void)[]} */
  const themeListeners = [];
  let busyTimer = 0;
  const link = openLink(model, {
    onSilent() {
      if (!app.standby?.waiting()) app.status.setLost(true, "The kernel has not answered for a while; it may be busy or gone.");
    },
    onBusy(busy) {
      app.frame.toggleAttribute("data-busy", busy);
      clearTimeout(busyTimer);
      if (busy) busyTimer = setTimeout(() => app.frame.classList.add("lx-busy"), BUSY_AFTER);
      else app.frame.classList.remove("lx-busy");
    },
  });
  /** @satisfies {Partial<App>} */
  const own = {
    model,
    link,
    root,
    whenReleased: watchPress(root, controller.signal),
    page: Boolean(model.get("assets")?.page),
    signal: controller.signal,
    layers: /** @type {App["layers"]} */ ([]),
    frame: h("div", { class: "lx-frame" }),
    /** @param {string} name */
    id: (name) => `lx${number}-${name}`,
    /** @type {App["on"]} */
    on(name, handler) {
      model.on(name, handler);
      watched.push([name, handler]);
    },
    /** @type {App["off"]} */
    off: (name, handler) => model.off(name, handler),
    /** @type {App["onAnswer"]} */
    onAnswer(kind, handler) {
      app.on(
        "msg:custom",
        app.guard((answer, buffers) => {
          if (answer?.kind === kind) handler(answer, buffers ?? []);
        }),
      );
    },
    /** @type {App["watch"]} */
    watch(names, draw) {
      let planned = false;
      const run = app.guard(() => {
        planned = false;
        if (!controller.signal.aborted) draw();
      });
      const plan = () => {
        if (!planned) queueMicrotask(() => app.whenReleased(run));
        planned = true;
      };
      names.forEach((name) => app.on(`change:${name}`, plan));
      plan();
    },
    /** @type {App["guard"]} */
    guard:
      (handler) =>
      (...parts) => {
        try {
          return handler(...parts);
        } catch (error) {
          app.fault(error);
          return undefined;
        }
      },
    /** @type {App["fault"]} */
    fault(error, text = "Something in the page failed; reload it if it no longer answers.") {
      console.error(error);
      app.say("error", `${text} (${error instanceof Error ? error.message : error})`);
    },
    /** @type {App["say"]} */
    say: (level, text, at) => app.status?.say(level, text, at),
    /** @type {App["copy"]} */
    copy: (text, done) =>
      copyText(text).then(
        () => app.say("info", done),
        (error) => app.fault(error, "Not copied."),
      ),
    /** @type {App["onTheme"]} */
    onTheme(listener) {
      themeListeners.push(listener);
    },
    closeTop: () => app.layers.some((close) => close()),
    toggleRail() {
      if (!app.closeRail()) app.openRail();
    },
    openRail() {
      app.frame.classList.add("lx-rail-open");
      app.toolbar.rail.setAttribute("aria-expanded", "true");
      app.filters.node.querySelector("button")?.focus();
    },
    closeRail() {
      if (!app.frame.classList.contains("lx-rail-open")) return false;
      app.frame.classList.remove("lx-rail-open");
      app.toolbar.rail.setAttribute("aria-expanded", "false");
      app.toolbar.rail.focus();
      return true;
    },
    close() {
      controller.abort();
      link.close();
      watched.forEach(([name, handler]) => model.off(name, handler));
    },
  };
  const app = /** @type {App} */ (/** @type {unknown} */ (own));
  app.standby = null;
  const answered = () => {
    link.settle();
    app.status?.setLost(false);
  };
  app.on("change:summary", answered);
  app.on("change:status", answered);
  root.addEventListener("lx-fault", (event) => app.fault(/** @type {CustomEvent} */ (event).detail), {
    signal: controller.signal,
  });
  const themeChanged = () => themeListeners.forEach((listener) => listener());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themeChanged, { signal: controller.signal });
  const labTheme = new MutationObserver(themeChanged);
  labTheme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  controller.signal.addEventListener("abort", () => labTheme.disconnect());
  return app;
}

/** @param {App} app */
function assemble(app) {
  const { root, frame } = app;
  const meaning = "Preparing the ranking by meaning";
  app.preparation = progressPanel(
    app,
    "preparation",
    () => app.link.send("stop_preparing"),
    meaning,
    `${meaning}, once for these papers: `,
  );
  app.exporting = progressPanel(app, "exporting", () => app.link.send("stop_export"), "Writing the export", "Writing ");
  app.status = statusPanel(app);
  app.search = searchPanel(app);
  app.spelling = spellingPanel(app);
  app.beyond = beyondPanel(app);
  app.savedSearches = savedSearchesPanel(app);
  app.comparison = comparisonPanel(app);
  app.concepts = conceptsPanel(app);
  app.conceptSet = conceptSetPanel(app);
  app.report = reportPanel(app);
  app.exportMenu = exportMenu(app);
  app.intake = intakePanel(app);
  app.ledgerDialog = ledgerDialog(app);
  app.growth = growthPanel(app);
  app.screening = screeningPanel(app);
  app.daily = dailyDialog(app);
  app.subscribe = subscribeDialog(app);
  app.topicEdits = topicEdits(app);
  app.topicCompare = topicCompare(app);
  app.toolbar = toolbarPanel(app);
  app.layers.push(app.closeRail);
  app.filters = filtersPanel(app);
  app.preference = preferencePanel(app);
  app.marks = marksPanel(app);
  app.papers = papersPanel(app);
  app.charts = chartsPanel(app);
  app.axes = axesPanel(app);
  app.reader = readerPanel(app);
  app.opening = openingPanel(app);
  frame.append(
    app.toolbar.node,
    app.status.banners,
    app.opening.node,
    app.filters.node,
    h("div", { class: "lx-scrim", click: () => app.closeRail() }),
    h(
      app.page ? "main" : "div",
      { class: "lx-main" },
      app.screening.node,
      h(
        "div",
        { class: "lx-columns-two" },
        h("div", { class: "lx-pictures" }, app.charts.node, app.axes.node),
        h("div", {}, app.papers.node, app.beyond.node),
      ),
    ),
    app.reader.node,
    app.marks.node,
    app.status.node,
    ...app.intake.layers,
    app.ledgerDialog.dialog,
    app.daily.dialog,
    app.subscribe.dialog,
    app.topicEdits.dialog,
    app.topicCompare.dialog,
  );
  if (!app.page) {
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", "Literature Explorer");
  }
  listenForShortcuts(app);
  askBeforeLeaving(app);
  app.onAnswer(
    "file",
    fileReceiver((id) => app.link.send("file_next", { id })),
  );
  app.onAnswer("download", fetchFile);
  app.on("comm:close", () => app.status.setLost(true));
  if (!app.standby) followKernel(app);
}

/** @param {App} app */
function followKernel(app) {
  const unwatch = watchKernel(app.model, (gone) => {
    app.status.setLost(gone);
    if (!gone) app.link.again();
  });
  app.signal.addEventListener("abort", unwatch);
}

/** The query of the page's address, without the token, which is the server's and not the selection's. */
function wantedAddress() {
  const given = new URLSearchParams(location.search);
  given.delete("token");
  return given.toString();
}

/**
 * Let the address bar tell the selection, and the back button change it. Each step can be gone back to; what is typed
 * without a pause is one.
 *
 * @param {App} app
 */
function followAddress(app) {
  const wanted = wantedAddress();
  // The kernel may not have seen the address of this page (one started in advance never has).
  // What the server drew it drew for this address.
  const known = Boolean(app.standby) || !wanted || wanted === app.model.get("summary").url;
  let asked = known ? 0 : app.link.send("url", { url: wanted });
  let opened = false;
  let typed = -TYPING; // ms, when the address last took a query
  app.watch(["summary", "status", "preparation"], () => {
    // What is still being prepared stands in the address already.
    if (!app.link.answered(asked) || app.model.get("preparation")) return;
    // The selection writes itself in one way, the address that opened the page perhaps in another.
    const first = !opened;
    opened = true;
    const query = app.model.get("summary").url;
    if (location.search.slice(1) === query) return;
    const [before, after] = [location.search, query].map((text) => new URLSearchParams(text).get("q"));
    const typing = before !== after && performance.now() - typed < TYPING;
    typed = before === after ? -TYPING : performance.now();
    const behind = query ? `?${query}` : "";
    const address = `${location.pathname}${behind}${location.hash}`;
    if (first || typing) history.replaceState(history.state, "", address);
    else history.pushState(null, "", address);
  });
  window.addEventListener(
    "popstate",
    () => {
      asked = app.link.send("url", { url: location.search.slice(1) });
    },
    { signal: app.signal },
  );
}

/**
 * The page template's own skeleton lies above until the dashboard stands in the page.
 *
 * @param {App} app
 */
function uncover(app) {
  const seen = new ResizeObserver(() => {
    if (!app.root.clientHeight) return;
    document.getElementById("lx-boot")?.remove();
    seen.disconnect();
  });
  seen.observe(app.root);
}

/**
 * Draw the dashboard; returns what is called when its view goes.
 *
 * @param {{ model: Model; el: HTMLElement }} context As anywidget gives it.
 */
function render({ model, el }) {
  if (begun?.standby?.waiting()) return takeOver(begun, begun.standby, model);
  came = true;
  if (!begun) firstViews().forEach((other) => other.dispatchEvent(new Event("lx-left")));
  const root = h("div", { class: model.get("assets")?.page ? "lx-app lx-page" : "lx-app" }, skeleton());
  el.append(root);
  const app = createApp(model, root);
  hidePicture(app);
  let started = false;
  const start = app.guard(() => {
    if (started || !drawable(model)) return;
    started = true;
    // A page without a first view comes to a kernel that was started in advance as any other does, but has to tell it so.
    if (app.page && model.get("assets").early) arrive(model, wantedAddress(), () => stand(app));
    else stand(app);
  });
  ["summary", "papers"].forEach((name) => app.on(`change:${name}`, start));
  start();
  // As Jupyter's own code marks a widget of a saved page, which stands as it was saved: nobody answers there.
  if (started && el.classList.contains("jupyter-widgets-disconnected")) app.status.setLost(true);
  return app.close;
}

/** @param {App} app */
function stand(app) {
  assemble(app);
  app.root.replaceChildren(app.frame, app.report.node);
  if (!app.page) return;
  if (!app.standby) document.documentElement.dataset.kernel = "there";
  followAddress(app);
  keepTicks(app);
  uncover(app);
}

/** The dashboard that was drawn before its kernel was there. @type {App | null} */
let begun = null;

/**
 * First views in the page. One of another version of this code, as where a server began before it was brought up to date and its
 * kernel after, is taken over by nobody, and goes when the kernel's dashboard comes.
 */
const firstViews = () => document.querySelectorAll("body > .lx-page");

/** Whether a kernel's dashboard was drawn: one that was kept ready may come before the first view does. */
let came = false;

/** Draw the dashboard of the server's first view, which the kernel takes over when it is there. */
function begin() {
  const state = document.getElementById("lx-first-view")?.textContent;
  if (!state || came || document.querySelector(".lx-page")) return;
  const traits = /** @type {Traits} */ (JSON.parse(state));
  const model = standby(traits, wantedAddress());
  const root = h("div", { class: "lx-app lx-page" });
  document.body.append(root);
  const app = createApp(model, root);
  app.standby = model;
  begun = app;
  const leave = () => {
    app.close();
    root.remove();
  };
  root.addEventListener("lx-left", leave, { signal: app.signal });
  app.guard(() => stand(app))();
}

/**
 * @param {App} app
 * @param {Standby} waiting
 * @param {Model} model
 */
function takeOver(app, waiting, model) {
  waiting.adopt(model, () => {
    followKernel(app);
    document.documentElement.dataset.kernel = "there";
  });
  return () => {
    waiting.release();
    app.close();
    app.root.remove();
  };
}

/**
 * Whether the traits have come; where a widget is opened again they may come after it.
 *
 * @param {Model} model
 */
function drawable(model) {
  return model.get("summary")?.total !== undefined && model.get("papers")?.rows !== undefined;
}

export default { render, begin };
