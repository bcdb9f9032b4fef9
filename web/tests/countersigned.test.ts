import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../src/rules/bytes.ts";
import { Anchors } from "../src/rules/credential.ts";
import { isSignedFile, openSigned } from "../src/rules/countersigned.ts";
import { check } from "../src/verify/checking.ts";
import { result, vectors, type Case } from "./vectors.ts";

const file = vectors<{ trust: string; cases: (Case & { file: string; certificate?: string; signers?: { [place: string]: string } })[] }>("countersigned");
const good = file.cases[0] ?? assert.fail();
const trust = bytesOf(file.trust);

for (const one of file.cases) {
  test(`signed edition: ${one.name}`, async () => {
    const anchors = await Anchors.read(file.trust);
    assert.equal(await result(() => openSigned("certificate", bytesOf(one.file), anchors)), one.result, one.catches);
  });
}

test("who signed as what is told, and which certificate.json the seal names", async () => {
  const { signers, sealed } = await openSigned("certificate", bytesOf(good.file), await Anchors.read(file.trust));
  assert.deepEqual(signers.map(({ place }) => place), ["secretary", "chair", "seal"]);
  assert.deepEqual(Object.fromEntries(signers.filter(({ member }) => member).map(({ place, member }) => [place, member])), good.signers);
  assert.equal(sealed, good.certificate);
  assert.ok(isSignedFile(bytesOf(good.file)));
});

test("no character of a signed file can be changed", async () => {
  const anchors = await Anchors.read(file.trust);
  for (let at = 0; at < good.file.length; at += 211) {
    const changed = good.file.slice(0, at) + (good.file[at] === "A" ? "B" : "A") + good.file.slice(at + 1);
    assert.notEqual(await result(() => openSigned("certificate", bytesOf(changed), anchors)), "good", `character ${at}`);
  }
});

test("the page proves the statement of a signed edition, and asks for the certificate that a QR code names", async () => {
  const verdict = await check(bytesOf(good.file), trust, good.certificate ?? "");
  assert.equal(verdict.refused?.code, undefined);
  assert.ok(verdict.proven);
  assert.deepEqual(verdict.passed, verdict.checks);
  assert.equal(verdict.signers?.length, 3);
  const other = await check(bytesOf(good.file), trust, "A".repeat(43));
  assert.equal(other.refused?.code, "files_disagree");
});

test("of every wrong file the page says which check refuses it", async () => {
  for (const one of file.cases.slice(1)) {
    if (one.name === "certificate.json") continue;
    const { refused, proven } = await check(bytesOf(one.file), trust, "");
    assert.equal(proven, undefined, one.name);
    assert.ok(refused, one.name);
  }
});
