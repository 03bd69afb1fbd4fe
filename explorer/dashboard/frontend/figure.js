// The kernel's figures in the page's colours and type.

/** @import { Figure, Trace } from "./messages.d.ts" */
/** @import { ThemeColours } from "./page.d.ts" */
/** @typedef {Record<string, unknown> & { title?: { text?: string } }} AxisLayout */

const BAR_HEIGHT = 20; // px; less, and the names beside the bars run into each other
const BAR_MOST = 44; // px; a few bars that filled the height would be no bars any more
const BAR_GAP = 0.2; // of the room of a bar, between two, at least
const STRIPE_HEIGHT = 18; // px of a stripe of an icicle on average; less, and what is written in it is shrunk away
const BELOW_BARS = 60; // px of the axis, its title and the margins
const TEXT_SIZE = 12; // px
const FADED = 0.35; // of a colour, where something else is chosen
const LABEL_WIDTH = { number: 80, year: 48, month: 68 }; // px that a label of the horizontal axis takes with its margin

/**
 * The height that horizontal bars need for a line of text beside each, and stripes within; none for other charts.
 *
 * @param {Pick<Figure, "data">} figure
 * @returns {number} px
 */
export function neededHeight({ data }) {
  if (data[0]?.type === "icicle") return STRIPE_HEIGHT * (data[0].meta?.areas?.length ?? 0);
  return data[0]?.orientation === "h" ? BAR_HEIGHT * lines({ data }) + BELOW_BARS : 0;
}

/**
 * How many horizontal bars there are.
 *
 * @param {Pick<Figure, "data">} figure
 */
function lines({ data: [bars] }) {
  return Array.isArray(bars.y) ? bars.y.length : 0;
}

/**
 * The part of a horizontal bar's room that is left free.
 *
 * @param {number} bars How many there are.
 * @param {number} height Of the figure; px.
 */
export function barGap(bars, height) {
  const room = (height - BELOW_BARS) / Math.max(bars, 1);
  return Math.max(BAR_GAP, 1 - BAR_MOST / Math.max(room, 1));
}

/**
 * A figure as plotly takes it; the kernel's own object stays as it came.
 *
 * @param {Figure} figure
 * @param {ThemeColours} colours
 * @param {{ width: number; height: number }} size px
 * @param {() => boolean} fast Whether the browser draws many points by WebGL; asked where a trace would.
 */
export function dressed(figure, colours, { width, height }, fast) {
  const given = figure.layout;
  const quiet = { color: colours.muted, size: TEXT_SIZE };
  const plain = { family: colours.family, color: colours.ink, size: TEXT_SIZE };
  const across = figure.data[0]?.orientation === "h";
  /** @param {string} name */
  const axis = (name) => {
    const own = /** @type {AxisLayout} */ (given[name] ?? {});
    return {
      automargin: true,
      ...own,
      title: own.title?.text ? { ...own.title, font: quiet } : undefined,
      fixedrange: true,
      gridcolor: colours.line,
      zerolinecolor: colours.line,
      linecolor: colours.line,
      tickfont: quiet,
    };
  };
  const others = Object.keys(given).filter((name) => /^[xy]axis\d+$/.test(name));
  // Labels stay level: as many as fit, not all at a slant.
  const names = figure.data[0]?.x;
  const kind = across ? "number" : Array.isArray(names) && /^\d{4}-/.test(String(names[0])) ? "month" : "year";
  const [from, to] = given.xaxis?.domain ?? [0, 1];
  const labels = Math.max(3, Math.floor((width * (to - from)) / LABEL_WIDTH[kind]));
  const layout = {
    ...given,
    ...(across ? { bargap: barGap(lines(figure), height) } : {}),
    width,
    height,
    margin: { l: 8, r: 12, t: 8, b: 32, ...given.margin },
    dragmode: given.selectdirection ? "select" : false,
    selections: [],
    annotations: given.annotations?.map((note) => ({ ...note, font: quiet })),
    shapes: given.shapes?.map((shape) => ({ ...shape, line: { ...shape.line, color: colours.accent } })),
    showlegend: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { ...given.font, ...plain },
    hoverlabel: { ...given.hoverlabel, bgcolor: colours.surface, bordercolor: colours.line, font: plain },
    ...Object.fromEntries(others.map((name) => [name, axis(name)])),
    xaxis: { ...axis("xaxis"), tickangle: 0, nticks: labels },
    yaxis: { ...axis("yaxis"), ...(across ? { showgrid: false } : {}) },
  };
  return { data: figure.data.map((trace) => dressedTrace(trace, colours, fast)), layout };
}

