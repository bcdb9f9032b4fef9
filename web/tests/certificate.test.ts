import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { bytesOf } from "../src/rules/bytes.ts";
import * as certificate from "../src/rules/certificate.ts";
import { Anchors, type Purpose } from "../src/rules/credential.ts";
import { decide, mustFollow } from "../src/rules/majority.ts";
import { mustBeClean } from "../src/rules/text.ts";
import { load, readPem } from "../src/rules/x509.ts";
import { sentence, sentenceEn } from "../src/rules/wording.ts";
import type { Counts, Decision, PollDefinition, Statement } from "../src/wire.ts";
import { result, vectors, type Case } from "./vectors.ts";

const file = vectors<{ trust: string; cases: (Case & { file: string; votes?: { [member: string]: string } })[] }>("certificates");
const good = file.cases[0] ?? assert.fail();

for (const one of file.cases) {
  test(`certificate: ${one.name}`, async () => {
    const anchors = await Anchors.read(file.trust);
    const prove = () => certificate.verify(bytesOf(one.file), anchors);
    assert.equal(await result(prove), one.result, one.catches);
    if (one.votes) assert.deepEqual(Object.fromEntries(Array.from((await prove()).votes, ([member, { choice }]) => [member, choice])), one.votes);
  });
}

const chains = vectors<{ trust: string; at: number; cases: (Case & { purpose: Purpose; chain: string[] })[] }>("chains");

for (const one of chains.cases) {
  test(`chain of a ${one.purpose}: ${one.name}`, async () => {
    const anchors = await Anchors.read(chains.trust);
    const ders = one.chain.map((text) => Uint8Array.from(Buffer.from(text, "base64")));
    assert.equal(await result(() => anchors.verify(ders, chains.at, one.purpose)), one.result, one.catches);
  });
}

test("each check is told as it is passed, in order", async () => {
  const told: string[] = [];
  await certificate.verify(bytesOf(good.file), await Anchors.read(file.trust), (check) => told.push(check));
  assert.deepEqual(told, [...certificate.CHECKS]);
});

test("no character of a certificate can be changed", async () => {
  const anchors = await Anchors.read(file.trust);
  for (let at = 0; at < good.file.length; at += 97) {
    const changed = good.file.slice(0, at) + (good.file[at] === "A" ? "B" : "A") + good.file.slice(at + 1);
    assert.notEqual(await result(() => certificate.verify(bytesOf(changed), anchors)), "good", `character ${at}`);
  }
});

test("no byte of the trust anchors can be changed", async () => {
  for (let at = 0; at < file.trust.length; at += 1) {
    const changed = file.trust.slice(0, at) + (file.trust[at] === "A" ? "B" : "A") + file.trust.slice(at + 1);
    assert.equal(await result(() => Anchors.read(changed)), "anchors_malformed", `byte ${at}`);
  }
  for (const pem of ["", `${file.trust}\n`, file.trust + file.trust, file.trust.replaceAll("\n", "\r\n")]) {
    assert.equal(await result(() => Anchors.read(pem)), "anchors_malformed");
  }
});

test("OpenSSL reads the same in an X.509 certificate", () => {
  const payload = (JSON.parse(good.file) as { payload: string }).payload;
  const statement = JSON.parse(Buffer.from(payload, "base64url").toString()) as Statement;
  const ders = [...readPem(file.trust), ...statement.evidence.credentials.flatMap(({ chain }) => chain.map((text) => Uint8Array.from(Buffer.from(text, "base64"))))];
  for (const der of ders) {
    const [ours, theirs] = [load(der), new X509Certificate(der)];
    assert.equal(ours.notBefore * 1000, Date.parse(theirs.validFrom));
    assert.equal(ours.notAfter * 1000, Date.parse(theirs.validTo));
    assert.deepEqual(Buffer.from(ours.spki), theirs.publicKey.export({ type: "spki", format: "der" }));
    assert.deepEqual(ours.names.map(({ text }) => text), theirs.subject.split("\n").map((line) => line.split("=")[1]));
  }
});

test("a certificate cut or lengthened at any place is refused, and nothing else is thrown", async () => {
  const [der] = readPem(file.trust);
  if (!der) assert.fail();
  for (let end = 0; end < der.length; end += 1) assert.equal(await result(() => load(der.slice(0, end))), "chain_malformed");
  for (let at = 0; at < der.length; at += 1) {
    for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
      const changed = der.with(at, byte) as Uint8Array<ArrayBuffer>;
      assert.match(await result(() => load(changed)), /^(good|chain_malformed)$/);
    }
  }
});

// --- Counting ------------------------------------------------------------------------------------------------------

interface Vote {
  readonly definition: PollDefinition;
  readonly figures: { counts: Counts; roll: number; present_open: number; present_close: number; chair_choice: "approve" | "reject" | "abstain" | null };
  readonly decision: Decision;
}

for (const { definition, figures, decision, name, catches } of vectors<{ cases: (Case & Vote)[] }>("majority").cases) {
  test(`decision: ${name}`, () => {
    const { counts, roll, present_open: presentOpen, present_close: presentClose, chair_choice: chair } = figures;
    assert.deepEqual(decide(definition, counts, { roll, presentOpen, presentClose, chair }), decision, catches);
    assert.deepEqual(mustFollow(definition, decision), decision);
  });
}

test("a result that does not follow from its own figures is refused, whatever else agrees with it", async () => {
  for (const { definition, decision } of vectors<{ cases: Vote[] }>("majority").cases) {
    const { counts, outcome } = decision;
    const other = outcome === "rejected" ? "carried" : "rejected";
    const turned = { ...decision, outcome: other } as Decision;
    const lies: Decision[] = [
      { ...decision, sentence: `${decision.sentence} ` }, { ...decision, sentence_en: "Carried." },
      // Which side the chair took in a tie stands in no figure: that, the certificate proves.
      ...(decision.tie_broken_by ? [] : [{ ...turned, sentence: sentence(definition, turned), sentence_en: sentenceEn(definition, turned) }]),
      { ...decision, counts: { ...counts, abstain: counts.abstain + 1 } }, { ...decision, needed: decision.needed + 1 },
    ];
    for (const lie of lies) assert.match(await result(() => mustFollow(definition, lie)), /^(decision_wrong|figures_impossible)$/);
  }
});

for (const one of vectors<{ cases: (Case & { text: string; multiline: boolean })[] }>("text").cases) {
  test(`text: ${one.name}`, async () => assert.equal(await result(() => mustBeClean(one.text, "text", one.multiline)), one.result, one.catches));
}
