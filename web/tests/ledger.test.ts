import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, type Bytes } from "../src/rules/bytes.ts";
import { leafHash, rootOf, verifyConsistency, verifyInclusion } from "../src/rules/merkle.ts";
import { openCheckpoint, openProof } from "../src/rules/note.ts";
import * as receipt from "../src/rules/receipt.ts";
import { openExtract } from "../src/rules/extract.ts";
import type { Extract, Receipt } from "../src/wire.ts";
import { result, vectors, type Case } from "./vectors.ts";

interface Trees {
  readonly leaves: string[];
  readonly roots: string[];
  readonly inclusion: { index: number; size: number; proof: string[] }[];
  readonly consistency: { old: number; new: number; proof: string[] }[];
  readonly bad: (Case & { leaf: number; leaf_hash?: string; index: number; size: number; proof: string[]; root: string })[];
}

const trees = vectors<Trees>("merkle");
const notes = vectors<{ log_key: string; checkpoints: (Case & { text: string })[]; proofs: (Case & { text: string })[]; log_keys: (Case & { log_key: string })[] }>("note");
const receipts = vectors<{ log_key: string; ballot: string; cases: (Case & { receipt: Receipt })[] }>("receipt");

function raw(digits: string | undefined): Bytes {
  return Uint8Array.from(Buffer.from(digits ?? assert.fail("hash"), "hex"));
}

const leaves = await Promise.all(trees.leaves.map((leaf) => leafHash(raw(leaf))));
const root = (size: number) => raw(trees.roots[size]);

test("roots are those of RFC 6962, from any beginning", async () => {
  for (const [size, expected] of trees.roots.entries()) assert.equal(hex(await rootOf(0, [], leaves.slice(0, size))), expected);
  for (const start of [1, 2, 4]) {
    assert.equal(hex(await rootOf(start, [root(start)], leaves.slice(start))), trees.roots[8]);
  }
  assert.equal(await result(() => rootOf(3, [root(2)], [])), "proof_wrong");
});

test("what stands in the tree is proven", async () => {
  for (const { index, size, proof } of trees.inclusion) await verifyInclusion(leaves[index] ?? assert.fail(), index, size, proof.map(raw), root(size));
  for (const { old, new: size, proof } of trees.consistency) await verifyConsistency(old, size, proof.map(raw), root(old), root(size));
});

test("a proof of a smaller tree proves nothing of a larger one", async () => {
  const { proof } = trees.inclusion.find(({ index, size }) => index === 0 && size === 4) ?? assert.fail();
  assert.equal(await result(() => verifyInclusion(leaves[0] ?? assert.fail(), 0, 8, proof.map(raw), root(4))), "proof_wrong");
});

for (const one of trees.bad) {
  test(`no proof: ${one.name}`, async () => {
    const leaf = one.leaf_hash === undefined ? leaves[one.leaf] : raw(one.leaf_hash);
    const found = await result(() => verifyInclusion(leaf ?? assert.fail(), one.index, one.size, one.proof.map(raw), raw(one.root)));
    // The climb from an inner node is right: what saves us is that a line never hashes to one.
    assert.equal(found, one.leaf_hash === undefined ? "proof_wrong" : "good", one.catches);
    if (one.leaf_hash !== undefined) assert.notEqual(hex(await leafHash(raw(trees.leaves.slice(0, 4).join("")))), one.leaf_hash);
  });
}

for (const one of notes.checkpoints) {
  test(`checkpoint: ${one.name}`, async () => assert.equal(await result(() => openCheckpoint(one.text, notes.log_key)), one.result, one.catches));
}

for (const one of notes.log_keys) {
  const good = notes.checkpoints[0]?.text ?? assert.fail();
  test(`log key: ${one.name}`, async () => assert.equal(await result(() => openCheckpoint(good, one.log_key)), one.result, one.catches));
}

for (const one of notes.proofs) {
  test(`tlog-proof: ${one.name}`, async () => assert.equal(await result(() => openProof(one.text)), one.result, one.catches));
}

for (const one of receipts.cases) {
  test(`receipt: ${one.name}`, async () => assert.equal(await result(() => receipt.verify(one.receipt, receipts.log_key)), one.result, one.catches));
}

test("a phone takes the receipt of its own ballot in this poll, and no other", async () => {
  const good = receipts.cases[0]?.receipt ?? assert.fail();
  const sent = { poll: good.poll, ballot: receipts.ballot };
  assert.equal((await receipt.mustHold(good, sent, receipts.log_key)).entry.kind, "ballot");
  assert.equal(await result(() => receipt.mustHold(good, { ...sent, ballot: "another" }, receipts.log_key)), "proof_wrong");
  assert.equal(await result(() => receipt.mustHold(good, { ...sent, poll: "bq-00" }, receipts.log_key)), "proof_wrong");
});

test("a ledger that stands in a file of its own is asked for, and not taken for an empty one", async () => {
  const { cases } = vectors<{ cases: { message: string; text: string }[] }>("messages-good");
  const extracts = cases.filter(({ message }) => message === "extract").map(({ text }) => JSON.parse(text) as Extract);
  const apart = extracts.filter(({ file }) => file);
  assert.equal(apart.length, 1);
  for (const extract of apart) assert.equal(await result(() => openExtract(extract)), "ledger_file_needed");
  for (const { file, ...bare } of apart) assert.equal(await result(() => openExtract(bare)), "ledger_root_wrong");
});