/**
 * @param {Trace} trace
 * @param {ThemeColours} colours
 * @param {() => boolean} fast
 * @returns {Trace}
 */
function dressedTrace(trace, colours, fast) {
  const { accent, density, scaled, place, places, heat, areas, faded } = trace.meta ?? {};
  const own = { ...trace };
  if (trace.type === "scatter") own.cliponaxis = false;
  // Without WebGL points are drawn as SVG, which looks the same and takes longer.
  if (trace.type === "scattergl" && !fast()) own.type = "scatter";
  if (accent) own.marker = { ...trace.marker, color: colours.accent };
  if (place !== undefined) {
    // The kernel knows no theme: it gives the place of the topic, which has a colour in each.
    const color = colours.topics[place % colours.topics.length];
    if (trace.marker) own.marker = { ...trace.marker, color };
    if (trace.line) own.line = { ...trace.line, color };
    if (trace.fillcolor) own.fillcolor = color;
  }
  if (areas) {
    const colour = (/** @type {number} */ at) => (at < 0 ? colours.surface : colours.topics[at % colours.topics.length]);
    const colors = areas.map((at, node) => (faded?.[node] ? faint(colour(at), colours.surface) : colour(at)));
    own.marker = { ...trace.marker, colors, line: { width: 1, color: colours.surface } };
    own.textfont = { color: colors.map(readableOn) };
    own.root = { color: colours.surface };
  }
  if (places) own.marker = { ...trace.marker, color: places.map((at) => colours.topics[at % colours.topics.length]) };
  if (heat) own.colorscale = scale([colours.surface, colours.accent]);
  if (accent && trace.line) own.line = { ...trace.line, color: colours.accent };
  if (density) own.colorscale = scale([colours.surface, colours.edge]);
  if (scaled)
    own.marker = {
      ...trace.marker,
      colorscale: scale([colours.edge, colours.accent, colours.ink]),
      colorbar: { ...trace.marker?.colorbar, tickfont: { color: colours.muted, size: TEXT_SIZE } },
    };
  return own;
}

/**
 * A colour faded into its ground; solid, so that what is written on it can be told from it.
 *
 * @param {string} colour As the browser writes it, `rgb(r, g, b)`.
 * @param {string} ground
 */
export function faint(colour, ground) {
  const [own, under] = [colour, ground].map((text) => (text.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
  return `rgb(${own.map((part, at) => Math.round(part * FADED + under[at] * (1 - FADED))).join(", ")})`;
}

/**
 * Black or white, whichever stands out more on a colour (WCAG 2.2, relative luminance).
 *
 * @param {string} colour As the browser writes it, `rgb(r, g, b)`.
 */
export function readableOn(colour) {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? [])
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  // Contrast with black, (l + .05) / .05, and with white, 1.05 / (l + .05), are equal where l + .05 is the root of .05 × 1.05.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05 > Math.sqrt(0.05 * 1.05) ? "#000" : "#fff";
}

/**
 * Colours as plotly's scale, evenly from 0 to 1.
 *
 * @param {string[]} colours
 */
function scale(colours) {
  return colours.map((colour, place) => [place / (colours.length - 1), colour]);
}
