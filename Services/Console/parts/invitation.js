// @ts-check
/** One-time links: `#sign-in=CODE` becomes a token. */

import { EcrmError } from "/ecrm.js";
import { notice } from "./live.js";
import { session } from "./session.js";
import { suite } from "./suite.js";
import { t } from "./words.js";

/** Redeems the code in the address, which is taken out of it before anything else happens. */
export async function redeem() {
  const code = /^#sign-in=(.+)$/.exec(location.hash)?.[1];
  if (code === undefined) return;
  history.replaceState(null, "", "#/");
  try {
    const { token } = await suite.signIns.redeem({ code: decodeURIComponent(code) });
    session.begin(token);
    // What stands around the page names who was signed in before.
    document.body.replaceChildren();
  } catch (error) {
    const isUsed = error instanceof EcrmError && !error.data.retryable;
    const ending = isUsed ? "link" : "linkLater";
    // Who is signed in already stays so.
    if (session.token === undefined) session.ending = ending;
    else document.addEventListener("shown", () => notice(t(`gate.endings.${ending}`)), { once: true });
  }
}
