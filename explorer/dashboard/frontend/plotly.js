// plotly.js is loaded once a page, from the server or, where no server route exists, through the kernel.

/** @import { App, Listener, Plotly, ThemeColours } from "./page.d.ts" */

const DATABASE = "literature-explorer";
const SCRIPTS = "scripts";
const KERNEL_TIMEOUT = 60000; // ms for 1.5 MB over a slow line

/**
 * @param {string} address
 * @returns {Promise<Plotly>}
 */
function runScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    // With an AMD loader on the page (JupyterLab), plotly.js registers there and sets no global.
    const loader = window.define;
    const amd = loader?.amd;
    if (loader && amd) loader.amd = undefined;
    const tidy = () => {
      if (loader && amd) loader.amd = amd;
      script.remove();
    };
    script.onload = () => {
      tidy();
      if (window.Plotly) resolve(window.Plotly);
      else reject(new Error("plotly.js ran but set no global"));
    };
    script.onerror = () => {
      tidy();
      reject(new Error(`plotly.js did not load from ${address}`));
    };
    script.src = address;
    document.head.append(script);
  });
}

/** @returns {Promise<IDBDatabase>} */
function openStore() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SCRIPTS);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} action
 * @returns {Promise<T>}
 */
async function inStore(mode, action) {
  const database = await openStore();
  try {
    return await new Promise((resolve, reject) => {
      const request = action(database.transaction(SCRIPTS, mode).objectStore(SCRIPTS));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

/**
 * plotly.js, compressed.
 *
 * @param {App} app
 * @returns {Promise<DataView<ArrayBuffer>>}
 */
function askKernel(app) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      app.off("msg:custom", receive);
      reject(new Error("the kernel did not send plotly.js"));
    }, KERNEL_TIMEOUT);
    /** @type {Listener} */
    const receive = (message, buffers) => {
      if (message?.kind !== "plotly" || !buffers?.length) return;
      clearTimeout(timer);
      app.off("msg:custom", receive);
      resolve(buffers[0]);
    };
    app.on("msg:custom", receive);
    app.link.send("plotly");
  });
}

/**
 * @param {App} app
 * @param {string} version
 */
async function fromKernel(app, version) {
  const key = `plotly-${version}`;
  // Private windows may refuse the store; then each page load asks the kernel.
  const kept = await inStore("readonly", (store) => store.get(key)).catch(() => null);
  const packed = kept instanceof Blob ? kept : new Blob([await askKernel(app)]);
  if (packed !== kept) {
    await inStore("readwrite", (store) => store.clear()).catch(() => null);
    await inStore("readwrite", (store) => store.put(packed, key)).catch(() => null);
  }
  const code = await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return runScript(address).finally(() => URL.revokeObjectURL(address));
}

/**
 * The page's one plotly.js.
 *
 * @param {App} app
 * @returns {Promise<Plotly>}
 */
export function loadPlotly(app) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  const { plotly_url: address, plotly_version: version } = app.model.get("assets");
  // The template's promise gives nothing: the script that it waits for sets the global.
  const first = window.__lxPlotly ?? (address ? runScript(address) : Promise.reject(new Error("no address")));
  const loaded = first
    .then((plotly) => plotly ?? window.Plotly ?? fromKernel(app, version))
    .catch(() => fromKernel(app, version));
  window.__lxPlotly = loaded;
  // A later attempt (another cell, a reconnect) starts afresh.
  loaded.catch(() => delete window.__lxPlotly);
  return loaded;
}

/**
 * Colours of the current theme as the browser resolves them: plotly needs values, not variables.
 *
 * @param {App} app
 * @returns {ThemeColours}
 */
export function themeColours(app) {
  const probe = document.createElement("i");
  app.root.append(probe);
  /** @param {string} name */
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    ink: read("ink"),
    muted: read("muted"),
    line: read("line"),
    edge: read("edge"),
    surface: read("surface"),
    accent: read("accent"),
    topics: Array.from({ length: 8 }, (_, place) => read(`topic-${place}`)),
    family: getComputedStyle(app.root).fontFamily,
  };
  probe.remove();
  return colours;
}

/** Known once it was looked at. @type {boolean | undefined} */
let fast;

/** Whether the browser has WebGL. */
export function canDrawFast() {
  if (fast === undefined) {
    const context = document.createElement("canvas").getContext("webgl");
    fast = Boolean(context);
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return fast;
}
