// Writes every example of the contracts as TypeScript: the types must take what the services take and answer.
import { readdirSync, readFileSync } from "node:fs";

const services = new URL("../../../Services/", import.meta.url);
const contracts = readdirSync(services)
  .map((folder) => new URL(`${folder}/openrpc.json`, services))
  .flatMap((file) => {
    try {
      return [JSON.parse(readFileSync(file, "utf8"))];
    } catch (error) {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
      throw error;
    }
  });

console.log('import { connect, JobReference, Started } from "./ecrm.js";');
console.log('const ecrm = connect({ origin: "" });');
// Literals, so that members which a type does not have are found.
console.log("function answers<Method extends (...input: any) => Promise<unknown>>(");
console.log("  method: Method, answer: Answer<Awaited<ReturnType<Method>>>) {}");
console.log("type Answer<Result> = Result extends Started ? JobReference : Result;");
let count = 0;
for (const contract of contracts) {
  for (const method of contract.methods) {
    for (const example of method.examples ?? []) {
      // A name of more than two parts has the later ones as one verb.
      const [noun, verb, ...more] = method.name.split(".");
      const called = verb + more.map((part) => part[0].toUpperCase() + part.slice(1)).join("");
      const name = `ecrm.on("${contract.info.title}").${noun}.${called}`;
      const params = Object.fromEntries(example.params.map((param) => [param.name, param.value]));
      console.log(`export const call${count} = () => ${name}(${JSON.stringify(params)});`);
      if (example.result) console.log(`answers(${name}, ${JSON.stringify(example.result.value)});`);
      count += 1;
    }
  }
}
if (count === 0) throw new Error("The contracts have no examples.");
