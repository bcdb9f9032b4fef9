import { useState } from "preact/hooks";
import { Asking } from "../views/asking.tsx";
import { useAsked, useCalm } from "../views/asked.ts";
import { Icon } from "../views/icon.tsx";
import { matches } from "../views/search.ts";
import { timeText } from "../views/times.ts";
import { own } from "../shown/state.ts";
import type { PresenceLogged, RollEntry } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { KeyMark } from "./key_mark.tsx";
import { isPresent, keyOf } from "./records.ts";
import { Search } from "./search.tsx";
import { FILTER_WORDS, WORDS } from "./words.ts";

type Filter = keyof typeof FILTER_WORDS;
interface Marking {
  readonly entry: RollEntry;
  readonly present: boolean;
}

/** A hall checks in within minutes: the log is asked for once in a while, not for each of them. */
const LOG_EVERY = 10_000;

/** Who is there: followed live, corrected with a reason, and every change kept with who made it. */
export function Presence(work: Work) {
  const { session, meeting, shown, records } = work;
  const [typed, setTyped] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const [marking, setMarking] = useState<Marking>();
  const doing = useDoing();
  const path = `/meeting/meetings/${encodeURIComponent(meeting)}/presence`;
  const log = useAsked(() => session.ask<PresenceLogged[]>("GET", `${path}/changes`), [session, meeting, useCalm(shown.presence, LOG_EVERY)]);
  const roll = records.frozen?.entries ?? records.draft.value ?? [];
  const fits = ({ member }: RollEntry) => filter === "all" || (filter === "present") === (isPresent(shown, member) ?? false);
  const found = roll.filter((entry) => fits(entry) && (!typed.trim() || matches(`${entry.name} ${entry.member} ${entry.group} ${entry.seat}`, typed)));
  const mark = ({ entry, present }: Marking, reason: string) => {
    setMarking(undefined);
    const json = present ? { present, why: reason } : { present, reason };
    doing.run(() => session.ask("POST", `${path}/${encodeURIComponent(entry.member)}`, { json }).then(log.again), WORDS.presenceKept, { name: entry.name });
  };
  return (
    <>
      <section class="sheet">
        <Tally roll={roll} work={work} filter={filter} choose={setFilter} />
        <Search value={typed} onInput={setTyped} found={found.length} all={roll.length} />
        <Outcome of={doing} />
        <ul class="presence" tabIndex={0} aria-label={say(WORDS.whoIsThere)}>
          {found.map((entry) => <Person key={entry.member} entry={entry} work={work} mark={(present) => setMarking({ entry, present })} />)}
        </ul>
      </section>
      <Changes log={log.value ?? []} work={work} />
      {marking && (
        <Asking
          title={say(marking.present ? WORDS.markPresentAsk : WORDS.markAbsentAsk, { name: marking.entry.name })} confirm={say(marking.present ? WORDS.markPresent : WORDS.markAbsent)}
          reason={say(marking.present ? WORDS.whyForThem : WORDS.reasonAbsent)} onConfirm={(reason) => mark(marking, reason)} onCancel={() => setMarking(undefined)}
        >
          <p>{say(WORDS.markIsKept)}</p>
        </Asking>
      )}
    </>
  );
}

function Tally({ roll, work: { shown }, filter, choose }: { roll: readonly RollEntry[]; work: Work; filter: Filter; choose: (filter: Filter) => void }) {
  const present = roll.filter(({ member }) => isPresent(shown, member)).length;
  const counts = { all: roll.length, present, absent: roll.length - present };
  return (
    <div class="acts tally" role="group" aria-label={say(WORDS.show)}>
      {(Object.keys(FILTER_WORDS) as Filter[]).map((name) => (
        <button key={name} type="button" aria-pressed={filter === name} onClick={() => choose(name)}>{say(FILTER_WORDS[name])} <strong class="number">{counts[name]}</strong></button>
      ))}
    </div>
  );
}

function Person({ entry, work: { shown, records }, mark }: { entry: RollEntry; work: Work; mark: (present: boolean) => void }) {
  const presence = own(shown.presence, entry.member);
  const there = presence?.present ?? false;
  return (
    <li data-member={entry.member} data-present={there}>
      <span class={`there ${there ? "yes" : "no"}`}><Icon name={there ? "approve" : "abstain"} /><span class="unseen">{say(there ? FILTER_WORDS.present : FILTER_WORDS.absent)}</span></span>
      <span class="person"><strong>{entry.name}</strong><span class="quiet">{[entry.seat && say(WORDS.seatNamed, { seat: entry.seat }), entry.group].filter(Boolean).join(" · ")}</span></span>
      <span class="since quiet number">{presence ? say(there ? WORDS.since : WORDS.goneSince, { when: timeText(presence.at) }) : say(WORDS.neverMarked)}{presence?.reason && ` · ${presence.reason}`}</span>
      <KeyMark state={keyOf(records.keys, entry.member)} />
      <button type="button" class="small" onClick={() => mark(!there)} aria-label={`${say(there ? WORDS.markAbsent : WORDS.markPresent)}: ${entry.name}`}>{say(there ? WORDS.markAbsent : WORDS.markPresent)}</button>
    </li>
  );
}

/** Corrections: what the desk changed for others, the newest first. */
function Changes({ log, work: { records } }: { log: readonly PresenceLogged[]; work: Work }) {
  const nameOf = (member: string) => records.members.value?.find(({ id }) => id === member)?.name ?? member;
  const corrections = log.filter(({ member, by }) => member !== by).reverse();
  return (
    <details class="sheet" open={corrections.length > 0}>
      <summary>{say(WORDS.corrections, { n: corrections.length })}</summary>
      <p class="quiet">{say(WORDS.correctionsKept)}</p>
      <ol class="log">
        {corrections.map(({ member, present, at, reason, by, why }, index) => (
          <li key={index}><span class="number quiet">{timeText(at)}</span> <strong>{nameOf(member)}</strong>: {say(present ? FILTER_WORDS.present : FILTER_WORDS.absent)}{(reason || why) && ` – ${reason || why}`} <span class="quiet">({nameOf(by)})</span></li>
        ))}
      </ol>
    </details>
  );
}
