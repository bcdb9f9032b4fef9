import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { NotThisMessage, read, readExactly, write } from "../src/rules/json.ts";
import type { Shape } from "../src/rules/shape.ts";
import * as wire from "../src/wire.ts";
import { ROOT, vectors } from "./vectors.ts";

const { wire: types, refusals, words } = (await import(join(ROOT, "web", "scripts", "wire.mjs"))) as { wire(): string; refusals(): string; words(): string };

const SHAPES: { readonly [message: string]: Shape } = {
  act: wire.ActPayloadShape,
  ballot: wire.BallotPayloadShape,
  "certificate-file": wire.CertificateFileShape,
  "ledger-entry": wire.LedgerEntryShape,
  login: wire.LoginPayloadShape,
  "poll-definition": wire.PollDefinitionShape,
  receipt: wire.ReceiptShape,
  roll: wire.RollShape,
  statement: wire.StatementShape,
  withheld: wire.WithheldShape,
};

test("src/wire.ts, src/refusals.ts and src/refusal_words.ts are what proto/ and docs/problems.md say (`npm run wire`)", () => {
  assert.equal(readFileSync(join(ROOT, "web", "src", "wire.ts"), "utf8"), types());
  assert.equal(readFileSync(join(ROOT, "web", "src", "refusals.ts"), "utf8"), refusals());
  assert.equal(readFileSync(join(ROOT, "web", "src", "refusal_words.ts"), "utf8"), words());
});

test("a good message is read, and written again to the same bytes", () => {
  const cases = vectors<{ cases: { message: string; text: string }[] }>("messages-good").cases.filter(({ message }) => message in SHAPES);
  assert.deepEqual(new Set(cases.map(({ message }) => message)), new Set(Object.keys(SHAPES)));
  for (const { message, text } of cases) {
    assert.equal(write(readExactly(text, SHAPES[message] ?? {})), text);
  }
});

test("a bad message is refused", () => {
  const cases = vectors<{ cases: { message: string; text: string; catches: string }[] }>("messages-bad").cases.filter(({ message }) => message in SHAPES);
  assert.ok(cases.length > 20);
  for (const { message, text, catches } of cases) {
    assert.throws(() => read(text, SHAPES[message] ?? {}), NotThisMessage, `${message}: ${catches}`);
  }
});
