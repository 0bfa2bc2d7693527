// @ts-check
/** Errors as sentences: what happened, and what to do. */

import { EcrmAnswerError, EcrmConnectionError, EcrmError, EcrmJobError, EcrmTimeoutError } from "/ecrm.js";
import { h } from "./element.js";
import { t, tOr } from "./words.js";

/** @typedef {{ title: string, advice: string, detail?: string, request?: string, mayRetry: boolean }} Fault */

/**
 * @param {unknown} error
 * @returns {Fault}
 */
export function fault(error) {
  if (error instanceof EcrmError) return answered(error);
  if (error instanceof EcrmConnectionError) return told("unreachable", { mayRetry: true });
  if (error instanceof EcrmTimeoutError) return told("late", { mayRetry: true });
  if (error instanceof EcrmAnswerError) {
    return told("unreachable", { detail: `HTTP ${error.status}, ${error.method}`, mayRetry: true });
  }
  if (error instanceof EcrmJobError) return told("job", { detail: error.message, mayRetry: false });
  if (error instanceof TypeError) return told("unreachable", { mayRetry: true });
  return told("unknown", { detail: String(error), mayRetry: true });
}

/** @param {import("/ecrm.js").EcrmError} error */
function answered(error) {
  const { type, detail, requestID, retryable, } = error.data;
  const places = error.data.type === "invalid_params" ? error.data.errors : undefined;
  const said = places?.map(({ path, message }) => `${path.replace("/params/", "")} ${message}`).join("; ") ?? detail;
  return {
    title: tOr(`faults.${type}.title`, error.message),
    advice: tOr(`faults.${type}.advice`, t("faults.unknown.advice")),
    detail: said,
    request: requestID,
    mayRetry: retryable || type === "internal_error" || type === "deadline_exceeded",
  };
}

/**
 * @param {string} name
 * @param {{ detail?: string, mayRetry: boolean }} more
 * @returns {Fault}
 */
function told(name, more) {
  return { title: t(`faults.${name}.title`), advice: t(`faults.${name}.advice`), ...more };
}

/**
 * An error where its answer would have stood.
 * @param {unknown} error
 * @param {() => void} [again]
 */
export function faultBox(error, again) {
  const { title, advice, detail, request, mayRetry } = fault(error);
  return h(
    "div",
    { class: "fault", role: "alert" },
    h("p", { class: "fault-title" }, title),
    h("p", {}, advice),
    detail !== undefined && h("p", { class: "fault-detail" }, detail),
    request !== undefined && h("p", { class: "fault-detail" }, t("faults.request"), " ", h("code", {}, request)),
    mayRetry && again !== undefined && h("button", { type: "button", onclick: again }, t("faults.again")),
  );
}
