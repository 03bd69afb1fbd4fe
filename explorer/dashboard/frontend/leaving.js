/** @import { App } from "./page.d.ts" */

/** Phases of an intake in which something would be lost with the page. */
const UNDER_WAY = ["receiving", "reading", "fetching", "review", "building"];

/**
 * Ask before the page is left while papers are on their way in. What is being built in goes on without the page, and is there when
 * the corpus is next opened.
 *
 * @param {App} app
 */
export function askBeforeLeaving(app) {
  if (!app.page) return;
  const phase = () => app.model.get("intake").phase;
  let asked = false;
  // The page's template hears of it before Voila does, and calls this.
  Object.assign(window, {
    /** @param {BeforeUnloadEvent} event */
    __lxLeaving(event) {
      asked = !app.signal.aborted && UNDER_WAY.includes(phase());
      if (!asked) return;
      event.preventDefault();
      // Voila ends the kernel here, before anybody has answered.
      event.stopImmediatePropagation();
    },
  });
  window.addEventListener(
    "pagehide",
    () => {
      if (asked && phase() !== "building") sayGoodbye();
    },
    { signal: app.signal },
  );
}

/** End the kernel of the page, as Voila does. */
function sayGoodbye() {
  const { kernelId, baseUrl } = document.body.dataset;
  const form = new FormData();
  form.append("_xsrf", document.cookie.match("\\b_xsrf=([^;]*)\\b")?.[1] ?? "");
  navigator.sendBeacon(`${baseUrl}api/shutdown/${kernelId}`, form);
}
