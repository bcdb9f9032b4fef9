import { useEffect, useRef, useState } from "preact/hooks";
import { castBallot, recoverVotes, sendBallot, type Stage } from "../acts/cast.ts";
import { isUnderWay, ownVotes, whenKeptElsewhere, type OwnVote } from "../acts/own_votes.ts";
import type { Asked } from "../acts/question.ts";
import { Declined, Unreachable } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import type { Choice } from "../rules/ballot.ts";

/** How casting in one poll goes: a stage while it is under way, then what went wrong, if anything did. */
export interface Course {
  readonly stage?: Stage;
  readonly error?: unknown;
  /** The server has another ballot of this person, cast with another key: it was proven and is among the votes. */
  readonly already?: true;
}

/** One's own ballots, and what can be done with them. */
export interface Ballots {
  /** The newest first; undefined until the store was read. */
  readonly votes: readonly OwnVote[] | undefined;
  readonly courses: { readonly [poll: string]: Course };
  cast(asked: Asked, choice: Choice): void;
  send(vote: OwnVote): void;
  /** What went wrong has been read: choose again. */
  dismiss(poll: string): void;
}

/** One's own ballots on this phone. What was on its way when the page was left is sent again, the same bytes. */
export function useBallots(session: Session): Ballots {
  const [votes, setVotes] = useState<readonly OwnVote[]>();
  const [courses, setCourses] = useState<{ readonly [poll: string]: Course }>({});
  const [leaving] = useState(() => new AbortController());
  const busy = useRef(new Set<string>());
  const tell = (poll: string, course: Course) => setCourses((before) => ({ ...before, [poll]: course }));

  /** One ballot of a poll at a time, whatever is pressed. */
  const run = async (poll: string, act: (told: (stage: Stage) => void) => Promise<OwnVote>, asked?: Asked) => {
    if (busy.current.has(poll)) return;
    busy.current.add(poll);
    try {
      await act((stage) => {
        tell(poll, { stage });
        // Kept by now: the list shows it as on its way.
        if (stage.at === "sending" && stage.again === 0) void ownVotes(session.member).then(setVotes);
      });
      tell(poll, {});
    } catch (error) {
      if (leaving.signal.aborted) return;
      tell(poll, await explained(session, error, asked));
    } finally {
      busy.current.delete(poll);
      setVotes(await ownVotes(session.member));
    }
  };
  const { signal } = leaving;
  const send = (vote: OwnVote) => void run(vote.poll, (told) => sendBallot(session, vote, { told, signal }));
  const cast = (asked: Asked, choice: Choice) => void run(asked.definition.id, (told) => castBallot(session, asked, choice, { told, signal }), asked);

  useEffect(() => {
    void ownVotes(session.member).then((found) => {
      setVotes(found);
      found.filter(isUnderWay).forEach(send);
    }, (error: unknown) => setCourses({ "": { error } }));
    // What another tab has sent takes the place of what stands here: the last ballot counts, whichever screen cast it.
    const stopHearing = whenKeptElsewhere(() => void ownVotes(session.member).then(setVotes));
    return () => { leaving.abort(); stopHearing(); };
  }, [session]);
  return { votes, courses, cast, send, dismiss: (poll) => tell(poll, {}) };
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
