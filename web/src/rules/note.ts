// C2SP signed-note, tlog-checkpoint, tlog-proof@v1: what our own ledger would not have written is refused, except
// signature lines of other keys (witnesses), which the format tells readers to skip.
import * as why from "../refusals.ts";
import { decodeStandard } from "./base64url.ts";
import { bytesOf, hex, joined, same, sha256, type Bytes } from "./bytes.ts";
import { ed25519, type PublicKey } from "./keys.ts";
import { refuse } from "./refused.ts";

const LONGEST_NOTE = 200_000;
const LONGEST_PATH = 64;
const NUMBER = /^(?:0|[1-9][0-9]{0,18})$/;
// Space as Unicode and Python have it: \s takes U+FEFF for one, and U+0085 for none.
const NAME = /^[^\p{White_Space}+\x00-\x1f\x7f]+$/u;
const ED25519 = 1;

/** A tree head that its ledger signed. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
}

/** A tlog-proof taken apart, not yet believed; `extra` is signed by nobody. */
export interface Proof {
  readonly index: number;
  readonly hashes: readonly Bytes[];
  readonly checkpoint: string;
  readonly extra: boolean;
}

interface Verifier {
  readonly name: string;
  readonly id: Bytes;
  readonly key: PublicKey;
}

/** What a checkpoint says, once the ledger's signature on it is verified. Refuses with checkpoint_wrong. */
export async function openCheckpoint(text: string, logKey: string): Promise<Checkpoint> {
  const verifier = await readLogKey(logKey);
  if ([...text].length > LONGEST_NOTE || !text.endsWith("\n")) wrong("length or end");
  const end = text.lastIndexOf("\n\n");
  if (end < 0) wrong("no signatures");
  const body = text.slice(0, end + 1);
  await mustBeSigned(bytesOf(body), text.slice(end + 2, -1).split("\n"), verifier);
  // Signed by the ledger; extension lines or another origin would still be no checkpoint of ours.
  const [origin, size, root, rest, ...more] = body.split("\n");
  if (origin !== verifier.name || rest !== "" || more.length) return wrong("lines");
  return { origin, size: number(size) ?? wrong("lines"), root: hash(root) ?? wrong("root") };
}

async function mustBeSigned(body: Bytes, lines: readonly string[], verifier: Verifier): Promise<void> {
  let found = false;
  for (const line of lines) {
    const [dash, name, encoded, ...more] = line.split(" ");
    const value = decodeStandard(encoded ?? "!") ?? wrong("signature line");
    if (dash !== "—" || !NAME.test(name ?? "") || more.length || value.length < 5) wrong("signature line");
    if (name !== verifier.name || !same(value.subarray(0, 4), verifier.id)) continue;
    // A bad signature in the ledger's own name spoils the note.
    if (!(await verifier.key.verify("EdDSA", value.slice(4), body))) wrong("signature");
    found = true;
  }
  if (!found) wrong("not signed by the ledger");
}

async function readLogKey(text: string): Promise<Verifier> {
  const [, name, id, encoded] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? wrong("ledger key");
  const value = decodeStandard(encoded ?? "!") ?? wrong("ledger key");
  if (name === undefined || !NAME.test(name) || value.length !== 33 || value[0] !== ED25519) return wrong("ledger key");
  const expected = (await sha256(joined(bytesOf(`${name}\n`), value))).slice(0, 4);
  if (id !== hex(expected)) wrong("ledger key");
  return { name, id: expected, key: ed25519(value.slice(1)) };
}

/** The ledger's own key, by which it signs the acts of its clock. */
export async function ledgerKey(logKey: string): Promise<PublicKey> {
  return (await readLogKey(logKey)).key;
}

/** Take a tlog-proof apart without believing it. Refuses with proof_wrong. */
export function openProof(text: string): Proof {
  const blank = text.indexOf("\n\n");
  const [header, ...lines] = text.slice(0, Math.max(blank, 0)).split("\n");
  if (blank < 0 || header !== "c2sp.org/tlog-proof@v1" || text.length > 2 * LONGEST_NOTE) notProven("header");
  const extra = lines[0]?.startsWith("extra ") ? lines.shift()?.slice(6) : undefined;
  if (extra !== undefined && !decodeStandard(extra)) notProven("extra");
  const first = lines.shift();
  if (!first?.startsWith("index ")) return notProven("index");
  if (lines.length > LONGEST_PATH) notProven("index or length");
  return {
    index: number(first.slice(6)) ?? notProven("index or length"),
    hashes: lines.map((line) => hash(line) ?? notProven("hash")),
    checkpoint: text.slice(blank + 2),
    extra: extra !== undefined,
  };
}

function number(text: string | undefined): number | undefined {
  // Numbers above 2^53 would lose digits: no ledger is so long.
  return text !== undefined && NUMBER.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

function hash(text: string | undefined): Bytes | undefined {
  const value = decodeStandard(text ?? "!");
  return value?.length === 32 ? value : undefined;
}

function wrong(what: string): never {
  return refuse(why.CHECKPOINT_WRONG, { what });
}

function notProven(what: string): never {
  return refuse(why.PROOF_WRONG, { what });
}
