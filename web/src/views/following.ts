import { useEffect, useState } from "preact/hooks";
import { follow, type Line, type LineState } from "../line/follow.ts";
import type { Session } from "../line/signin.ts";
import { Missed } from "../shown/floor.ts";
import { EMPTY, fold, type Shown } from "../shown/state.ts";

/** What a screen knows of its meeting, and how good its line is. `failure`: why the server turns it away, if it does. */
export interface Followed {
  readonly shown: Shown;
  readonly line: LineState;
  readonly failure: unknown;
  /** When the server last said anything, by its own clock; 0 for never. Asked for when it is drawn: every word changes it. */
  readonly heardAt: () => number;
}

/** Follow a meeting for as long as the screen stands. A screen that has missed something begins anew with a snapshot. */
export function useMeeting(session: Pick<Session, "token">, meeting: string): Followed {
  const [followed, setFollowed] = useState<Followed>({ shown: EMPTY, line: "weak", failure: undefined, heardAt: () => 0 });
  useEffect(() => {
    let heardBefore = 0;
    let stop = begin(EMPTY);
    return () => stop();

    function begin(before: Shown): () => void {
      let shown = before;
      let over = false;
      const end = (line: Line) => { over = true; heardBefore = line.heardAt || heardBefore; line.stop(); };
      const line: Line = follow(session, meeting, (event) => {
        if (over) return;
        try {
          shown = fold(shown, event);
        } catch (error) {
          if (!(error instanceof Missed)) throw error;
          end(line);
          stop = begin(shown);
          return;
        }
        setFollowed((known) => (known.shown === shown ? known : { ...known, shown }));
      });
      const heardAt = () => line.heardAt || heardBefore;
      const hear = () => setFollowed((known) => ({ ...known, line: line.state, failure: line.failure, heardAt }));
      line.watch(hear);
      // What is known may be incomplete until this line, too, is good.
      hear();
      return () => end(line);
    }
  }, [session, meeting]);
  return followed;
}
