// RFC 6962 section 2.1, RFC 9162 section 2.1. What is not proven is refused with proof_wrong. Hashes are 32 raw bytes.
import * as why from "../refusals.ts";
import { joined, same, sha256, type Bytes } from "./bytes.ts";
import { refuse } from "./refused.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of a ledger line as a leaf. */
export function leafHash(line: Bytes): Promise<Bytes> {
  return sha256(joined(LEAF, line));
}

function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(joined(NODE, left, right));
}

/** Refuse unless `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves with this root (RFC 9162 2.1.3.2). */
export async function verifyInclusion(leaf: Bytes, index: number, size: number, proof: readonly Bytes[], root: Bytes): Promise<void> {
  if (!(index >= 0 && index < size) || ![leaf, root, ...proof].every(isHash)) notProven("index or hash");
  let [node, at, last] = [leaf, BigInt(index), BigInt(size) - 1n];
  for (const sibling of proof) {
    if (last === 0n) notProven("proof too long");
    if (at & 1n || at === last) {
      node = await nodeHash(sibling, node);
      while (!(at & 1n) && at) [at, last] = [at >> 1n, last >> 1n];
    } else {
      node = await nodeHash(node, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  if (last !== 0n || !same(node, root)) notProven("inclusion");
}

/** The root of the tree whose first `size` leaves have these perfect subtrees (largest first), with `leaves` after them. */
export async function rootOf(size: number, peaks: readonly Bytes[], leaves: readonly Bytes[]): Promise<Bytes> {
  const bits = size.toString(2).replaceAll("0", "").length;
  if (size < 0 || bits !== peaks.length || ![...peaks, ...leaves].every(isHash)) notProven("frontier");
  const stack = [...peaks];
  let count = BigInt(size);
  for (const leaf of leaves) {
    let node = leaf;
    // As in binary counting: each 1 at the end is a subtree that this one completes.
    for (let left = count; left & 1n; left >>= 1n) node = await nodeHash(stack.pop() ?? notProven("frontier"), node);
    stack.push(node);
    count += 1n;
  }
  let root = stack.pop() ?? (await sha256(new Uint8Array()));
  for (let left = stack.pop(); left; left = stack.pop()) root = await nodeHash(left, root);
  return root;
}

/** Refuse unless the older tree is the beginning of the newer (RFC 9162 2.1.4.2). */
export async function verifyConsistency(old: number, size: number, proof: readonly Bytes[], oldRoot: Bytes, root: Bytes): Promise<void> {
  if (!(old > 0 && old <= size) || ![oldRoot, root, ...proof].every(isHash)) notProven("sizes or hash");
  if (old === size) {
    if (proof.length || !same(oldRoot, root)) notProven("consistency");
    return;
  }
  const isPower = !(BigInt(old) & (BigInt(old) - 1n));
  const [first, ...path] = isPower ? [oldRoot, ...proof] : proof;
  if (!first) return notProven("proof too short");
  let [at, last] = [BigInt(old) - 1n, BigInt(size) - 1n];
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  let [older, newer] = [first, first];
  for (const sibling of path) {
    if (last === 0n) notProven("proof too long");
    if (at & 1n || at === last) {
      [older, newer] = [await nodeHash(sibling, older), await nodeHash(sibling, newer)];
      while (!(at & 1n) && at) [at, last] = [at >> 1n, last >> 1n];
    } else {
      newer = await nodeHash(newer, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  if (last !== 0n || !same(older, oldRoot) || !same(newer, root)) notProven("consistency");
}

function isHash(value: Uint8Array): boolean {
  return value.length === 32;
}

function notProven(what: string): never {
  return refuse(why.PROOF_WRONG, { what });
}
