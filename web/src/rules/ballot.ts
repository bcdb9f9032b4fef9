import * as why from "../refusals.ts";
import { BallotPayloadShape, PollDefinitionShape, type BallotPayload, type PollDefinition } from "../wire.ts";
import { digest } from "./base64url.ts";
import { bytesOf, type Bytes } from "./bytes.ts";
import { write } from "./json.ts";
import { KINDS, parse, sign, split, verify } from "./jws.ts";
import type { PublicKey } from "./keys.ts";
import { refuse } from "./refused.ts";
import { shaped } from "./shape.ts";

export type Choice = BallotPayload["choice"];

/** An enrolled key and whose it is; times in milliseconds. */
export interface Holder {
  readonly thumbprint: string;
  readonly member: string;
  readonly key: PublicKey;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Another authority certified the key, too. */
  readonly linked?: boolean;
}

/** Who holds the key of a thumbprint; refuses one that it does not know or take. */
export type HolderOf = (thumbprint: string) => Holder;

/** What a ballot must answer: the hash of the signed question, its meeting, its labels by choice, who may vote. */
export interface Question {
  readonly hash: string;
  readonly meeting: string;
  readonly labels: ReadonlyMap<Choice, string>;
  readonly voters: ReadonlySet<string>;
}

/** A ballot found genuine: what it says, and its SHA-256. */
export interface Cast {
  readonly payload: BallotPayload;
  readonly sha256: string;
}

/** The question of a definition. */
export function question(definition: PollDefinition, hash: string, voters: ReadonlySet<string>): Question {
  const labels = new Map(definition.options.map(({ choice, label }) => [choice, label]));
  return { hash, meeting: definition.meeting, labels, voters };
}

/** A question as it is on the screen: what a person reads, and the definition's compact JWS that says so. */
export interface Shown {
  readonly title: string;
  readonly text: string;
  readonly options: readonly { readonly choice: Choice; readonly label: string }[];
  readonly definition: string;
}

/**
 * The definition that the person presiding signed, if what is shown is what it says: title, text, and the options in
 * their order. Refuses with definition_wrong otherwise, and as `jws.verify` does.
 */
export async function mustBeTheQuestion(shown: Shown, holderOf: HolderOf): Promise<PollDefinition> {
  const parts = split(shown.definition, KINDS.poll);
  const holder = holderOf(parts.header["x5t#S256"]);
  await verify(parts, holder.key);
  const definition = parse<PollDefinition>(parts.payload, PollDefinitionShape);
  if (holder.member !== definition.presiding) refuse(why.DEFINITION_WRONG, { what: "not signed by the person who presides" });
  if (shown.title !== definition.title) refuse(why.DEFINITION_WRONG, { what: "title" });
  if (shown.text !== definition.text) refuse(why.DEFINITION_WRONG, { what: "text" });
  const pairs = (options: Shown["options"]) => JSON.stringify(options.map(({ choice, label }) => [choice, label]));
  if (pairs(shown.options) !== pairs(definition.options)) refuse(why.DEFINITION_WRONG, { what: "options" });
  return definition;
}

/** One's own key, as the phone holds it. */
export interface OwnKey {
  readonly member: string;
  readonly thumbprint: string;
  readonly key: CryptoKey;
}

/** A signed ballot; `before` is one's own ballot that it takes the place of. `now` in seconds. */
export function make(asked: Question, choice: Choice, own: OwnKey, now: number, before?: Cast): Promise<string> {
  return sign(KINDS.ballot, wordsOf(asked, choice, own.member, before), own.key, own.thumbprint, now);
}

/** What a ballot says, as it is signed. */
export function wordsOf(asked: Question, choice: Choice, voter: string, before?: Cast): Bytes {
  const payload: BallotPayload = {
    v: 1,
    meeting: asked.meeting,
    poll: asked.hash,
    choice,
    label: asked.labels.get(choice) ?? refuse(why.BALLOT_LABEL),
    voter,
    seq: (before?.payload.seq ?? 0) + 1,
    supersedes: before?.sha256 ?? null,
  };
  return bytesOf(write(shaped(BallotPayloadShape, payload)));
}

/** The genuine ballot in a compact JWS, in the order of `services/rules/ballot.py`. Refuses what is not one. */
export async function read(compact: string, asked: Question, holderOf: HolderOf): Promise<Cast> {
  // 1. Size and strict parse.
  const parts = split(compact, KINDS.ballot);
  // 2. The credential, by thumbprint: nothing in the message is trusted.
  const holder = holderOf(parts.header["x5t#S256"]);
  // 3. The signature over the bytes as they came.
  await verify(parts, holder.key);
  // 4. Only now what they say, against the poll.
  const payload = parse<BallotPayload>(parts.payload, BallotPayloadShape);
  mustAnswer(payload, asked);
  if (payload.voter !== holder.member) refuse(why.BALLOT_OTHER_VOTER);
  if (!asked.voters.has(payload.voter)) refuse(why.NOT_ON_ROLL);
  return { payload, sha256: await digest(bytesOf(compact)) };
}

function mustAnswer(payload: BallotPayload, asked: Question): void {
  if (payload.poll !== asked.hash) refuse(why.BALLOT_FOREIGN_POLL);
  if (payload.meeting !== asked.meeting) refuse(why.BALLOT_FOREIGN_MEETING);
  if (asked.labels.get(payload.choice) !== payload.label) refuse(why.BALLOT_LABEL);
}
