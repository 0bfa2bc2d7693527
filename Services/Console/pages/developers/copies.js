// @ts-check
/** A call as others write it. The token never leaves the page: each reads it from the environment. */

/** @typedef {import("../../parts/contracts.js").Method} Method */

/**
 * @param {Method} method
 * @param {any} params
 */
export function curl({ service, name }, params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: name, params });
  // Within single quotes a shell changes nothing but the quote itself.
  const quoted = body.replaceAll("'", String.raw`'\''`);
  return [
    `curl --cacert "$ECRM_CA" -H "Authorization: Bearer $ECRM_TOKEN" -H 'Content-Type: application/json' \\`,
    `  -d '${quoted}' \\`,
    `  ${location.origin}/${service}/rpc`,
  ].join("\n");
}

/**
 * @param {Method} method
 * @param {any} params
 */
export function typescript({ service, name }, params) {
  const [noun, ...words] = name.split(".");
  const verb = words.map((word, place) => (place ? word[0].toUpperCase() + word.slice(1) : word)).join("");
  const isShared = noun === "jobs" || noun === "rpc";
  const call = isShared ? `ecrm.on("${service}").${noun}.${verb}` : `ecrm.${noun}.${verb}`;
  return [
    `import { connect } from "./ecrm.js";`,
    "",
    `const ecrm = connect({ origin: "${location.origin}", token: process.env.ECRM_TOKEN });`,
    `const answer = await ${call}(${JSON.stringify(params, null, 2)});`,
    `console.log(JSON.stringify(answer, null, 2));`,
  ].join("\n");
}

/**
 * @param {Method} method
 * @param {any} params
 */
export function python({ service, name }, params) {
  return [
    `import json, os, ssl, urllib.request`,
    "",
    `# JSON, as Python reads it.`,
    `params = json.loads(${JSON.stringify(JSON.stringify(params))})`,
    `body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "${name}", "params": params}).encode()`,
    `request = urllib.request.Request("${location.origin}/${service}/rpc", body, {`,
    `    "Authorization": f"Bearer {os.environ['ECRM_TOKEN']}", "Content-Type": "application/json"})`,
    `tls = ssl.create_default_context(cafile=os.environ.get("ECRM_CA"))`,
    `answer = json.load(urllib.request.urlopen(request, context=tls))`,
    `print(answer.get("result", answer.get("error")))`,
  ].join("\n");
}
