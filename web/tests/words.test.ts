import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { say, speak, words, type Words } from "../src/words/language.ts";
import { ROOT } from "./vectors.ts";

const SRC = join(ROOT, "web", "src");
const ROOMS = readdirSync(SRC).filter((room) => existsSync(join(SRC, room, "words.ts")));
const VIETNAMESE = /[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]/i;
const PLACES = /\{(\w+)\}/g;

/** The files that may say a room's words: the room's own and, of the shared rooms, everybody's. */
function sources(room: string): string {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file) && !file.endsWith("words.ts"));
  const own = files.filter((file) => file.startsWith(`${room}/`) || readFileSync(join(SRC, file), "utf8").includes(`/${room}/words.ts`));
  return own.map((file) => readFileSync(join(SRC, file), "utf8").replace(/^(import|export) [^;]*? from [^;]*;$/gm, "")).join("\n");
}

for (const room of ROOMS) {
  const catalogues = (await import(`../src/${room}/words.ts`)) as { readonly [name: string]: { readonly [key: string]: Words | readonly Words[] } };
  const said = Object.entries(catalogues).flatMap(([catalogue, texts]) =>
    Object.entries(texts).flatMap(([key, texts]) => [texts].flat().map((text) => ({ name: `${catalogue}.${key}`, ...text }) as Words & { readonly name: string })));

  test(`${room}: every text stands in both languages, composed (NFC), with the same places`, () => {
    assert.ok(said.length > 0);
    for (const { name, vi, en } of said) {
      assert.ok(vi.trim() && en.trim(), name);
      assert.equal(vi, vi.normalize("NFC"), name);
      assert.ok(!VIETNAMESE.test(en), `${name}: ${en}`);
      assert.deepEqual([...vi.matchAll(PLACES)].map(([place]) => place).sort(), [...en.matchAll(PLACES)].map(([place]) => place).sort(), name);
    }
  });

  test(`${room}: no text is left that nobody says`, () => {
    const code = sources(room);
    const isSaid = (catalogue: string, key: string) =>
      catalogue === "WORDS" ? new RegExp(`\\bWORDS\\.${key}\\b`).test(code) : new RegExp(`\\b${catalogue}(?!\\.)\\b|\\b${catalogue}\\.${key}\\b`).test(code);
    const unused = Object.entries(catalogues).flatMap(([catalogue, texts]) => Object.keys(texts).filter((key) => !isSaid(catalogue, key)).map((key) => `${catalogue}.${key}`));
    assert.deepEqual(unused, []);
  });
}

test("a list of words stands in one place: no two catalogues say the same of the same values", async () => {
  const all = (await Promise.all(ROOMS.map(async (room) => Object.entries((await import(`../src/${room}/words.ts`)) as Readonly<Record<string, Readonly<Record<string, Words>>>>)
    .map(([name, texts]) => ({ name: `${room}.${name}`, texts }))))).flat().filter(({ name }) => !name.endsWith(".WORDS"));
  const saysAgain = (one: Readonly<Record<string, Words>>, other: Readonly<Record<string, Words>>) =>
    Object.keys(one).sort().join() === Object.keys(other).sort().join() && Object.entries(one).some(([key, { vi }]) => vi === other[key]?.vi);
  const twice = all.flatMap(({ name, texts }, at) => all.slice(at + 1).filter((other) => saysAgain(texts, other.texts)).map((other) => `${name} = ${other.name}`));
  assert.deepEqual(twice, []);
});

// Delegates of a party say "đồng chí" to each other, shareholders do not: desks address nobody so.
test("the desks and what pages share address nobody as a comrade", async () => {
  for (const room of ["chair", "secretary", "views"]) {
    const texts = readdirSync(join(SRC, room)).filter((file) => file.endsWith("words.ts")).map((file) => readFileSync(join(SRC, room, file), "utf8"));
    assert.ok(!/đồng chí/i.test(texts.join()), room);
  }
});

test("a catalogue in parts has each text once", async () => {
  for (const room of ROOMS) {
    const parts = readdirSync(join(SRC, room)).filter((file) => file.endsWith("_words.ts"));
    const keys = parts.flatMap((file) => [...readFileSync(join(SRC, room, file), "utf8").matchAll(/^  (\w+): words\(/gm)].map(([, key]) => key));
    assert.deepEqual(keys.filter((key, at) => keys.indexOf(key) !== at), [], room);
  }
});

test("a text is said in the chosen language, its places filled in", () => {
  const text = words("Còn {n} giây", "{n} seconds left");
  assert.equal(say(text, { n: 15 }), "Còn 15 giây");
  speak("en");
  assert.equal(say(text, { n: 15 }), "15 seconds left");
  assert.equal(say(text), "{n} seconds left");
  speak("vi");
  const title = "Nghị quyết {constructor} {toString} {n}";
  assert.equal(say(words(title, title)), title);
});
