import { provenQuestion } from "../acts/question.ts";
import { isPassing } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
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
  /** The definition that all this is from, proven to be signed by who presides; none before one votes. */
  readonly signed?: PollDefinition;
}

/** What is known of a poll's question. `problem`: why it is not proven that the chair signed it; then it is not shown. */
export interface Questioned {
  readonly question?: Question;
  readonly problem?: unknown;
}

interface Found {
  readonly poll: string;
  readonly hash: string;
  readonly signed?: PollDefinition;
  readonly announced?: Poll;
  readonly problem?: unknown;
}

/** The question of a poll: once one votes as its chair signed it, proven here; before that as it was announced. */
export function useQuestion(session: Session, poll: PollShown | undefined, body: Body | undefined): Questioned {
  const asked = useAsked(poll && (() => find(session, poll)), [session, poll?.poll, poll?.definition, poll?.definition_sha256, poll && isSigned(poll)]);
  const found = asked.value;
  // What is known of another poll, or of this one before one voted, says nothing of this one now.
  if (!poll || !found || found.poll !== poll.poll || found.hash !== poll.definition_sha256) return {};
  if (found.problem !== undefined) return { problem: found.problem };
  const { signed, announced } = found;
  if (signed) return { question: { title: both(signed.title, signed.title_en), options: signed.options, rule: signed.rule, body: signed.body, practice: signed.practice, signed } };
  if (!announced || !body || isSigned(poll)) return {};
  return { question: { title: both(announced.title, ""), options: announced.options, rule: announced.rule, body, practice: announced.practice } };
}

/** A question is signed when it is put to the vote: one that was not is announced, or was annulled before that. */
export function isSigned({ state, definition_sha256: hash }: Pick<PollShown, "state" | "definition_sha256">): boolean {
  return state !== "announced" && (state !== "voided" || hash !== "");
}

/** The question, or why it is not proven. Throws Unreachable, and what else may pass. */
async function find(session: Session, shown: PollShown): Promise<Found> {
  const { poll, definition_sha256: hash } = shown;
  try {
    if (isSigned(shown)) return { poll, hash, signed: (await provenQuestion(session, shown)).definition };
    return { poll, hash, announced: await session.ask<Poll>("GET", `/voting/polls/${encodeURIComponent(poll)}`) };
  } catch (problem) {
    if (isPassing(problem)) throw problem;
    return { poll, hash, problem };
  }
}

function both(vi: string, en: string): Words {
  return { vi, en: en || vi };
}
