import { useEffect, useState } from "preact/hooks";
import { useAsked } from "../views/asked.ts";
import { Problem } from "../views/problem.tsx";
import type { SeatPlace, SeatPlan } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { drawn } from "./drawing.ts";
import { SeatDrawing } from "./seat_drawing.tsx";
import { LAYOUT_WORDS, WORDS } from "./words.ts";

type Layout = SeatPlan["layout"];

/** How the seats stand: laid out by the server, or moved by hand; all seat maps follow. */
export function Seats({ session, meeting, shown, records, holdsUnsaved }: Work) {
  const path = `/meeting/meetings/${encodeURIComponent(meeting)}/seats/plan`;
  const asked = useAsked(() => session.ask<SeatPlan>("GET", path), [session, meeting, shown.seats, shown.roll?.sha256, records.draft.value]);
  const [edited, setEdited] = useState<readonly SeatPlace[]>();
  const [answered, setAnswered] = useState<SeatPlan>();
  const doing = useDoing();
  useEffect(() => holdsUnsaved(edited !== undefined), [edited]);
  // The newer of what was answered here and what was asked for since.
  const plan = answered && answered.revision > (asked.value?.revision ?? 0) ? answered : asked.value;
  const lay = (layout: Layout, places: readonly SeatPlace[] = []) => doing.run(async () => {
    setAnswered(await session.ask<SeatPlan>("PUT", path, { json: { layout, places } }));
    setEdited(undefined);
  }, WORDS.seatsKept);
  if (asked.problem !== undefined) return <Problem of={asked.problem} />;
  if (!plan) return <p role="status">{say(WORDS.loading)}</p>;
  if (!plan.places.length) return <p class="notice">{say(WORDS.noSeats)}</p>;
  const names = new Map((records.draft.value ?? []).map(({ member, name }) => [member, name]));
  return (
    <section class="sheet">
      <div class="acts" role="group" aria-label={say(WORDS.layout)}>
        {(["hemicycle", "rows"] as const).map((layout) => (
          <button key={layout} type="button" aria-pressed={!edited && plan.layout === layout} onClick={() => lay(layout)}>{say(LAYOUT_WORDS[layout])}</button>
        ))}
        <span class="badge" aria-live="polite">{say(edited ? WORDS.unsavedPlan : LAYOUT_WORDS[plan.layout])}</span>
      </div>
      <p class="quiet" id="drawing-how">{say(WORDS.drawingHow)}</p>
      <SeatDrawing places={edited ?? plan.places} names={names} change={(places) => { doing.clear(); setEdited(places); }} />
      <Outcome of={doing} />
      {edited && (
        <div class="acts unsaved">
          <p>{say(WORDS.unsavedPlan)}</p>
          <button type="button" class="primary" onClick={() => lay("drawn", drawn(edited))} aria-disabled={doing.busy}>{say(WORDS.keepPlan)}</button>
          <button type="button" class="plain" onClick={() => setEdited(undefined)}>{say(WORDS.discard)}</button>
        </div>
      )}
    </section>
  );
}
