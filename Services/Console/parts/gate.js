// @ts-check
/** What is shown while nobody is signed in: why, and the way in. */

import { EcrmError } from "/ecrm.js";
import { faultBox } from "./faults.js";
import { h, newID } from "./element.js";
import { claims, session } from "./session.js";
import { switches } from "./shell.js";
import { tryToken } from "./suite.js";
import { loadWords, t } from "./words.js";

/** @param {() => void} entered */
export function gate(entered) {
  const heading = h("h1", { tabindex: -1 }, t("gate.title"));
  const field = newID();
  const hint = newID();
  const problem = h("div", {});
  const input = h("input", {
    id: field, type: "password", name: "token", autocomplete: "off", spellcheck: "false", required: true,
    "aria-describedby": hint,
  });
  const button = h("button", { class: "first", type: "submit" }, t("gate.enter"));

  async function enter(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const token = input.value.trim();
    if (token === "") return;
    button.disabled = true;
    problem.replaceChildren();
    try {
      await tryToken(token);
      session.begin(token);
      document.body.replaceChildren();
      entered();
    } catch (error) {
      const refused = error instanceof EcrmError && error.data.type === "unauthenticated";
      problem.replaceChildren(
        refused
          ? h("p", { class: "fault", role: "alert" }, t(isOver(token) ? "gate.over" : "gate.wrong"))
          : faultBox(error),
      );
      input.focus();
    }
    button.disabled = false;
  }

  document.body.replaceChildren(
    h(
      "div",
      { class: "gate" },
      h(
        "main",
        {},
        h("p", { class: "brand" }, h("img", { src: "/icon.svg", alt: "" }), "e-CRM"),
        h("div", {}, heading, h("p", { class: "hint" }, t("gate.lead"))),
        session.ending !== undefined && h("p", { class: "why", role: "status" }, t(`gate.endings.${session.ending}`)),
        h(
          "form",
          { onsubmit: enter },
          h(
            "div",
            {},
            h("label", { for: field }, t("gate.token")),
            input,
            h(
              "p", { class: "hint", id: hint },
              t("gate.where"), " ", h("code", {}, "ecrm token --role staff"), " ",
              t("gate.link"), " ", h("code", {}, "ecrm sign-in"),
            ),
          ),
          problem,
          button,
        ),
        h("div", { class: "about" }, switches(() => loadWords().then(() => gate(entered)))),
      ),
    ),
  );
  document.title = `${t("gate.title")} · e-CRM`;
  if (session.ending === undefined) input.focus();
  else heading.focus();
}

/** @param {string} token */
function isOver(token) {
  const { exp } = claims(token);
  return exp !== undefined && exp * 1000 < Date.now();
}
