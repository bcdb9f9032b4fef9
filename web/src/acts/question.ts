import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { mustBeTheQuestion } from "../rules/ballot.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { KINDS, parse, split } from "../rules/jws.ts";
import { refuse } from "../rules/refused.ts";
import { PollDefinitionShape, PollShape, type Decision, type Poll, type PollDefinition, type PollShown } from "../wire.ts";
import { signerOf, type Signer } from "./house.ts";
import { presidedInstead } from "./presided.ts";

/** A question that may be answered: what the chair signed, the hash that ballots name, and who the chair is; `instead`: who else
 * presided in this meeting so far, where this is somebody new. */
export interface Asked {
  readonly definition: PollDefinition;
  readonly hash: string;
  readonly presiding: Signer;
  readonly instead: readonly string[];
}

/**
 * The question of an open poll as its chair signed it, if it is the one that the stream speaks of. Whose signature it is
 * is proven up to the pinned anchor. Refuses with signature_wrong, definition_wrong, credential_wrong and as
 * `rules/jws.ts` does. Throws Declined, Unreachable.
 */
export async function checkQuestion(session: Session, shown: PollShown): Promise<Asked> {
  // 1. Who signed, by the chain to the anchor that this phone pinned. (At the poll's last act: their key was good then.)
  const { header, payload } = split(shown.definition, KINDS.poll);
  const presiding = await signerOf(session, header["x5t#S256"], shown.at);
  // 2. The signature, the person presiding, and the title that the stream shows beside it. All else is read from the
  //    signed bytes alone.
  const { text, options } = parse<PollDefinition>(payload, PollDefinitionShape);
  const definition = await mustBeTheQuestion({ title: shown.title, text, options, definition: shown.definition }, (asked) =>
    asked === presiding.thumbprint ? presiding : refuse(why.CREDENTIAL_UNKNOWN));
  // 3. The person presiding is who was announced as such; it is this poll, of this meeting, of this body.
  if (shown.presiding && shown.presiding !== definition.presiding) refuse(why.DEFINITION_WRONG, { what: "not signed by the person who presides" });
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["poll", definition.id, shown.poll], ["meeting", definition.meeting, shown.meeting], ["body", definition.body.id, session.body],
  ];
  for (const [what, one, other] of pairs) if (one !== other) refuse(why.DEFINITION_WRONG, { what });
  const hash = await digest(bytesOf(shown.definition));
  if (hash !== shown.definition_sha256) refuse(why.DEFINITION_WRONG, { what: "hash" });
  // 4. That they may preside is the server's word: but whether they did before is known here.
  const instead = await presidedInstead(definition.meeting, presiding);
  const asked = { definition, hash, presiding, instead };
  checkedIn(session).set(definition.id, asked);
  return asked;
}

/** A declared result that may be shown: the decision, and the question as its chair signed it. */
export interface Resulted {
  readonly definition: PollDefinition;
  readonly decision: Decision;
}

/**
 * The declared result of a poll, if it is what the signed question's rule makes of its own figures; the question is that of
 * `provenQuestion`. That the figures are true, only the certificate proves. Refuses with decision_wrong,
 * figures_impossible. Throws Declined, Unreachable.
 */
export async function checkResult(session: Session, shown: PollShown): Promise<Resulted> {
  // As much script as casting a ballot, and needed after it.
  const { mustFollow } = await import("../rules/majority.ts");
  const { definition } = await provenQuestion(session, shown);
  return { definition, decision: mustFollow(definition, shown.decision ?? refuse(why.DECISION_WRONG, { what: "none" })) };
}

/**
 * The question of a poll at any time since it was opened: the one that was checked here, else the one that the stream or,
 * after the vote, the server shows, checked as `checkQuestion` does. Refuses with definition_wrong, too, if the stream has
 * come to speak of another. Throws Declined, Unreachable.
 */
export async function provenQuestion(session: Session, shown: PollShown): Promise<Asked> {
  const asked = checkedIn(session).get(shown.poll) ?? (await (shown.definition ? checkQuestion : askedLater)(session, shown));
  return asked.hash === shown.definition_sha256 ? asked : refuse(why.DEFINITION_WRONG, { what: "hash" });
}

async function askedLater(session: Session, shown: PollShown): Promise<Asked> {
  const { jws } = await session.ask<Poll>("GET", `/voting/polls/${encodeURIComponent(shown.poll)}`, { shape: PollShape });
  return checkQuestion(session, { ...shown, definition: jws });
}

/** The poll with the title that was signed, and whether it is for practice, if its question was checked here before: once one
 * votes no more the stream has no signed bytes beside what it says. */
export function asSigned(session: Session, shown: PollShown): PollShown {
  const { title, practice } = checkedIn(session).get(shown.poll)?.definition ?? shown;
  return { ...shown, title, practice };
}

const checked = new WeakMap<Session, Map<string, Asked>>();

/** The questions that were checked in this session, by poll. */
function checkedIn(session: Session): Map<string, Asked> {
  const found = checked.get(session) ?? new Map<string, Asked>();
  checked.set(session, found);
  return found;
}
