// What this phone has seen first and holds fast: the key of the ledger. A server with another one is caught.
import * as why from "../refusals.ts";
import { decodeStandard, encodeStandard } from "../rules/base64url.ts";
import { bytesOf, hex, joined, sha256 } from "../rules/bytes.ts";
import { refuse } from "../rules/refused.ts";
import { put, take } from "./shelf.ts";

/** The ledger's origin (without the meeting) and its Ed25519 key as in a C2SP vkey (base64). */
export interface LedgerPin {
  readonly origin: string;
  readonly key: string;
}

const ED25519 = 1;

/** The pin in the vkey of a meeting's ledger, `<origin>/<meeting>+<hash>+<key>`. Refuses with checkpoint_wrong. */
export async function pinOf(logKey: string, meeting: string): Promise<LedgerPin> {
  const [name = "", , ...rest] = logKey.split("+");
  const key = rest.join("+");
  const origin = name.endsWith(`/${meeting}`) ? name.slice(0, -meeting.length - 1) : "";
  const raw = decodeStandard(key);
  if (!origin || raw?.length !== 33 || raw[0] !== ED25519) refuse(why.CHECKPOINT_WRONG, { what: "ledger key" });
  if ((await vkey(name, key)) !== logKey) refuse(why.CHECKPOINT_WRONG, { what: "ledger key" });
  return { origin, key };
}

/** Hold the ledger's key fast, or refuse with checkpoint_wrong if another was held fast before. Throws NothingKept. */
export async function holdFast(seen: LedgerPin, trust: string): Promise<LedgerPin> {
  const name = `ledger ${trust}`;
  const held = await take<LedgerPin>("pins", name);
  if (!held) await put("pins", name, seen);
  else if (held.key !== seen.key || held.origin !== seen.origin) refuse(why.CHECKPOINT_WRONG, { what: "another ledger key than the one pinned" });
  return held ?? seen;
}

/** The vkeys of a meeting's two ledgers under the pinned key: of its votes, of its floor. */
export async function logKeys({ origin, key }: LedgerPin, meeting: string): Promise<{ voting: string; floor: string }> {
  return { voting: await vkey(`${origin}/${meeting}`, key), floor: await vkey(`${origin}/${meeting}/floor`, key) };
}

async function vkey(name: string, key: string): Promise<string> {
  const raw = decodeStandard(key) ?? refuse(why.CHECKPOINT_WRONG, { what: "ledger key" });
  const id = (await sha256(joined(bytesOf(`${name}\n`), raw))).slice(0, 4);
  return `${name}+${hex(id)}+${encodeStandard(raw)}`;
}
