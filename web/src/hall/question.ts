import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { refuse } from "../rules/refused.ts";
import { questionOf } from "../shown/polls.ts";
import { useAsked } from "../views/asked.ts";
import type { Words } from "../words/language.ts";
import type { Body, Option, Poll, PollDefinition, PollShown, Rule } from "../wire.ts";

/** What a poll asks, as the screen shows it; `body` names its members in figures. */
export interface Question {
  readonly title: Words;
  readonly options: readonly Option[];
  readonly rule: Rule;
  readonly body: Pick<Body, "noun" | "noun_en">;
  readonly practice: boolean;
  /** The signed definition that all this is from, once there is one. */
  readonly signed?: PollDefinition;
}

/** The question of a poll: out of the signed bytes where the stream has them, else asked for. Undefined until it is known. */
export function useQuestion(session: Session, poll: PollShown | undefined, body: Body | undefined): Question | undefined {
  const id = poll && !poll.definition ? poll.poll : "";
  const hash = poll?.definition_sha256 ?? "";
  const asked = useAsked(id ? () => askFor(session, id, hash) : undefined, [session, id, hash, poll?.state]);
  if (!poll) return undefined;
  if (poll.definition) return signed(poll.definition);
  const found = asked.value;
  if (!found || found.id !== poll.poll) return undefined;
  if (found.jws) return signed(found.jws);
  return body && { title: { vi: found.title, en: found.title }, options: found.options, rule: found.rule, body, practice: found.practice };
}

/** The poll as the server has it. Refuses with definition_wrong if its question is not the one that the stream told of. */
async function askFor(session: Session, id: string, hash: string): Promise<Poll> {
  const found = await session.ask<Poll>("GET", `/voting/polls/${encodeURIComponent(id)}`);
  if (hash && (await digest(bytesOf(found.jws))) !== hash) refuse(why.DEFINITION_WRONG, { what: "hash" });
  return found;
}

function signed(jws: string): Question {
  const definition = questionOf(jws);
  const { title, title_en: titleEn, options, rule, body, practice } = definition;
  return { title: { vi: title, en: titleEn || title }, options, rule, body, practice, signed: definition };
}
