import type { Session } from "../line/signin.ts";
import { quorumNeeded } from "../shown/needed.ts";
import { presentCount } from "../shown/polls.ts";
import { itemSpokenAbout } from "../shown/speaking.ts";
import type { Shown } from "../shown/state.ts";
import { useAsked } from "../views/asked.ts";
import { Icon } from "../views/icon.tsx";
import { SeatLegend, SeatMap } from "../views/seat_map.tsx";
import { shareWords } from "../views/shares.ts";
import { say } from "../words/language.ts";
import type { Body, Meeting, Profile, Rule } from "../wire.ts";
import { AsMany } from "./as_many.tsx";
import { Fitted } from "./fitted.tsx";
import { Kicker } from "./headings.tsx";
import { useSeats, useSigns } from "./seating.ts";
import { NextLists } from "./speaker.tsx";
import { WORDS } from "./words.ts";

interface WaitingOf {
  readonly session: Session;
  readonly shown: Shown;
  readonly body: Body | undefined;
  readonly meeting: Meeting;
}

// A longer title of what is discussed needs the height for itself.
const LONG = 120;

/** Nothing is decided and nobody speaks: what the meeting is about, and who is there. */
export function Waiting({ session, shown, body, meeting }: WaitingOf) {
  const { title, place, state } = shown.meeting ?? meeting;
  const seating = useSeats(session, meeting.id, shown);
  const profiles = useAsked(() => session.ask<Profile[]>("GET", "/voting/profiles"), [session]).value;
  const rule = profiles?.find(({ id }) => id === body?.profile)?.rule;
  const signOf = useSigns(shown);
  const now = shown.agenda.find(({ id }) => id === itemSpokenAbout(shown.floor));
  return (
    <section class={`scene waiting ${now && now.title.length > LONG ? "long" : ""}`}>
      <div class="about">
        <Kicker>{say(state === "planned" ? WORDS.planned : WORDS.waiting)}</Kicker>
        {now
          ? <><p class="caption">{say(WORDS.item)}</p><Fitted as="h2" class="question" most={2.4} least={0.8}>{now.title}</Fitted></>
          : <><Fitted as="h2" class="question" most={3} least={0.8}>{title}</Fitted>{place && <p class="caption">{place}</p>}<Agenda agenda={shown.agenda} /></>}
        <NextLists floor={shown.floor} most={1} />
      </div>
      <div class="there">
        {body && shown.roll && <Presence present={presentCount(shown)} roll={shown.roll.entries} body={body} rule={rule} />}
        {seating && <SeatMap {...seating} signOf={signOf} />}
        {seating && <SeatLegend seats={seating.seats} signOf={signOf} />}
      </div>
    </section>
  );
}

/** Who is there, of how many; and by the body's own rule how many must be. */
function Presence({ present, roll, body, rule }: { present: number; roll: number; body: Body; rule: Rule | undefined }) {
  const needed = rule?.quorum?.counted === "present" ? quorumNeeded(rule, roll) : undefined;
  return (
    <div class="presence">
      <p class="caption">{say(WORDS.present)}</p>
      <p class="huge number">{present}/{roll}</p>
      <p class="caption number">{say(shareWords(present, "roll", roll, body))}</p>
      {needed !== undefined && <p class={`quorum number ${present >= needed ? "met" : "missing"}`}><Icon name={present >= needed ? "approve" : "warn"} />{say(present >= needed ? WORDS.quorum : WORDS.noQuorum, { n: needed })}</p>}
    </div>
  );
}

/** How the agenda begins, while nobody speaks about any of it. */
function Agenda({ agenda }: Pick<Shown, "agenda">) {
  if (!agenda.length) return null;
  const items = [...agenda].sort((one, other) => one.position - other.position);
  return (
    <div class="agenda">
      <h3>{say(WORDS.agenda)}</h3>
      <AsMany class="items" more={(n) => say(WORDS.agendaMore, { n })}>{items.map(({ id, title }) => <li key={id}><span>{title}</span></li>)}</AsMany>
    </div>
  );
}
