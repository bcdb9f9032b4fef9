import assert from "node:assert/strict";
import { test } from "node:test";
import { digest } from "../src/rules/base64url.ts";
import { bytesOf } from "../src/rules/bytes.ts";
import { Anchors } from "../src/rules/credential.ts";
import * as minutes from "../src/rules/minutes.ts";
import { underWay } from "../src/rules/proceedings.ts";
import { check } from "../src/verify/checking.ts";
import { result, vectors, type Case } from "./vectors.ts";

const file = vectors<{ trust: string; cases: (Case & { file: string; polls?: [string, string][]; unsaid?: string[] })[] }>("minutes");

for (const one of file.cases) {
  test(`minutes: ${one.name}`, async () => {
    const anchors = await Anchors.read(file.trust);
    const prove = () => minutes.verify(bytesOf(one.file), anchors);
    assert.equal(await result(prove), one.result, one.catches);
    if (!one.polls) return;
    const { statement, unsaid } = await prove();
    assert.deepEqual(statement.polls.map(({ poll, state }) => [poll, state]), one.polls);
    assert.deepEqual(unsaid, one.unsaid ?? []);
  });
}

const [good = assert.fail(), empty = assert.fail()] = file.cases;
const bad = file.cases.filter((one) => one.result !== "good");
const trust = bytesOf(file.trust);

test("the page proves minutes check by check, and asks for those that a QR code names", async () => {
  for (const one of [good, empty]) {
    const verdict = await check(bytesOf(one.file), trust, await digest(bytesOf(one.file)));
    assert.deepEqual(verdict.passed, ["trust", "file", "qr", ...minutes.CHECKS]);
    assert.deepEqual(verdict.checks, verdict.passed);
    assert.ok(verdict.minuted && !verdict.proven);
    assert.deepEqual(verdict.compared, { polls: new Map(), before: "", others: [] });
  }
  assert.equal((await check(bytesOf(good.file), trust, "A".repeat(43))).refused?.code, "files_disagree");
});

test("of which vote it cannot be told yet what is withheld", async () => {
  const { minuted } = await check(bytesOf(good.file), trust, "");
  assert.deepEqual(underWay(minuted?.statement.polls ?? []).map(({ state }) => state), ["open"]);
});

test("of every wrong minutes the page says which check refuses them, in words that go on", async () => {
  // Another typ than minutes has is read as a certificate, which it is not either.
  const at: Record<string, string> = { minutes_incomplete: "", minutes_wrong: "", order_wrong: "acts", act_line_wrong: "acts", seal_wrong: "seal" };
  for (const one of bad) {
    const { refused, checks, passed, minuted } = await check(bytesOf(one.file), trust, "");
    assert.equal(refused?.code, one.name === "another typ" ? "certificate_malformed" : one.result, one.name);
    assert.equal(minuted, undefined, one.name);
    const expected = at[one.result] || (one.name.includes("member") ? "attendance" : /edition|item/.test(one.name) ? "agenda" : "polls");
    assert.equal(checks[passed.length], expected, one.name);
    assert.doesNotMatch(refused.text("vi"), / \.$|\{|: \./, one.name);
  }
});

test("what lies beside is proven too, and what is no paper of the sitting is told", async () => {
  const certificate = vectors<{ cases: { file: string }[] }>("countersigned").cases[0]?.file ?? assert.fail();
  const beside = (name: string, bytes: string) => check(bytesOf(good.file), trust, "", [{ name, bytes: bytesOf(bytes) }]);
  const other = await beside("a.signed.json", certificate);
  assert.ok(other.refused, "a certificate of another house");
  assert.equal(other.refusedOf, "a.signed.json");
  assert.equal(other.checks[other.passed.length], "beside");
  for (const text of ["{}", empty.file]) {
    const { compared, refused } = await beside("x.json", text);
    assert.equal(refused, undefined);
    assert.deepEqual(compared?.others, ["x.json"]);
  }
});
