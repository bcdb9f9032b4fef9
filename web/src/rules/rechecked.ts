// Certificates of other authorities behind ballots, asked about again after the cut: `services/rules/rechecked.py`.
import * as why from "../refusals.ts";
import type { LedgerEntry, PollDefinition, RecheckCounts, Rechecked } from "../wire.ts";
import type { Cast } from "./ballot.ts";
import type { Placed } from "./extract.ts";
import type { BallotLine, History } from "./fold.ts";
import type { Holders } from "./holders.ts";
import { signerOf } from "./jws.ts";
import { refuse } from "./refused.ts";

// Clocks of authorities and of the house differ, and theirs show whole seconds.
const TOLERANCE_MS = 60_000;

type Line = Extract<LedgerEntry, { kind: "poll.rechecked" }>;

/** A ballot as it stands in the ledger: whose, its hash, with which credential, when (milliseconds). */
interface Stood {
  readonly voter: string;
  readonly sha256: string;
  readonly thumbprint: string;
  readonly at: number;
}

/** What is to be said of a voter's last ballot: why, and whether it was excluded. */
export interface Noted {
  readonly why: "revoked" | "unknown";
  readonly excluded: boolean;
  readonly found: Rechecked;
}

/** What became of the ballots: the hashes of those that do not count, what is said of whom, and the figures. */
export interface Weighed {
  readonly excluded: ReadonlySet<string>;
  readonly noted: ReadonlyMap<string, Noted>;
  readonly counts?: RecheckCounts;
}

const NOTHING: Weighed = { excluded: new Set(), noted: new Map() };

/** What becomes of the ballots of a poll, by its own lines. Refuses with recheck_wrong. */
export function read({ rechecked, ballots, closed }: History, definition: PollDefinition, cast: readonly Cast[], holders: Holders): Weighed {
  if (!rechecked && ![...holders.values()].some(({ linked }) => linked)) return NOTHING;
  const stood = cast.map(({ payload, sha256 }, place) => standing(payload.voter, sha256, ballots[place]));
  const asked = [...new Set(stood.map(({ thumbprint }) => thumbprint))].filter((each) => holders.get(each)?.linked).sort();
  if (!rechecked) return asked.length ? wrong("nobody was asked") : NOTHING;
  mustBeRight(rechecked, asked, closed.at);
  return weigh(rechecked, stood, definition.unknown_status ?? "count");
}

function standing(voter: string, sha256: string, placed: Placed<BallotLine> | undefined): Stood {
  const { jws, at } = placed?.entry ?? wrong("no ballot");
  return { voter, sha256, thumbprint: signerOf(jws), at };
}

/** The line speaks of exactly these links, of each with what its finding needs. */
function mustBeRight({ found, at }: Line, asked: readonly string[], cut: number): void {
  must(asked.length > 0, "no ballot was cast with a link");
  must(found.map(({ thumbprint }) => thumbprint).join() === asked.join(), "others than those who cast ballots");
  for (const each of found) {
    must(each.checked_at + TOLERANCE_MS >= cut, "asked before the cut");
    must(each.checked_at <= at + TOLERANCE_MS, "asked after it was written down");
    must(new Set(each.evidence).size === each.evidence.length, "evidence twice");
    mustBeFounded(each, cut);
  }
}

/** Good by something newer than the cut, revoked by something and since some time, unknown for some reason. */
function mustBeFounded({ kind, why: reason, revoked_at: since, known_at: known, evidence, outside }: Rechecked, cut: number): void {
  const founded = evidence.length > 0 && outside !== "";
  switch (kind) {
    case "good":
      must(founded && since === 0 && reason === "", "good without evidence");
      must(known + TOLERANCE_MS >= cut, "good by nothing newer than the cut");
      break;
    case "revoked":
      must(founded && known > 0 && since > 0, "revoked without evidence");
      break;
    case "unknown":
      must(reason !== "" && since === 0, "unknown without a reason");
  }
}

/** What becomes of each ballot: an excluded one takes no other's place. */
function weigh(line: Line, stood: readonly Stood[], policy: RecheckCounts["policy"]): Weighed {
  const found = new Map(line.found.map((each) => [each.thumbprint, each]));
  const excluded = new Set<string>();
  const last = new Map<string, { readonly checked: boolean; readonly noted: Noted | undefined }>();
  for (const ballot of stood) {
    const finding = found.get(ballot.thumbprint);
    const noted = finding && said(finding, ballot, policy);
    if (noted?.excluded) excluded.add(ballot.sha256);
    last.set(ballot.voter, { checked: finding !== undefined, noted });
  }
  const noted = new Map([...last].flatMap(([voter, one]): [string, Noted][] => (one.noted ? [[voter, one.noted]] : [])));
  const of = (wanted: Noted["why"]) => [...noted.values()].filter((each) => each.why === wanted).length;
  const checked = [...last.values()].filter((one) => one.checked).length;
  return { excluded, noted, counts: { checked, revoked: of("revoked"), unknown: of("unknown"), policy } };
}

function said(found: Rechecked, { at }: Stood, policy: RecheckCounts["policy"]): Noted | undefined {
  if (found.kind === "good") return undefined;
  if (found.kind === "unknown") return { why: "unknown", excluded: policy === "exclude", found };
  // Revoked later: it was good when the ballot was cast, and that is what counts.
  return found.revoked_at <= at ? { why: "revoked", excluded: true, found } : undefined;
}

function must(right: boolean, what: string): void {
  if (!right) wrong(what);
}

function wrong(what: string): never {
  return refuse(why.RECHECK_WRONG, { what });
}
