// plotly.js is loaded once a page, from the server or, where no server route exists, through the kernel.

const DATABASE = "literature-explorer";
const SCRIPTS = "scripts";
const CONFIG = {
  displaylogo: false,
  responsive: true,
  showSendToCloud: false,
  showEditInChartStudio: false,
  plotlyServerURL: "",
  displayModeBar: false,
};
const KERNEL_TIMEOUT = 60000; // ms for 1.5 MB over a slow line

function runScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    // With an AMD loader on the page (JupyterLab), plotly.js registers there and sets no global.
    const loader = window.define;
    const amd = loader?.amd;
    if (amd) loader.amd = undefined;
    const done = (settle, value) => {
      if (amd) loader.amd = amd;
      script.remove();
      settle(value);
    };
    script.onload = () =>
      window.Plotly ? done(resolve, window.Plotly) : done(reject, new Error("plotly.js ran but set no global"));
    script.onerror = () => done(reject, new Error(`plotly.js did not load from ${address}`));
    script.src = address;
    document.head.append(script);
  });
}

function openStore() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SCRIPTS);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

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

function askKernel(app) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(reject, new Error("the kernel did not send plotly.js")), KERNEL_TIMEOUT);
    const finish = (settle, value) => {
      clearTimeout(timer);
      app.off("msg:custom", receive);
      settle(value);
    };
    const receive = (message, buffers) => {
      if (message?.kind === "plotly" && buffers?.length) finish(resolve, buffers[0]);
    };
    app.on("msg:custom", receive);
    app.link.send("plotly");
  });
}

async function fromKernel(app, version) {
  const key = `plotly-${version}`;
  // Private windows may refuse the store; then each page load asks the kernel.
  let packed = await inStore("readonly", (store) => store.get(key)).catch(() => null);
  if (!packed) {
    packed = new Blob([await askKernel(app)]);
    await inStore("readwrite", (store) => store.clear()).catch(() => null);
    await inStore("readwrite", (store) => store.put(packed, key)).catch(() => null);
  }
  const code = await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return runScript(address).finally(() => URL.revokeObjectURL(address));
}

/** The page's one plotly.js, as a promise. */
export function loadPlotly(app) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  const assets = app.model.get("assets") ?? {};
  const first =
    window.__lxPlotly ?? (assets.plotly_url ? runScript(assets.plotly_url) : Promise.reject(new Error("no address")));
  window.__lxPlotly = first.then((plotly) => plotly ?? window.Plotly).catch(() => fromKernel(app, assets.plotly_version));
  // A later attempt (another cell, a reconnect) starts afresh.
  window.__lxPlotly.catch(() => delete window.__lxPlotly);
  return window.__lxPlotly;
}

/** Colours of the current theme as the browser resolves them: plotly needs values, not variables. */
export function themeColours(app) {
  const probe = document.createElement("i");
  app.root.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(["ink", "muted", "line", "edge", "surface", "accent"].map((name) => [name, read(name)]));
  colours.family = getComputedStyle(app.root).fontFamily;
  probe.remove();
  return colours;
}

let fast;
/** Whether the browser has WebGL; without it points are drawn as SVG, which looks the same and takes longer. */
function canDrawFast() {
  if (fast === undefined) {
    const context = document.createElement("canvas").getContext("webgl");
    fast = Boolean(context);
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return fast;
}

/** The kernel's figure in the page's colours and type; the kernel's own object stays as it came. */
export function dressed(figure, colours, { width, height }) {
  const given = figure.layout ?? {};
  const layout = {
    ...given,
    width,
    height,
    margin: { l: 8, r: 12, t: 8, b: 32, ...given.margin },
    dragmode: given.selectdirection ? "select" : false,
    selections: [],
    annotations: given.annotations?.map((note) => ({ ...note, font: { color: colours.muted, size: 12 } })),
    shapes: given.shapes?.map((shape) => ({ ...shape, line: { ...shape.line, color: colours.accent } })),
    showlegend: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { ...given.font, family: colours.family, color: colours.ink, size: 12 },
    hoverlabel: {
      ...given.hoverlabel,
      bgcolor: colours.surface,
      bordercolor: colours.line,
      font: { family: colours.family, color: colours.ink, size: 12 },
    },
  };
  for (const name of new Set(["xaxis", "yaxis", ...Object.keys(given).filter((key) => /^[xy]axis\d+$/.test(key))])) {
    const title = given[name]?.title?.text ? { ...given[name].title, font: { color: colours.muted, size: 12 } } : undefined;
    layout[name] = {
      automargin: true,
      ...given[name],
      title,
      fixedrange: true,
      gridcolor: colours.line,
      zerolinecolor: colours.line,
      linecolor: colours.line,
      tickfont: { color: colours.muted, size: 12 },
    };
  }
  // Labels stay level: as many as fit, not all at a slant.
  const across = figure.data?.[0]?.orientation === "h";
  Object.assign(layout.xaxis, { tickangle: 0, nticks: Math.max(3, Math.floor(width / (across ? 80 : 48))) });
  if (across) layout.yaxis.showgrid = false;
  const data = (figure.data ?? []).map((trace) => {
    const own = trace.type === "scatter" ? { cliponaxis: false } : {};
    if (trace.meta?.accent) own.marker = { ...trace.marker, color: colours.accent };
    if (trace.meta?.density)
      own.colorscale = [
        [0, colours.surface],
        [1, colours.edge],
      ];
    if (trace.meta?.scaled)
      own.marker = {
        ...trace.marker,
        colorscale: [
          [0, colours.edge],
          [0.5, colours.accent],
          [1, colours.ink],
        ],
        colorbar: { ...trace.marker.colorbar, tickfont: { color: colours.muted, size: 12 } },
      };
    if (trace.type === "scattergl" && !canDrawFast()) own.type = "scatter";
    if (trace.meta?.accent && trace.line) own.line = { ...trace.line, color: colours.accent };
    return { ...trace, ...own };
  });
  return { data, layout, config: CONFIG };
}
