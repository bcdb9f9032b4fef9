import { useState } from "preact/hooks";
import { Asking } from "../views/asking.tsx";
import { isOnlyHere } from "../views/house.ts";
import { matches } from "../views/search.ts";
import { rolesText } from "../views/who.tsx";
import type { Invite, Member } from "../wire.ts";
import { say } from "../words/language.ts";
import { Cards } from "./cards.tsx";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { KeyMark } from "./key_mark.tsx";
import { keyOf } from "./records.ts";
import { Search } from "./search.tsx";
import { WORDS } from "./words.ts";

/** Invites: who is chosen gets a fresh code, on a card to be printed or shown. Codes are kept nowhere. */
export function Invites(work: Work) {
  const { session, records, invites, keepInvites, shown } = work;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState(false);
  const doing = useDoing();
  const members = records.members.value ?? [];
  const make = () => {
    setAsked(false);
    doing.run(async () => {
      const made = await session.ask<Invite[]>("POST", `/signing/bodies/${encodeURIComponent(session.body)}/invites`, { json: { members: [...chosen] } });
      // Cards of others stand until they are cleared: their codes are nowhere else.
      keepInvites([...invites.filter(({ member }) => !chosen.has(member)), ...made]);
      setChosen(new Set());
    }, WORDS.invitesMade, { n: chosen.size });
  };
  const seatOf = (member: string) => (records.draft.value ?? []).find((entry) => entry.member === member)?.seat ?? "";
  const cards = invites.flatMap((invite) => {
    const member = members.find(({ id }) => id === invite.member);
    return member ? [{ invite, member, seat: seatOf(invite.member) }] : [];
  });
  return (
    <>
      <Local />
      <section class="sheet">
        <Choosing members={members} work={work} chosen={chosen} choose={setChosen} />
        <Outcome of={doing} />
        <div class="acts"><button type="button" class="primary" disabled={!chosen.size} aria-disabled={!chosen.size || doing.busy} onClick={() => setAsked(true)}>{say(WORDS.makeInvites, { n: chosen.size })}</button></div>
      </section>
      {cards.length > 0 && (
        <section class="sheet printed" aria-labelledby="cards">
          <div class="acts spread">
            <h3 id="cards">{say(WORDS.cards, { n: cards.length })}</h3>
            <div class="acts">
              <button type="button" class="primary" onClick={() => print()}>{say(WORDS.print)}</button>
              <button type="button" onClick={() => keepInvites([])}>{say(WORDS.forgetCards)}</button>
            </div>
          </div>
          <p class="notice warn">{say(WORDS.codesSecret)}</p>
          <Cards cards={cards} body={records.body.value?.name ?? ""} meeting={shown.meeting?.title ?? ""} origin={location.origin} />
        </section>
      )}
      {asked && (
        <Asking title={say(WORDS.makeInvites, { n: chosen.size })} confirm={say(WORDS.makeThem)} onConfirm={make} onCancel={() => setAsked(false)}>
          <p>{say(WORDS.invitesMean)}</p>
        </Asking>
      )}
    </>
  );
}

/** A page opened by this machine's own name makes cards that no other device can open. */
function Local() {
  if (!isOnlyHere(location.origin)) return null;
  return <p class="notice warn">{say(WORDS.localOrigin, { origin: location.origin })}</p>;
}

interface ChoosingOf {
  readonly members: readonly Member[];
  readonly work: Work;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
}

function Choosing({ members, work: { records }, chosen, choose }: ChoosingOf) {
  const [typed, setTyped] = useState("");
  const keyed = (member: string) => keyOf(records.keys, member);
  const without = members.filter(({ id }) => keyed(id) !== "good");
  const found = typed.trim() ? members.filter(({ name, id, group }) => matches(`${name} ${id} ${group}`, typed)) : members;
  const toggle = (id: string) => { const next = new Set(chosen); if (!next.delete(id)) next.add(id); choose(next); };
  return (
    <fieldset>
      <legend>{say(WORDS.whoIsInvited)}</legend>
      <div class="acts spread">
        <Search value={typed} onInput={setTyped} found={found.length} all={members.length} />
        <div class="acts">
          <button type="button" onClick={() => choose(new Set(without.map(({ id }) => id)))}>{say(WORDS.chooseWithout, { n: without.length })}</button>
          <button type="button" onClick={() => choose(new Set(found.map(({ id }) => id)))}>{say(WORDS.chooseShown, { n: found.length })}</button>
          <button type="button" class="plain" onClick={() => choose(new Set())}>{say(WORDS.chooseNone)}</button>
        </div>
      </div>
      <ul class="choosing" tabIndex={0} aria-label={say(WORDS.members)}>
        {found.map(({ id, name, roles }) => (
          <li key={id}>
            <label class="check"><input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} /><span>{name} <span class="quiet">{rolesText(roles)}</span></span></label>
            <KeyMark state={keyed(id)} />
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
