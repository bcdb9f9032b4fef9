// Makes src/wire.ts from those of proto/*.schema.json that the pages read, and src/refusals.ts (for every
// `why.CODE` in src/) and src/refusal_words.ts from docs/problems.md: nothing of the wire is written down a second time. A
// test compares. `npm run wire` writes.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROTO = `${ROOT}proto/`;
const SOURCES = fileURLToPath(new URL("../src/", import.meta.url));
const MESSAGES = [
  "act", "admission", "ballot", "body", "certificate-file", "certificate-notice", "challenge", "challenge-asked", "confirmed-ballot", "connected", "counted", "credential-held", "draft-change", "draft-shown", "drafts-moved", "enrolled", "enrolment",
  "floor-act", "floor-done", "floor-news", "floor-opinions", "floor-profile", "floor-shown", "frozen-roll", "intent-shown", "invite", "invites-asked", "ledger-entry",
  "log-key", "login", "meeting-plan", "member", "minutes-notice", "minutes-statement", "minutes-wanted", "passkey", "passkey-asserted", "passkey-challenge", "passkey-logged", "passkey-made", "passkey-vouched", "passkey-wanted", "poll", "poll-definition", "poll-draft", "poll-profile", "presence-corrected", "presence-logged", "presence-mark", "presence-own", "progress", "receipt", "received-from", "record-notice",
  "recovery", "remote-key-shown", "remote-link-shown", "remote-own-key", "remote-pair-shown", "remote-request-shown", "remote-service-shown", "renewal", "revocation", "roll", "seat", "seat-plan", "seat-plan-wanted", "server-time", "signature-begun", "signature-given", "signature-prepared", "signatures-shown", "snapshot", "statement", "stream-event", "void-wish", "void-wishes", "voiding", "withheld",
];
const MADE = ["refusals.ts", "refusal_words.ts", "wire.ts"];
const HEAD = "// Made by scripts/wire.mjs; edit what it is made of, then `npm run wire`.\n";

/** The text of src/wire.ts: for each message its type and its shape, which `rules/json.ts` reads by. */
export function wire() {
  const found = definitions();
  const done = new Set();
  const parts = [];
  const emit = (name) => {
    if (done.has(name)) return;
    done.add(name);
    const schema = found.get(name);
    for (const other of references(schema)) emit(other);
    parts.push(`${comment(schema)}export type ${name} = ${type(schema)};\nexport const ${name}Shape = ${shape(schema)} as const satisfies Shape;\n`);
  };
  for (const name of [...found.keys()].sort()) emit(name);
  return `${HEAD}import type { Shape } from "./rules/shape.ts";\n\n${parts.join("\n")}`;
}

/** The text of src/refusals.ts: each refusal with its stable code and its texts in both languages. */
export function refusals() {
  const lines = known().kept.map(({ name, code, vi, en }) => {
    return `export const ${name} = { code: "${code}", vi: ${JSON.stringify(vi)}, en: ${JSON.stringify(en)} } as const;`;
  });
  return `${HEAD}${lines.join("\n")}\n`;
}

/** docs/problems.md, and its refusals that some file of src/ names. */
function known() {
  const page = readFileSync(`${ROOT}docs/problems.md`, "utf8");
  const rows = [...page.matchAll(/^\| `([a-z0-9_]+)` \| \d+ \| (.*) \| (.*) \|$/gm)];
  if (rows.length < 100) throw new Error("docs/problems.md is not the page it was");
  const wanted = named();
  const found = rows.map(([, code, vi, en]) => ({ name: code.toUpperCase(), code, vi, en }));
  for (const name of wanted) if (!found.some((each) => each.name === name)) throw new Error(`no refusal is named ${name}`);
  return { page, kept: found.filter(({ name }) => wanted.has(name)) };
}

/** The text of src/refusal_words.ts: what facts are called in Vietnamese that the pages themselves tell. Words by their table,
 * a refusal within another by its first sentence (as `services/refusal.py` says both). */
