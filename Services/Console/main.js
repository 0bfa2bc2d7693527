// @ts-check
/** The console: shows the page of the address to whoever is signed in. */

import { h } from "./parts/element.js";
import { faultBox } from "./parts/faults.js";
import { gate } from "./parts/gate.js";
import { redeem } from "./parts/invitation.js";
import { empty, skeleton } from "./parts/live.js";
import { here, link, visit } from "./parts/router.js";
import { session } from "./parts/session.js";
import { applyMode } from "./parts/settings.js";
import { mark, shell } from "./parts/shell.js";
import { loadWords, t } from "./parts/words.js";

/** @typedef {{ title: string, lead?: string, controls?: Node, content: Node[] }} Drawn */
/** @typedef {{ draw(visit: import("./parts/router.js").Visit): Drawn }} Page */

/** @type {Record<string, () => Promise<Page>>} */
const pages = {
  "": () => import("./pages/chain.js"),
  customers: () => (here().thing === undefined ? import("./pages/customers.js") : import("./pages/customer.js")),
  retention: () => import("./pages/retention.js"),
  acquisition: () => import("./pages/acquisition.js"),
  expansion: () => import("./pages/expansion.js"),
  performance: () => import("./pages/performance.js"),
  developers: () => (here().thing === undefined ? import("./pages/developers.js") : import("./pages/method.js")),
};

let leaving = new AbortController();

/**
 * Shows the page of the address, and moves the focus to its heading when the reader came here by a link.
 * @param {{ moveFocus?: boolean }} options
 * @returns {Promise<void>}
 */
async function render({ moveFocus = true } = {}) {
  leaving.abort();
  const mine = (leaving = new AbortController());
  if (session.token === undefined) return gate(() => render());

  const { page } = here();
  const main = shell(restart);
  mark(page);
  main.replaceChildren(skeleton(6));
  const drawn = await draw(page, mine.signal).catch(unshown);
  if (mine.signal.aborted) return;
  const heading = h("h1", { tabindex: -1 }, drawn.title);
  const head = h("div", {}, heading, drawn.lead !== undefined && h("p", {}, drawn.lead));
  main.replaceChildren(h("div", { class: "page-head" }, head, drawn.controls), ...drawn.content);
  document.title = `${drawn.title} · e-CRM`;
  document.dispatchEvent(new Event("shown"));
  if (moveFocus) {
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }
}

/**
 * @param {string} page
 * @param {AbortSignal} signal
 * @returns {Promise<Drawn>}
 */
async function draw(page, signal) {
  if (!Object.hasOwn(pages, page)) {
    const back = h("a", { href: link("") }, t("missing.back"));
    return { title: t("missing.title"), content: [empty(t("missing.text"), back)] };
  }
  return (await pages[page]()).draw(visit(signal));
}

/**
 * What stands in the place of a page whose own parts did not come.
 * @param {unknown} error
 * @returns {Drawn}
 */
function unshown(error) {
  return { title: t("missing.broken"), content: [faultBox(error, () => render())] };
}

/** Starts anew in another language. */
async function restart() {
  await loadWords();
  document.body.replaceChildren();
  await render({ moveFocus: false });
}

applyMode();
await loadWords();
await redeem();
session.addEventListener("end", () => render());
addEventListener("hashchange", () => redeem().then(() => render()));
await render({ moveFocus: false });
