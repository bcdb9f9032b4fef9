// A run of a ledger taken out of it, believed only when it makes up the tree that the checkpoint signs:
// `services/rules/extract.py`.
import * as why from "../refusals.ts";
import { LedgerEntryShape, WithheldShape, type Extract, type LedgerEntry, type Withheld } from "../wire.ts";
import { decode } from "./base64url.ts";
import { bytesOf, same, type Bytes } from "./bytes.ts";
import { NotThisMessage, readExactly } from "./json.ts";
import { leafHash, rootOf } from "./merkle.ts";
import { openCheckpoint } from "./note.ts";
import { refuse, Refused, wrapping } from "./refused.ts";
import type { Shape } from "./shape.ts";

/** A line in its place: its index in the whole ledger, its text, and what it says. */
export interface Placed<E extends LedgerEntry = LedgerEntry> {
  readonly index: number;
  readonly line: string;
  readonly entry: E;
}

const LINE: Shape = { anyOf: [...LedgerEntryShape.anyOf, WithheldShape] };

/** The lines of an extract, proven to be the ledger's, without those withheld. Refuses with ledger_file_needed where they stand in a file of
 * their own: a browser does not hold the ledger of a great poll, `plenary verify` reads it as a stream. */
export async function openExtract(extract: Extract): Promise<readonly Placed[]> {
  if (extract.file) refuse(why.LEDGER_FILE_NEEDED, { ...extract.file });
  const leaves: Promise<Bytes>[] = [];
  const lines: Placed[] = [];
  let latest = 0;
  for (const [place, line] of extract.lines.entries()) {
    const index = extract.start + place;
    const entry = readLine(index, line);
    if (entry.kind === "withheld") {
      leaves.push(wrapping(() => decode(entry.leaf), () => wrong(index, "leaf hash")));
      continue;
    }
    if (entry.at < latest) throw wrong(index, "time goes backwards");
    latest = entry.at;
    leaves.push(leafHash(bytesOf(line)));
    lines.push({ index, line, entry });
  }
  await mustBeSigned(extract, await Promise.all(leaves));
  return lines;
}

function readLine(index: number, line: string): LedgerEntry | Withheld {
  try {
    const entry = readExactly<LedgerEntry | Withheld>(line, LINE);
    if (entry.kind === "ballot" && !/^[\x00-\x7f]*$/.test(entry.jws)) throw wrong(index, "a ballot that is no compact JWS");
    return entry;
  } catch (error) {
    throw error instanceof NotThisMessage ? wrong(index, "not written as a ledger writes it") : error;
  }
}

async function mustBeSigned(extract: Extract, leaves: readonly Bytes[]): Promise<void> {
  const checkpoint = await openCheckpoint(extract.checkpoint, extract.log_key);
  if (checkpoint.origin !== extract.origin) refuse(why.LEDGER_ROOT_WRONG, { what: "origin" });
  if (checkpoint.size !== extract.start + leaves.length) refuse(why.LEDGER_ROOT_WRONG, { what: "number of lines" });
  const tree = () => rootOf(extract.start, extract.frontier.map(decode), leaves);
  const root = await wrapping(tree, () => new Refused(why.LEDGER_ROOT_WRONG, { what: "frontier" }));
  if (!same(root, checkpoint.root)) refuse(why.LEDGER_ROOT_WRONG, { what: "root hash" });
}

function wrong(index: number, what: string): Refused {
  return new Refused(why.LEDGER_LINE_WRONG, { index, what });
}
