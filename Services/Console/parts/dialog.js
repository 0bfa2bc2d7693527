// @ts-check
/** A question that has to be answered first: a reason, and whether to go on. */

import { faultBox } from "./faults.js";
import { h, newID } from "./element.js";
import { t } from "./words.js";

/**
 * Asks for a reason, then does what was asked; the dialog stays, with the error, where that fails.
 * @param {AbortSignal} leaving The dialog goes when its page does.
 * @param {object} question
 * @param {string} question.title
 * @param {string} question.text
 * @param {string} question.action What the button says.
 * @param {import("./element.js").Pieces} [question.more] What else has to be chosen.
 * @param {() => string | undefined} [question.missing] Says what has not been chosen yet.
 * @param {(reason: string) => Promise<void>} question.act
 */
export function askReason(leaving, { title, text, action, more, missing, act }) {
  const heading = newID();
  const field = newID();
  const opener = document.activeElement;
  const problem = h("div", {});
  const reason = h("input", { id: field, required: true, maxlength: 500, autocomplete: "off" });
  const yes = h("button", { class: "first", type: "submit" }, action);
  const close = () => dialog.close();
  /** @type {HTMLDialogElement} */
  const dialog = h(
    "dialog", { "aria-labelledby": heading, onclose: gone },
    h(
      "form", { onsubmit: submit },
      h("h2", { id: heading }, title),
      h("p", {}, text),
      more,
      h("div", {}, h("label", { for: field }, t("dialog.reason")), reason),
      problem,
      h(
        "div", { class: "row end" },
        h("button", { type: "button", onclick: close }, t("dialog.cancel")),
        yes,
      ),
    ),
  );

  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const lacking = missing?.();
    if (lacking !== undefined) {
      problem.replaceChildren(h("p", { class: "fault", role: "alert" }, lacking));
      return;
    }
    yes.disabled = true;
    problem.replaceChildren();
    try {
      await act(reason.value.trim());
      dialog.close();
    } catch (error) {
      problem.replaceChildren(faultBox(error));
    }
    yes.disabled = false;
  }

  function gone() {
    leaving.removeEventListener("abort", close);
    dialog.remove();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  }

  document.body.append(dialog);
  leaving.addEventListener("abort", close, { once: true });
  dialog.showModal();
  // What has to be chosen comes before its reason.
  const search = dialog.querySelector("input[type=search]");
  (search instanceof HTMLElement ? search : reason).focus();
}
