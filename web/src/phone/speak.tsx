import { useEffect, useId, useState } from "preact/hooks";
import { askToSpeak, changeRequest, withdraw, writeOpinion } from "../acts/speak.ts";
import type { Session } from "../line/signin.ts";
import { placeOf, speaking, waitingOf } from "../shown/speaking.ts";
import type { Shown } from "../shown/state.ts";
import { useAsked } from "../views/asked.ts";
import { useDoing } from "../views/doing.ts";
import { laneText } from "../views/lanes.ts";
import { Problem } from "../views/problem.tsx";
import { STANCE_WORDS } from "../views/words.ts";
import { say } from "../words/language.ts";
import { OpinionsShape, PlaceShape, type Lane, type Opinions, type Place, type SpeakRequest } from "../wire.ts";
import { WORDS } from "./speak_words.ts";
import { useTyped } from "./typed.ts";

export interface Speaking {
  readonly session: Session;
  readonly meeting: string;
  readonly shown: Shown;
}

/** The floor, as a delegate needs it: who speaks, where one stands oneself, where one may ask. */
export function Speak({ session, meeting, shown }: Speaking) {
  const { floor } = shown;
  const speaker = speaking(floor);
  const waiting = waitingOf(floor, session.member);
  const open = (floor?.lanes ?? []).map(({ lane }) => lane).filter(({ state, item, lane }) => state === "open" && !waiting.some((each) => each.item === item && each.lane === lane));
  return (
    <div class="speak">
      <section class="sheet" aria-labelledby="speaks">
        <h2 id="speaks">{say(speaker ? WORDS.speaks : WORDS.nobody)}</h2>
        {speaker && <p><strong>{speaker.name}</strong>{speaker.group && <span class="quiet"> · {speaker.group}</span>}</p>}
      </section>
      {waiting.map((request) => <Waiting key={request.id} session={session} meeting={meeting} shown={shown} request={request} />)}
      <Unreached session={session} meeting={meeting} shown={shown} />
      {open.length > 0 && <Asking session={session} meeting={meeting} lanes={open} />}
      {!open.length && !waiting.length && <p class="sheet quiet" id="no-lane">{say(WORDS.noLane)}</p>}
    </div>
  );
}

/** What somebody is about to ask for: in which list (by item and name), with which stance and note. */
interface Wish {
  readonly of?: string;
  readonly stance?: SpeakRequest["stance"] | undefined;
  readonly note?: string;
}

const nameOf = ({ item, lane }: Pick<Lane, "item" | "lane">) => `${item} ${lane}`;

function Asking({ session, meeting, lanes }: { session: Session; meeting: string; lanes: readonly Lane[] }) {
  const [wish, setWish] = useTyped<Wish>(`ask ${meeting} ${session.member}`, {});
  const { busy, problem, act } = useDoing();
  const name = useId();
  const lane = lanes.find((each) => nameOf(each) === wish.of) ?? lanes[0];
  if (!lane) return null;
  const { stances } = lane.rules;
  const [stance, note] = [stances.find((each) => each === wish.stance), wish.note ?? ""];
  // Whatever is typed is typed for this list, also when another opens before it.
  const change = (part: Wish) => setWish({ of: nameOf(lane), stance, note, ...part });
  const ask = (event: Event) => {
    event.preventDefault();
    const said = stance ?? stances[0] ?? "other";
    act(() => askToSpeak(session, meeting, { item: lane.item, lane: lane.lane, stance: said, note: note.trim().normalize("NFC") }), () => setWish(undefined));
  };
  return (
    <form class="sheet" onSubmit={ask} aria-labelledby={name}>
      <h2 id={name}>{say(WORDS.ask)}</h2>
      <div class="lanes" role="group" aria-labelledby={name}>
        {lanes.map((each) => (
          <button type="button" key={nameOf(each)} aria-pressed={each === lane} onClick={() => change({ of: nameOf(each), stance: undefined })}>
            <span><strong>{laneText(each.lane)}</strong><br /><span class="quiet">{each.title}</span></span>
          </button>
        ))}
      </div>
      <Said lane={lane} stance={stance} setStance={(said) => change({ stance: said })} note={note} setNote={(typed) => change({ note: typed })} />
      {problem !== undefined && <Problem of={problem} />}
      <button type="submit" class="primary wide" aria-disabled={busy}>{say(busy ? WORDS.asking : WORDS.ask)}</button>
    </form>
  );
}

interface Said {
  readonly lane: Lane;
  readonly stance: SpeakRequest["stance"] | undefined;
  readonly setStance: (stance: SpeakRequest["stance"]) => void;
  readonly note: string;
  readonly setNote: (note: string) => void;
}

/** Stance, where the lane asks for one, and a note. */
function Said({ lane, stance, setStance, note, setNote }: Said) {
  const id = useId();
  return (
    <>
      {lane.rules.stances.length > 1 && (
        <fieldset class="stances">
          <legend>{say(WORDS.stance)}</legend>
          {lane.rules.stances.map((each) => (
            <label key={each}><input type="radio" name={id} required checked={each === stance} onChange={() => setStance(each)} />{say(STANCE_WORDS[each])}</label>
          ))}
        </fieldset>
      )}
      <div class="field">
        <label for={`${id}-note`}>{say(WORDS.note)}</label>
        <textarea id={`${id}-note`} maxLength={500} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </div>
    </>
  );
}

