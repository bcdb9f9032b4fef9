// What can be done with a poll now, as data: the one act that is next, and the others.
import type { ComponentChildren } from "preact";
import { countedOf, open, prepare, preside, presiding, secondVoid, wishedIn, wishVoid, withdrawVoid, type ActName } from "../acts/presiding.ts";
import { Declined } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { timeText } from "../views/times.ts";
import { POLL_WORDS } from "../views/words.ts";
import { say, type Words } from "../words/language.ts";
import type { Poll, VoidWish } from "../wire.ts";
import { Definition } from "./definition.tsx";
import type { Hand, Wish } from "./desk.tsx";
import type { PollRow } from "./polls.ts";
import type { Person } from "./readiness.ts";
import { Spans, spanIn } from "./spans.tsx";
import { WORDS } from "./words.ts";

/** One thing to do: its name for tests and shortcuts, its words, what it does. */
export interface Act {
  readonly name: string;
  readonly words: Words;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly danger?: boolean;
  readonly start: () => void;
}

/** What is next, and what else one may do; `note`: why nothing is next. */
export interface Acts {
  readonly primary?: Act | undefined;
  readonly others: readonly Act[];
  readonly note?: string;
}

/** What an act on a poll must know. `nameOf`: a member's name; `missing`: how many are missing for the quorum to open. */
export interface Presiding {
  readonly session: Session;
  readonly hand: Hand;
  readonly roll: number;
  readonly present: number;
  readonly missing: number;
  readonly people: readonly Person[];
  readonly nameOf: (member: string) => string;
  /** Look at the next poll that waits; none if there is none. */
  readonly chooseNext: (() => void) | undefined;
  /** The wish to annul this poll that stands, if one does. */
  readonly wish: VoidWish | undefined;
}

/** What the chair may do with a poll as it stands. Who does not preside over it may announce it, and void it. */
export function actsOf(row: PollRow, desk: Presiding): Acts {
  const others = CAN_BE_VOIDED.has(row.state) ? [voidAct(row, desk)] : [];
  const isOurs = row.presiding === desk.session.member;
  if (row.state === "draft") return { primary: announceAct(row, desk), others: [] };
  if (!isOurs && !isOver(row)) return { others, note: say(WORDS.otherPresides, { name: desk.nameOf(row.presiding) }) };
  switch (row.state) {
    case "announced": return { primary: openAct(row, desk), others };
    case "open": return { primary: closeAct(row, desk), others: [holdAct(row, desk), ...(row.deadline === null ? [] : [extendAct(row, desk)]), ...others] };
    case "held": return { primary: resumeAct(row, desk), others: [closeAct(row, desk), ...others] };
    case "closing": return { others, note: say(WORDS.awaiting, { n: row.pending }) };
    case "closed":
      if (row.alarm) return { others, note: say(WORDS.alarm) };
      return row.decision ? { primary: declareAct(row, desk), others } : { others, note: row.rechecking ? say(WORDS.rechecking, { n: row.rechecking }) : say(WORDS.counting) };
    default: return { primary: desk.chooseNext && { name: "next-poll", words: WORDS.nextPoll, start: desk.chooseNext }, others };
  }
}

const CAN_BE_VOIDED: ReadonlySet<PollRow["state"]> = new Set(["open", "held", "closing", "closed", "declared", "certified"]);

function isOver({ state }: PollRow): boolean {
  return state === "declared" || state === "certified" || state === "voided";
}

function announceAct(row: PollRow, desk: Presiding): Act {
  return simple("announce", row, desk, { words: WORDS.announce, what: WORDS.announceWhat });
}

function closeAct(row: PollRow, desk: Presiding): Act {
  const values = { received: row.received, present: row.present };
  return simple("close", row, desk, { words: WORDS.close, what: WORDS.closeWhat, values, more: () => <><AtServices row={row} /><Waited people={desk.people} /></> });
}

/** Ballots that signing services have: what closing now does to them. On hold, one that is signed waits, too. */
function AtServices({ row: { pending, state } }: { row: PollRow }) {
  if (!pending) return null;
  return <p class="notice warn" id="at-services">{say(state === "held" ? WORDS.closeHeldPending : WORDS.closePending, { n: pending })}</p>;
}

const NAMED = 12;

/** Whom one would close out: present, their ballot not here, as far as that is told. */
function Waited({ people }: { people: readonly Person[] }) {
  const waited = people.filter(({ present, received }) => present && received === false);
  if (!waited.length) return null;
  const names = waited.slice(0, NAMED).map(({ entry, connected }) => (connected === false ? say(WORDS.nameLost, { name: entry.name }) : entry.name)).join(", ");
  return (
    <div class="notice warn" id="waited">
      <p><strong>{say(WORDS.waited, { n: waited.length })}</strong> {names}{waited.length > NAMED && ` ${say(WORDS.andMore, { n: waited.length - NAMED })}`}</p>
    </div>
  );
}

function holdAct(row: PollRow, desk: Presiding): Act {
  return simple("hold", row, desk, { words: WORDS.hold, what: WORDS.holdWhat });
}

function resumeAct(row: PollRow, desk: Presiding): Act {
  return simple("resume", row, desk, { words: WORDS.resume, what: WORDS.resumeWhat });
}

interface Simple {
  readonly words: Words;
  readonly what: Words;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly more?: () => ComponentChildren;
}

