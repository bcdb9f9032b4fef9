import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { ROOT } from "./vectors.ts";

const SRC = join(ROOT, "web", "src");
const PAGES = readdirSync(join(ROOT, "web")).filter((file) => file.endsWith(".html")).map((file) => file.replace(/\.html$/, "")).map((page) => (page === "index" ? "front" : page));
// From the top (docs/screens.md); what stands in one line knows nothing of each other.
const MAP = [PAGES, ["countersign", "passkey"], ["outside"], ["views"], ["acts"], ["shown"], ["line"], ["keys"], ["words"], ["rules"], ["wire.ts", "refusals.ts", "refusal_words.ts"]];
const MADE = new Set(["wire.ts", "refusals.ts", "refusal_words.ts"]);
const floor = (room: string) => MAP.findIndex((rooms) => rooms.includes(room));
const roomOf = (file: string) => relative(SRC, file).split("/")[0] ?? "";
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));

test("every room has its place on the map, and every page its room", () => {
  assert.deepEqual([...new Set(files.map((file) => roomOf(join(SRC, file))))].filter((room) => floor(room) < 0), []);
  // A page of words alone has no script, and no room.
  const hasScript = (page: string) => readFileSync(join(ROOT, "web", `${page === "front" ? "index" : page}.html`), "utf8").includes("<script");
  assert.deepEqual(PAGES.filter((page) => existsSync(join(SRC, page, "page.tsx")) !== hasScript(page)), []);
});

test("no file is longer than one can hold in mind", () => {
  const long = files.filter((file) => !MADE.has(file) && readFileSync(join(SRC, file), "utf8").trimEnd().split("\n").length > 250);
  assert.deepEqual(long, []);
});

test("a room imports only from those below it", () => {
  const up: string[] = [];
  for (const file of files) {
    const path = join(SRC, file);
    for (const [statement, from = ""] of readFileSync(path, "utf8").matchAll(/\b(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const [mine, other] = [roomOf(path), roomOf(join(dirname(path), from))];
      // Shapes are types only: what the wire's file is checked by stands with the rules that read by it.
      const isShape = mine === "wire.ts" && other === "rules" && from.endsWith("/shape.ts");
      if (mine !== other && !isShape && floor(other) <= floor(mine)) up.push(`${file}: ${statement}`);
    }
  }
  assert.deepEqual(up, []);
});
