// @ts-check
/** What stands around every page: the ways to the others, who is signed in, language and mode. */

import { h } from "./element.js";
import { icon } from "./icons.js";
import { notice } from "./live.js";
import { go, link } from "./router.js";
import { session } from "./session.js";
import { settings } from "./settings.js";
import { t } from "./words.js";

const places = /** @type {const} */ ([
  ["", "chain"],
  ["customers", "customers"],
  ["acquisition", "acquisition"],
  ["retention", "retention"],
  ["expansion", "expansion"],
  ["performance", "performance"],
  ["developers", "developers"],
]);
/** As many have room at the bottom of a phone; the others are behind a button. */
const roomOnPhone = 4;

/**
 * The place for the page, within what stands around it.
 * @param {() => void} restart
 * @returns {HTMLElement}
 */
export function shell(restart) {
  const existing = document.querySelector("main#page");
  if (existing instanceof HTMLElement) return existing;

  const rail = h("nav", { class: "rail", "aria-label": t("shell.navigation") });
  const more = h(
    "button", { type: "button", "aria-expanded": "false", onclick: toggle }, icon("more"), t("shell.more"));
  const items = places.map(([page, name], index) =>
    h(
      "li",
      { class: index >= roomOnPhone && "later" },
      h("a", { href: link(page), "data-page": page }, icon(name), t(`${name}.short`)),
    ),
  );
  items.splice(roomOnPhone, 0, h("li", { class: "more" }, more));
  const { sub = "", role = "" } = session.claims;
  rail.append(
    h("a", { class: "brand", href: link("") }, h("img", { src: "/icon.svg", alt: "" }), "e-CRM"),
    h("ul", {}, ...items),
    h(
      "div",
      { class: "about" },
      switches(restart),
      h("p", {}, t("shell.who", { sub, role })),
      h(
        "button",
        { type: "button", class: "small", onclick: () => session.end("signedOut") },
        icon("out"),
        t("shell.out"),
      ),
    ),
  );

  function toggle() {
    more.setAttribute("aria-expanded", String(rail.classList.toggle("open")));
  }

  const main = h("main", { id: "page", tabindex: -1 });
  const skip = h("a", { class: "skip", href: "#page", onclick: skipTo }, t("shell.skip"));
  function skipTo(/** @type {Event} */ event) {
    // The address names the page; a jump within it must not change that.
    event.preventDefault();
    main.focus();
    main.scrollIntoView();
  }

  document.body.replaceChildren(
    skip,
    h("div", { class: "shell" }, rail, main),
    h("div", { class: "notice", role: "status", "aria-live": "polite" }),
  );
  return main;
}

/**
 * Marks the page shown now among the ways.
 * @param {string} page
 */
export function mark(page) {
  document.querySelector(".rail")?.classList.remove("open");
  document.querySelector(".rail .more button")?.setAttribute("aria-expanded", "false");
  for (const one of document.querySelectorAll(".rail a[data-page]")) {
    if (one.getAttribute("data-page") === page) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
}

/**
 * Language and mode.
 * @param {() => void} restart
 */
export function switches(restart) {
  const language = h(
    "select",
    { "aria-label": t("shell.language"), onchange: speak },
    ...[["en", "English"], ["de", "Deutsch"]].map(([value, name]) =>
      h("option", { value, selected: value === settings.language, lang: value }, name),
    ),
  );
  const mode = h(
    "select",
    { "aria-label": t("shell.mode"), onchange: show },
    ...["system", "light", "dark"].map((value) =>
      h("option", { value, selected: value === settings.mode }, t(`shell.modes.${value}`)),
    ),
  );
  function speak() {
    settings.language = language.value === "de" ? "de" : "en";
    restart();
  }
  function show() {
    settings.mode = /** @type {import("./settings.js").Mode} */ (mode.value);
  }
  return h("div", { class: "switches" }, language, mode);
}

/** The search is a key away from everywhere. */
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || session.token === undefined) return;
  event.preventDefault();
  const search = document.querySelector("main input[type=search]");
  if (search instanceof HTMLElement) search.focus();
  else go(link("customers"));
});

/** A call that is sent again keeps the reader waiting: that is said. */
document.addEventListener("retry", () => {
  if (session.token !== undefined) notice(t("live.retrying"));
});
