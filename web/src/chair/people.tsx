import { useState } from "preact/hooks";
import { Icon } from "../views/icon.tsx";
import { matches } from "../views/search.ts";
import { say, type Words } from "../words/language.ts";
import { countOf, isReady, type Person } from "./readiness.ts";
import { WORDS } from "./words.ts";

/** Who is ready and who is not: those who are not come first, each with what is missing. */
export function People({ people, voting }: { people: readonly Person[]; voting: boolean }) {
  const [typed, setTyped] = useState("");
  const present = people.filter((one) => one.present);
  const ready = people.filter(isReady).length;
  const sent = told(countOf(present, "received"));
  const found = people.filter(({ entry }) => !typed.trim() || matches(`${entry.name} ${entry.group} ${entry.seat}`, typed));
  const sorted = [...found].sort((one, other) => weight(one, voting) - weight(other, voting));
  return (
    <section class="readiness" aria-labelledby="readiness">
      <h2 id="readiness">{say(voting ? WORDS.whoVoted : WORDS.readiness)}</h2>
      <p class="large number"><strong>{voting ? sent : ready}</strong>/{voting ? present.length : people.length} <span class="quiet">{say(voting ? WORDS.sentCount : WORDS.ready)}</span></p>
      <dl class="marks">
        <dt>{say(WORDS.presentNow)}</dt><dd>{present.length}</dd>
        <dt>{say(WORDS.haveKey)}</dt><dd>{told(countOf(people, "keyed"))}</dd>
        <dt>{say(WORDS.areConnected)}</dt><dd>{told(countOf(people, "connected"))}</dd>
      </dl>
      <label class="unseen" for="find">{say(WORDS.find)}</label>
      <input id="find" type="search" placeholder={say(WORDS.find)} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      <ul class="persons" tabIndex={0} aria-label={say(WORDS.readiness)}>
        {sorted.map((person) => <PersonLine person={person} voting={voting} key={person.entry.member} />)}
      </ul>
    </section>
  );
}

function PersonLine({ person, voting }: { person: Person; voting: boolean }) {
  const { entry, received } = person;
  const lacks = lacksOf(person);
  const state = voting && received ? "sent" : lacks.length ? "unready" : voting ? "waited" : "ready";
  return (
    <li class={state} data-member={entry.member}>
      <span class="name">{entry.name}<span class="quiet"> {[entry.group, entry.seat].filter(Boolean).join(" · ")}</span></span>
      <span class="mark">
        {state === "unready" ? <Icon name="warn" /> : state !== "waited" && <Icon name="approve" />}
        {state === "unready" ? lacks.map((each) => say(each)).join(", ") : say({ sent: WORDS.sent, waited: WORDS.notSent, ready: WORDS.ready }[state])}
      </span>
    </li>
  );
}

/** What somebody lacks to be ready; what nobody has told is no lack. */
function lacksOf({ present, keyed, connected }: Person): Words[] {
  if (!present) return [WORDS.absent];
  return [...(keyed === false ? [WORDS.noKey] : []), ...(connected === false ? [WORDS.lostLine] : [])];
}

// Present and in trouble, then absent, then those who are ready; while votes are cast, who has sent theirs comes last.
function weight(person: Person, voting: boolean): number {
  if (voting && person.received) return 4;
  if (!person.present) return 2;
  return isReady(person) ? (voting ? 1 : 3) : 0;
}

function told(count: number | undefined): string | number {
  return count ?? say(WORDS.notKnown);
}
