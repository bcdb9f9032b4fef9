import { useMemo, useRef, useState } from "preact/hooks";
import { codeOf } from "../acts/own_votes.ts";
import type { Proven } from "../rules/certificate.ts";
import type { Noted } from "../rules/rechecked.ts";
import { dateText, timeText } from "../views/times.ts";
import { CHOICE_WORDS } from "../views/words.ts";
import { say } from "../words/language.ts";
import { codesOf, seek, type Entry } from "./own.ts";
import { WORDS } from "./words.ts";

// More than these are better told apart by typing on.
const MOST = 8;

/** One's own ballot: found by what one knows of oneself, chosen where several are meant. */
export function OwnBallot({ proven }: { proven: Proven }) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<Entry>();
  const field = useRef<HTMLInputElement>(null);
  const choose = (entry: Entry) => {
    setChosen(entry);
    // The list goes away under the hand.
    field.current?.focus();
  };
  const codes = useMemo(() => codesOf(proven), [proven]);
  const { entries, replaced } = useMemo(() => seek(proven.roll.entries, codes, typed), [proven, codes, typed]);
  const found = chosen ?? (entries.length === 1 ? entries[0] : undefined);
  const several = !found && entries.length > 1;
  const said = found
    ? <Ballot proven={proven} entry={found} replaced={replaced} />
    : typed.trim() && (several ? say(WORDS.ownSeveral, { n: entries.length }) : say(WORDS.ownNone));
  return (
    <section aria-labelledby="own">
      <h2 id="own">{say(WORDS.own)}</h2>
      <label class="own" for="member">{say(WORDS.ownHint)}</label>
      <input ref={field} class="own-id" id="member" type="search" autocomplete="off" spellcheck={false} autocapitalize="off" value={typed} onInput={(event) => { setTyped(event.currentTarget.value); setChosen(undefined); }} />
      <p id="own-ballot" role="status">{said}</p>
      {several && (
        <ul class="people">
          {entries.slice(0, MOST).map((entry) => (
            <li key={entry.member}><button type="button" data-member={entry.member} onClick={() => choose(entry)}><Who entry={entry} /></button></li>
          ))}
        </ul>
      )}
      {several && entries.length > MOST && <p class="quiet">{say(WORDS.ownMore, { n: entries.length - MOST })}</p>}
    </section>
  );
}

function Who({ entry: { name, group, seat, member } }: { entry: Entry }) {
  return <><span>{name}</span><span class="quiet">{[group, seat, member].filter(Boolean).join(" · ")}</span></>;
}

function Ballot({ proven: { votes, weighed }, entry: { member, name }, replaced }: { proven: Proven; entry: Entry; replaced: boolean }) {
  const vote = votes.get(member);
  const noted = weighed.noted.get(member);
  const said = vote ? say(WORDS.ownBallot, { choice: say(CHOICE_WORDS[vote.choice]), line: vote.index, code: codeOf(vote) }) : !noted && say(WORDS.ownNoBallot);
  return <><strong>{name}</strong>: {[noted && notedText(noted), replaced && !noted?.excluded && say(WORDS.ownReplaced), said].filter(Boolean).join(" ")}</>;
}

/** What was found of the outside certificate behind a ballot, and what becomes of the ballot. */
function notedText({ why, excluded, found }: Noted): string {
  if (why === "revoked") return say(WORDS.ownRevoked, { at: `${timeText(found.revoked_at)}, ${dateText(found.revoked_at)}` });
  return say(excluded ? WORDS.ownExcluded : WORDS.ownUnknown);
}