/** One's own request: place and expected wait, to be changed or taken back. */
function Waiting({ session, meeting, shown, request }: Speaking & { request: SpeakRequest }) {
  const found = placeOf(shown.floor, request.id);
  const wait = useWait(session, meeting, request.id, `${found?.place} ${speaking(shown.floor)?.id ?? ""}`);
  const [edited, setEdited] = useTyped<Pick<SpeakRequest, "stance" | "note"> | undefined>(`change ${request.id} ${session.member}`, undefined);
  const { busy, problem, act } = useDoing();
  const save = (said: Pick<SpeakRequest, "stance" | "note">) => act(() => changeRequest(session, meeting, { id: request.id, ...said }), () => setEdited(undefined));
  if (!found) return null;
  const minutes = wait === undefined || wait === null ? undefined : Math.round(wait / 60_000);
  return (
    <section class="sheet waiting" aria-label={say(WORDS.waiting)} data-request={request.id}>
      <h2>{say(WORDS.waiting)}</h2>
      <p><strong>{laneText(found.lane.lane)}</strong> <span class="quiet">{found.lane.title}</span></p>
      <dl class="particulars" aria-live="polite">
        <div><dt>{say(WORDS.place)}</dt><dd class="own-place">{found.place === 1 ? say(WORDS.next) : found.place}</dd></div>
        {minutes !== undefined && <div><dt>{say(WORDS.wait)}</dt><dd>{minutes ? say(WORDS.minutes, { n: minutes }) : say(WORDS.soon)}</dd></div>}
      </dl>
      {edited && <Said lane={found.lane} {...edited} setStance={(stance) => setEdited({ ...edited, stance })} setNote={(note) => setEdited({ ...edited, note })} />}
      {problem !== undefined && <Problem of={problem} />}
      <div class="acts">
        {edited
          ? <button type="button" class="primary" aria-disabled={busy} onClick={() => save(edited)}>{say(WORDS.save)}</button>
          : <button type="button" onClick={() => setEdited({ stance: request.stance, note: request.note })}>{say(WORDS.edit)}</button>}
        <button type="button" class="danger" aria-disabled={busy} onClick={() => act(() => withdraw(session, meeting, request.id))}>{say(WORDS.withdraw)}</button>
      </div>
    </section>
  );
}

const SETTLED_MS = 700;

/** The expected wait, asked for when the queue has come to rest after a change; undefined while unknown. */
function useWait(session: Session, meeting: string, request: string, moved: string): number | null | undefined {
  const [wait, setWait] = useState<number | null>();
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      session.ask<Place>("GET", `/floor/meetings/${encodeURIComponent(meeting)}/requests/${encodeURIComponent(request)}`, { shape: PlaceShape })
        .then(({ wait_ms: found }) => isCurrent && setWait(found), () => undefined);
    }, SETTLED_MS);
    return () => { isCurrent = false; clearTimeout(timer); };
  }, [session, meeting, request, moved]);
  return wait;
}

/** Those whom the end of an item left without a turn are invited to write. */
function Unreached({ session, meeting, shown }: Speaking) {
  const ended = (shown.floor?.lanes ?? []).filter(({ lane }) => lane.state === "ended").map(({ lane }) => `${lane.item} ${lane.lane}`).join();
  const path = `/floor/meetings/${encodeURIComponent(meeting)}/opinions`;
  const { value: opinions, problem: unasked } = useAsked(ended ? () => session.ask<Opinions>("GET", path, { shape: OpinionsShape }) : undefined, [session, path, ended]);
  const [sent, setSent] = useState<readonly string[]>([]);
  const { busy, problem, act } = useDoing();
  const id = useId();
  const written = new Set([...sent, ...(opinions?.written ?? []).filter(({ member }) => member === session.member).map(({ item }) => item)]);
  const request = opinions?.invited.find(({ member, item }) => member === session.member && !written.has(item));
  const [text, setText] = useTyped(`opinion ${meeting} ${request?.item} ${session.member}`, "");
  if (unasked !== undefined) return <Problem of={unasked} />;
  if (!request) return sent.length ? <p class="notice good" role="status">{say(WORDS.opinionSent)}</p> : null;
  const send = (event: Event) => {
    event.preventDefault();
    if (text.trim()) act(() => writeOpinion(session, meeting, request.item, text.trim().normalize("NFC")), () => { setSent([...sent, request.item]); setText(undefined); });
  };
  return (
    <form class="sheet" onSubmit={send}>
      <h2>{say(WORDS.unreached)}</h2>
      <p>{say(WORDS.unreachedWhat)}</p>
      <div class="field">
        <label for={id}>{say(WORDS.opinion)}</label>
        <textarea id={id} maxLength={5000} required value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      {problem !== undefined && <Problem of={problem} />}
      <button type="submit" class="primary wide" aria-disabled={busy}>{say(busy ? WORDS.asking : WORDS.sendOpinion)}</button>
    </form>
  );
}
