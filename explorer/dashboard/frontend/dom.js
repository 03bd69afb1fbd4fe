// Building blocks for the panels: text reaches the page only as text nodes, never as markup,
// because titles and abstracts are written by strangers.

import { scripts } from "./text.js";

/** @import { Child, Children, Properties } from "./page.d.ts" */
/** @import { Segment } from "./messages.d.ts" */
/** @typedef {keyof typeof ICONS} IconName */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const AS_PROPERTY = new Set(["value", "checked", "indeterminate", "disabled", "hidden", "tabIndex"]);

const ICONS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4 14 14",
  close: "M4 4l8 8M12 4l-8 8",
  undo: "M6 3 3 6l3 3M3.2 6H9a4 4 0 0 1 0 8H6.5",
  redo: "M10 3l3 3-3 3M12.8 6H7a4 4 0 0 0 0 8h2.5",
  copy: "M6 6V2.5h7.5V10H10M2.5 6H10v7.5H2.5Z",
  down: "M4 6l4 4 4-4",
  left: "M10 3.5 5.5 8l4.5 4.5",
  right: "M6 3.5 10.5 8 6 12.5",
  filter: "M2 4h12M4.5 8h7M7 12h2",
  plus: "M8 3v10M3 8h10",
  up: "M8 13V3.5M4 7l4-4 4 4",
  talk: "M2.5 3h11v8H7l-3 2.5V11H2.5Z",
  code: "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4",
  check: "M3 8.5 6.5 12 13 4.5",
  keep: "M4 2.5h8v11L8 10.4 4 13.5Z",
  pen: "M3 13l.7-3L10.8 3l2.2 2.2L6 12.3ZM9.3 4.5l2.2 2.2",
  out: "M6.5 3.5h-4v10h10v-4M9 2.5h4.5V7M13.2 2.8 7.5 8.5",
  minus: "M3.5 8h9",
  more: "M3 7.2v1.6M8 7.2v1.6M13 7.2v1.6",
  star: "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5Z",
  day: "M2.5 4h11v9.5h-11ZM2.5 7h11M5.5 2.5v3M10.5 2.5v3",
  mail: "M2 4h12v8.5H2ZM2.3 4.4 8 9l5.7-4.6",
  book: "M8 4.2C6.6 3 4.6 2.8 2 3v9.5c2.6-.2 4.6 0 6 1.2 1.4-1.2 3.4-1.4 6-1.2V3c-2.6-.2-4.6 0-6 1.2Zm0 0v9.5",
};

/**
 * One 16 px line icon; decorative, so the control around it carries the name.
 *
 * @param {IconName} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG_NAMESPACE, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 16 16",
    class: "lx-icon",
    "aria-hidden": "true",
    focusable: "false",
  }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG_NAMESPACE, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A handler that raises must not fail silently: the dashboard shows what its root hears as `lx-fault`.
 *
 * @param {HTMLElement} node
 * @param {(event: any) => unknown} handler
 * @returns {EventListener}
 */
function guarded(node, handler) {
  return (event) => {
    try {
      return handler(event);
    } catch (error) {
      console.error(error);
      node.dispatchEvent(new CustomEvent("lx-fault", { bubbles: true, detail: error }));
      return undefined;
    }
  };
}

/**
 * Create an element. Functions are event handlers, `label` is its accessible name, `key` lets focus survive a redraw.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties<HTMLElementTagNameMap[Tag]>} properties
 * @param {...Children} children
 */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  // Inside the search form a bare button would submit.
  if (tag === "button") node.setAttribute("type", "button");
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "function") node.addEventListener(name, guarded(node, value));
    else if (name === "key") node.dataset.key = value;
    else if (name === "style")
      for (const [variable, amount] of Object.entries(value)) node.style.setProperty(variable, String(amount));
    else if (name === "label") node.setAttribute("aria-label", value);
    else if (AS_PROPERTY.has(name)) Object.assign(node, { [name]: value });
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, String(value));
  }
  node.append(...nodes(children));
  return node;
}

/**
 * Children as `append` takes them: without lists, and without what is not there.
 *
 * @param {readonly Children[]} children
 */
function nodes(children) {
  const flat = /** @type {Child[]} */ (children.flat(2));
  return flat.filter((child) => child !== null && child !== undefined && child !== false);
}

/**
 * A button with an icon only; its name is read out and shown as a tooltip.
 *
 * @param {IconName} name
 * @param {string} label
 * @param {(event: MouseEvent) => unknown} onClick
 * @param {Properties<HTMLButtonElement>} properties
 */
export function iconButton(name, label, onClick, properties = {}) {
  return h("button", { class: "lx-iconbutton", label, title: label, click: onClick, ...properties }, icon(name));
}

/**
 * Text as nodes, hits marked, formulas with their signs below and above the line; what is copied is as it was.
 *
 * @param {Segment[]} list
 */
export function segments(list) {
  return scripts(list).map(([text, hit, role]) => {
    const node =
      role === "sub" || role === "sup"
        ? h(role, {}, text)
        : role
          ? h("span", { class: "lx-sign" }, text)
          : document.createTextNode(text);
    return hit ? h("mark", {}, node) : node;
  });
}

/**
 * Replace the children, keeping the keyboard focus where it was, or on `fallback` if its place is gone.
 *
 * @param {HTMLElement} parent
 * @param {readonly Children[]} children
 * @param {HTMLElement | null} fallback
 */
export function swap(parent, children, fallback = null) {
  const focused = document.activeElement;
  const active = focused instanceof HTMLElement && parent.contains(focused) ? focused : null;
  const key = active?.dataset.key;
  parent.replaceChildren(...nodes(children).filter(Boolean));
  if (!active || parent.contains(active)) return;
  const again = /** @type {HTMLElement[]} */ ([...parent.querySelectorAll("[data-key]")]).find(
    (node) => key && node.dataset.key === key && !node.matches(":disabled"),
  );
  (again || fallback)?.focus({ preventScroll: true });
}

/** Where a key is a letter. */
export const TEXT_FIELD =
  "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [contenteditable='']";

/**
 * Whether the reader went on to a text field after asking for something from where the focus was: it must not leave them then.
 *
 * @param {Element | null} from
 */
export function writes(from) {
  const now = document.activeElement;
  return now !== from && Boolean(now?.matches(TEXT_FIELD));
}

/** @param {string} text */
export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Served over plain http from another machine, the clipboard API is absent.
  const area = h("textarea", { value: text, style: { position: "fixed", opacity: "0" } });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser did not allow copying; select the text and copy it by hand.");
  return undefined;
}

/**
 * JupyterLab keeps Enter from submitting a form in a notebook's output.
 *
 * @param {KeyboardEvent & { currentTarget: HTMLInputElement }} event
 */
export function submitOnEnter(event) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}