function simple(name: ActName, row: PollRow, desk: Presiding, { words, what, values = {}, more }: Simple): Act {
  const wish: Wish = {
    title: say(words), confirm: say(words),
    ready: { what: () => <><p class="question">{row.title}</p><p>{say(what, values)}</p>{more?.()}</>, act: async () => void (await preside(desk.session, row, name)) },
  };
  return { name, words, start: () => desk.hand.ask(wish) };
}

function extendAct(row: PollRow, desk: Presiding): Act {
  const start = () => {
    // Of all acts this one alone could be done twice: lost on its way and wished again, it is the same act.
    const send = presiding(desk.session, row);
    let stands: Promise<void> | undefined;
    const act = async (_: string, form: FormData) => {
      stands ??= mustStand(desk.session, row).catch((error: unknown) => { stands = undefined; throw error; });
      await stands;
      await send("extend", { seconds: spanIn(form) });
    };
    desk.hand.ask({ title: say(WORDS.extend), confirm: say(WORDS.extend), ready: { what: () => <Spans />, act } });
  };
  return { name: "extend", words: WORDS.extend, start };
}

/** Two consoles that extend at once would give the time twice: refuses if the deadline is another than that of the question. */
async function mustStand(session: Session, { id, deadline }: PollRow): Promise<void> {
  const now = await session.ask<Poll>("GET", `/voting/polls/${encodeURIComponent(id)}`);
  const { vi, en } = WORDS.deadlineMoved;
  if (now.deadline !== deadline) throw new Declined({ code: "deadline_moved", detail: vi, detail_en: en }, 409);
}

function openAct(row: PollRow, desk: Presiding): Act {
  const start = () => {
    if (desk.missing <= 0) return desk.hand.ask(openingOf(row, desk, ""));
    // Not enough are there: only with a reason, which the signed question and the certificate then carry.
    desk.hand.ask({
      title: say(WORDS.openForced), confirm: say(WORDS.next), danger: true, reason: say(WORDS.openForcedReason),
      ready: {
        what: () => <div class="notice warn"><p>{say(WORDS.openForcedWhat, { present: desk.present, roll: desk.roll, missing: desk.missing })}</p></div>,
        act: async (reason) => openingOf(row, desk, reason),
      },
    });
  };
  return { name: "open", words: desk.missing > 0 ? WORDS.openForced : WORDS.open, danger: desk.missing > 0, start };
}

function openingOf(row: PollRow, desk: Presiding, withoutQuorum: string): Wish {
  return {
    title: say(WORDS.openTitle), confirm: say(WORDS.openSign), wide: true, danger: withoutQuorum !== "",
    ready: async () => {
      const prepared = await prepare(desk.session, row, withoutQuorum);
      return {
        what: () => <><p>{say(WORDS.openWhat)}</p><Definition of={prepared.definition} roll={desk.roll} present={desk.present} /></>,
        act: async () => void (await open(desk.session, prepared)),
      };
    },
  };
}

function declareAct(row: PollRow, desk: Presiding): Act {
  const wish: Wish = {
    title: say(WORDS.declare), confirm: say(WORDS.declare), wide: true,
    ready: async () => {
      const { sha256, decision } = await countedOf(desk.session, row);
      return {
        what: () => <><p>{say(WORDS.declareWhat)}</p><p class="sentence">{say({ vi: decision.sentence, en: decision.sentence_en })}</p></>,
        act: async () => void (await preside(desk.session, row, "declare", { result: sha256 })),
      };
    },
  };
  return { name: "declare", words: WORDS.declare, start: () => desk.hand.ask(wish) };
}

/** Voiding takes two persons: one asks for it with a reason, another signs the very same bytes. */
function voidAct(row: PollRow, desk: Presiding): Act {
  const { session, hand, wish } = desk;
  if (wish?.by === session.member) {
    const back: Wish = {
      title: say(WORDS.voidWithdraw), confirm: say(WORDS.voidWithdraw),
      ready: { what: () => <p>{say(WORDS.voidWithdrawWhat)}</p>, act: () => withdrawVoid(session, row.id) },
    };
    return { name: "void-withdraw", words: WORDS.voidWithdraw, start: () => hand.ask(back) };
  }
  if (wish) return { name: "void-second", words: WORDS.voidSecond, danger: true, start: () => hand.ask(secondingOf(wish, row, desk)) };
  const asking: Wish = {
    title: say(WORDS.voidTitle), confirm: say(WORDS.voidSign), danger: true, reason: say(WORDS.voidReason),
    ready: { what: () => <><p class="question">{row.title}</p><p>{say(WORDS.voidWhat)}</p></>, act: async (reason) => void (await wishVoid(session, row, reason)) },
  };
  return { name: "void", words: WORDS.void, danger: true, start: () => hand.ask(asking) };
}

function secondingOf(wish: VoidWish, row: PollRow, desk: Presiding): Wish {
  return {
    title: say(WORDS.voidSecondTitle), confirm: say(WORDS.voidSecond), danger: true,
    ready: async () => {
      // The reason as it stands in the signed bytes, not as the server tells it.
      const { reason } = await wishedIn(desk.session, wish, row);
      return {
        what: () => <><p class="question">{row.title}</p><p>{say(WORDS.voidSecondWhat, { name: desk.nameOf(wish.by), time: timeText(wish.at) })}</p><blockquote>{reason}</blockquote></>,
        act: async () => void (await secondVoid(desk.session, wish, row)),
      };
    },
  };
}

/** How a poll stands, in words, for explanations. */
export function standingOf(row: PollRow | undefined): string {
  return row ? `${row.title}: ${say(POLL_WORDS[row.state])}` : "";
}
