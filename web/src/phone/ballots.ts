import { useEffect, useRef, useState } from "preact/hooks";
import { castBallot, recoverVotes, renewVotes, sendBallot, type Confirmed, type Stage } from "../acts/cast.ts";
import { isUnderWay, ownVotes, whenKeptElsewhere, type OwnVote } from "../acts/own_votes.ts";
import type { Asked } from "../acts/question.ts";
import { alone } from "../keys/alone.ts";
import { Declined, Unreachable } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { useOutside, type Outside } from "../outside/door.tsx";
import type { Choice } from "../rules/ballot.ts";

/** How far a ballot is; another tab of this browser may be sending it. */
export type Way = Stage | { readonly at: "elsewhere" };

/** How casting in one poll goes: a stage while it is under way, then what went wrong, if anything did. */
export interface Course {
  readonly stage?: Way;
  readonly error?: unknown;
  /** The server has another ballot of this person, cast with another key: it was proven and is among the votes. */
  readonly already?: true;
}

/** One's own ballots, and what can be done with them. */
export interface Ballots {
  /** The newest first; undefined until the store was read. */
  readonly votes: readonly OwnVote[] | undefined;
  readonly courses: { readonly [poll: string]: Course };
  cast(asked: Asked, choice: Choice, confirmed?: Confirmed): void;
  send(vote: OwnVote): void;
  /** Send what is recorded in these polls once more: does the server still have it? */
  renew(polls: readonly string[]): void;
  /** What went wrong has been read: choose again. */
  dismiss(poll: string): void;
  /** What one has with signing services. */
  readonly outside: Outside | undefined;
}

/** One's own ballots on this phone. What was on its way when the page was left is sent again, the same bytes. */
export function useBallots(session: Session): Ballots {
  const [votes, setVotes] = useState<readonly OwnVote[]>();
  const [courses, setCourses] = useState<{ readonly [poll: string]: Course }>({});
  const [leaving] = useState(() => new AbortController());
  const { signal } = leaving;
  const busy = useRef(new Set<string>());
  const tell = (poll: string, course: Course) => setCourses((before) => ({ ...before, [poll]: course }));

  /** What is kept; a store that fails is told under no poll's name. */
  const look = async (): Promise<readonly OwnVote[]> => {
    try {
      const found = await ownVotes(session.member);
      setVotes(found);
      setCourses((before) => (before[""]?.error !== undefined ? { ...before, "": {} } : before));
      return found;
    } catch (error) {
      tell("", { error });
      return [];
    }
  };

  /** One ballot of a poll at a time, whatever is pressed, in whichever tab: what is under way goes first, the same bytes. */
  const run = async (poll: string, act?: (told: (stage: Stage) => void) => Promise<unknown>, asked?: Asked) => {
    if (busy.current.has(poll)) return;
    busy.current.add(poll);
    const told = (stage: Stage) => {
      tell(poll, { stage });
      // Kept by now: the list shows it as on its way.
      if (stage.at === "sending" && stage.again === 0) void look();
    };
    try {
      await alone(`plenary.ballot ${poll} ${session.member}`, async () => {
        const waiting = (await look()).find((vote) => vote.poll === poll && isUnderWay(vote));
        await (waiting ? sendBallot(session, waiting, { told, signal }) : act?.(told));
      }, { signal, waits: () => tell(poll, { stage: { at: "elsewhere" } }) });
      tell(poll, {});
    } catch (error) {
      if (signal.aborted) return;
      tell(poll, await explained(session, error, asked));
    } finally {
      busy.current.delete(poll);
      await look();
    }
  };
  const send = ({ poll }: OwnVote) => void run(poll);
  const cast = (asked: Asked, choice: Choice, confirmed?: Confirmed) => void run(asked.definition.id, (told) => castBallot(session, asked, choice, { told, signal, confirmed }), asked);
  const renew = (polls: readonly string[]) => void look().then((found) => polls.forEach((poll) => {
    // Unseen, unless something is wrong: nothing waits for it. What is refused is kept as such.
    renewVotes(session, found.filter((vote) => vote.poll === poll).reverse(), signal).catch((error: unknown) => !(error instanceof Declined) && tell(poll, { error })).finally(look);
  }));

  useEffect(() => {
    const follow = () => void look().then((found) => found.filter(isUnderWay).forEach(send));
    follow();
    // What another tab has sent takes the place of what stands here: the last ballot counts, whichever screen cast it. What it
    // is sending is followed, and taken over from a tab that is closed.
    const stopHearing = whenKeptElsewhere(follow);
    return () => { leaving.abort(); stopHearing(); };
  }, [session]);
  const outside = useOutside(session);
  return { votes, courses, cast, send, renew, outside, dismiss: (poll) => tell(poll, {}) };
}

/** A ballot that does not follow our last: there is one that this phone does not know. */
async function explained(session: Session, error: unknown, asked: Asked | undefined): Promise<Course> {
  if (!asked || !(error instanceof Declined) || !["already_voted", "ballot_sequence"].includes(error.code)) return { error };
  try {
    const found = await recoverVotes(session, asked);
    return found.length ? { already: true } : { error };
  } catch (second) {
    // Receipts that do not prove what the refusal says are worse news than the refusal.
    return { error: second instanceof Declined || second instanceof Unreachable ? error : second };
  }
}
