import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const { ECRM_HOME: home, ECRM_PORT_BASE: base } = process.env;

test("a frontend's first ten minutes go as the README shows them", async () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const shown = readme.match(/```js\n(import [^`]*ecrm\.js[^`]*)```/)?.[1];
  assert.ok(shown, "the README shows a program");
  // Word for word, but for where the suite and the client are.
  const program = shown
    .replaceAll("localhost:71", `localhost:${Number(base) / 100}`)
    .replaceAll(".ecrm/", `${home}/`)
    .replace("./Clients/TypeScript/ecrm.js", fileURLToPath(new URL("../ecrm.js", import.meta.url)));
  const path = `${dirname(home)}/first.mjs`;
  writeFileSync(path, program);
  const { stdout } = await promisify(execFile)(process.execPath, [path]);
  for (const line of [
    "written: created { accepted: 1, updated: 0, unchanged: 0, rejected: [] }", "found: ", "view: ",
    "orders: 1 may write: false", "job: succeeded 1", "trained: ", "worth: no model yet", "refused: invalid_params",
  ]) {
    assert.ok(stdout.includes(`${line}`), `${line} is not in\n${stdout}`);
  }
});
