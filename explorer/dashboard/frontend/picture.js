// The still picture that a notebook keeps of the dashboard, in an output of its own: hidden while the dashboard stands.

/** @import { App } from "./page.d.ts" */

/** @param {App} app */
export function hidePicture(app) {
  const { picture } = app.model.get("assets");
  if (!picture) return;
  const style = document.createElement("style");
  const name = `.${CSS.escape(picture)}`;
  // With it the line that JupyterLab keeps for an output.
  style.textContent = `${name}, .jp-OutputArea-child:has(${name}) { display: none !important; }`;
  document.head.append(style);
  app.signal.addEventListener("abort", () => style.remove());
}
