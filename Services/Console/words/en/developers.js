// @ts-check
/** The developers' pages in English. */

export const services = {
  acquisition: "Acquisition",
  retention: "Retention",
  expansion: "Expansion",
  "channel-integration": "Channel integration",
  "performance-measurement": "Performance measurement",
};

export const effects = { read: "reads", snapshot: "reads", report: "report", write: "writes" };

export const developers = {
  title: "Developers",
  short: "Developers",
  lead: "Every method of the five services, from their own contracts. Run any of them here with your token.",
  search: "Find a method",
  placeholder: "Name, word or param",
  found: { one: "{count} method", other: "{count} methods" },
  none: "No method fits",
  noneAdvice: "Try fewer words, or a noun such as orders or consents.",
  missing: "{service} does not answer now, so its methods are missing. Load the page again in a while.",
};

export const method = {
  back: "All methods",
  none: "There is no method {name}",
  noneAdvice: "It may be of another version, or its service does not answer now.",
  open: "needs no token",
  access: "scope {scope}; roles {roles}",
  params: "Params",
  noParams: "It takes none.",
  name: "Name",
  type: "Type",
  needed: "Needed",
  required: "required",
  optional: "optional",
  meaning: "Meaning",
  answer: "Result",
  errors: "Errors",
  kind: "Type",
  code: "Code",
};

export const run = {
  title: "Run it",
  hint: "With your own token, on the real data.",
  params: "Params (JSON)",
  paramsHint: "The contract's example to begin with; its ids are examples too.",
  run: "Run",
  sure: "I know that this changes data",
  unsure: "This method changes data. Say that you know, then run it.",
  noObject: "Params are a JSON object, by name.",
  noJSON: "This is no JSON:",
  copyAs: "Copy as",
  copied: "Copied as {name}.",
  notCopied: "The browser did not allow copying.",
  took: "HTTP {status} after {ms} ms",
  answer: "Answer",
  example: "The contract's example answer",
};
