import { useMemo } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { seatStates } from "../shown/seats.ts";
import { own } from "../shown/state.ts";
import { say } from "../words/language.ts";
import type { AgendaItem, Body, VoidWish } from "../wire.ts";
import { FloorStage } from "./floor.tsx";
import type { FloorDesk } from "./floor_acts.tsx";
import { nameOf, type Known } from "./known.ts";
import { People } from "./people.tsx";
import type { PollRow } from "./polls.ts";
import { QuorumBar } from "./quorum.tsx";
import { Vote } from "./vote.tsx";
import { WORDS } from "./words.ts";

interface StageOf {
  readonly session: Session;
  readonly known: Known;
  readonly body: Body;
  readonly row: PollRow | undefined;
  readonly item: AgendaItem | undefined;
  /** The floor if that is looked at; else the vote is. */
  readonly floor: FloorDesk | undefined;
  readonly wish: VoidWish | undefined;
}

/** The one thing that is being done: the floor, or a poll. */
export function Stage({ session, known, body, row, item, floor, wish }: StageOf) {
  const { shown, roll, present, people, records } = known;
  const signOf = useMemo(() => seatStates(shown, row?.id), [shown, row?.id]);
  return (
    <div class="stage" role="region" aria-label={say(floor ? WORDS.floorTab : WORDS.voteTab)} tabIndex={0}>
      {floor ? <FloorStage desk={floor} item={item} kinds={records.lanes} />
        : row ? (
          <Vote
            row={row} body={body} roll={roll.length} present={present} people={people} session={session} certificate={own(shown.certificates, row.id)}
            wish={wish} nameOf={(member) => nameOf(known, member)} plan={records.plan} signOf={signOf}
          />
        ) : <p class="quiet">{say(WORDS.noPolls)}</p>}
    </div>
  );
}

/** Who is there, and who is ready. */
export function Side({ known: { roll, present, people, live }, body, row }: { known: Known; body: Body; row: PollRow | undefined }) {
  return (
    <div class="side">
      <QuorumBar rule={row?.rule} body={body} roll={roll.length} present={present} />
      <People people={people} voting={live !== undefined} />
    </div>
  );
}