export function words() {
  const { page, kept } = known();
  const said = new Set(sources("rules", "acts").flatMap((text) => [...text.matchAll(/"([^"\n]+)"/g)].map(([, literal]) => literal)));
  const table = page.slice(page.indexOf("| English | tiếng Việt |"));
  const rows = [...table.matchAll(/^\| (.+) \| (.+) \|$/gm)].map(([, english, vi]) => [english, vi]).filter(([english]) => said.has(english));
  const within = kept.map(({ code, vi }) => [code, clause(vi)]).filter(([, vi]) => vi);
  return `${HEAD}export const WORDS: { readonly [english: string]: string } = ${JSON.stringify(Object.fromEntries([...rows, ...within]), undefined, 2)};\n`;
}

function clause(vi) {
  const first = vi.replace(/(?: \(|: )\{\w+\}\)?/g, "").split(". ")[0].replace(/\.$/, "");
  if (first.includes("{")) return "";
  return first[1] === first[1].toUpperCase() ? first : first[0].toLowerCase() + first.slice(1);
}

/** The refusals that some file of src/ names. */
function named() {
  return new Set(sources("").flatMap((text) => [...text.matchAll(/\bwhy\.([A-Z_]+)/g)].map(([, name]) => name)));
}

/** Every file of these rooms of src/ that a hand wrote. */
function sources(...rooms) {
  const files = rooms.flatMap((room) => readdirSync(`${SOURCES}${room}`, { recursive: true }).map((file) => (room ? `${room}/${file}` : file)));
  return files.filter((file) => /\.tsx?$/.test(file) && !MADE.includes(file)).map((file) => readFileSync(SOURCES + file, "utf8"));
}

/** Every definition of these schemas by name; a name means one thing everywhere. */
function definitions() {
  const found = new Map();
  const add = (name, schema) => {
    const text = JSON.stringify(schema);
    if (found.has(name) && JSON.stringify(found.get(name)) !== text) throw new Error(`two things are named ${name}`);
    found.set(name, schema);
  };
  for (const message of MESSAGES) {
    const { $defs, anyOf, title } = JSON.parse(readFileSync(`${PROTO}${message}.schema.json`, "utf8"));
    for (const [name, schema] of Object.entries($defs)) add(name, schema);
    if (anyOf) add(title.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase()), { anyOf });
  }
  return found;
}

function references(schema) {
  if (schema === null || typeof schema !== "object") return [];
  const own = typeof schema.$ref === "string" ? [target(schema.$ref)] : [];
  return [...own, ...Object.values(schema).flatMap(references)];
}

const target = (reference) => reference.replace("#/$defs/", "");

function type(schema) {
  if (schema.$ref) return target(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(type).join(" | ");
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  switch (schema.type) {
    case "object": return schema.properties ? record(schema) : `{ readonly [name: string]: ${type(schema.additionalProperties)} }`;
    case "array": return `readonly (${type(schema.items)})[]`;
    case "integer": return "number";
    case "string": case "boolean": case "null": return schema.type;
    case undefined: return "unknown";
    default: throw new Error(`a type unknown here: ${schema.type}`);
  }
}

function record(schema) {
  // What is neither needed nor has a default may be left out.
  const mark = (name, each) => (schema.required.includes(name) || "default" in each ? "" : "?");
  const members = Object.entries(schema.properties).map(([name, each]) => `  readonly ${JSON.stringify(name)}${mark(name, each)}: ${type(each)};`);
  return members.length ? `{\n${members.join("\n")}\n}` : "Record<string, never>";
}

/** The schema as a literal: references are names, what only people read is left out. */
function shape(schema) {
  if (schema.$ref) return `${target(schema.$ref)}Shape`;
  const members = Object.entries(schema)
    .filter(([key]) => !["title", "description", "discriminator"].includes(key))
    .map(([key, value]) => `${JSON.stringify(key)}: ${part(key, value)}`);
  return `{ ${members.join(", ")} }`;
}

function part(key, value) {
  if (key === "properties") {
    return `{ ${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${shape(each)}`).join(", ")} }`;
  }
  if (key === "anyOf") return `[${value.map(shape).join(", ")}]`;
  if (key === "items" || key === "propertyNames" || (key === "additionalProperties" && value !== false)) return shape(value);
  return JSON.stringify(value);
}

function comment({ description }) {
  return description ? `/** ${description} */\n` : "";
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(new URL("../src/wire.ts", import.meta.url), wire());
  writeFileSync(new URL("../src/refusals.ts", import.meta.url), refusals());
  writeFileSync(new URL("../src/refusal_words.ts", import.meta.url), words());
}
