import { useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { Asking } from "../views/asking.tsx";
import { useDoing } from "../views/doing.ts";
import { locale, say } from "../words/language.ts";
import type { Passkey } from "../wire.ts";
import { removeOf, seenOf, type Seen } from "./deeds.ts";
import { Failure } from "./failure.tsx";
import { LOGGED_WORDS, SEEN_WORDS, WORDS } from "./words.ts";

/** The passkeys of a body and what happened with them, for the secretary: each can be removed. `name`: of a member. */
export function SeenPasskeys({ session, name }: { session: Session; name: (member: string) => string }) {
  const { busy, problem, act } = useDoing();
  const [seen, setSeen] = useState<Seen>();
  const [asked, setAsked] = useState<Passkey>();
  const look = () => seenOf(session);
  const remove = (one: Passkey) => act(() => removeOf(session, one.id).then(look).finally(() => setAsked(undefined)), setSeen);
  return (
    <details class="sheet" id="passkeys" onToggle={(event) => event.currentTarget.open && act(look, setSeen)}>
      <summary>{say(SEEN_WORDS.title)}</summary>
      <Failure of={problem} />
      {seen && !seen.passkeys.length && <p>{say(WORDS.none)}</p>}
      {seen && seen.passkeys.length > 0 && (
        <ul class="passkeys">
          {seen.passkeys.map((one) => (
            <li key={one.id}>
              <strong>{name(one.member)}</strong>: {one.name}. {say(one.backed_up ? WORDS.backedUp : WORDS.oneDevice)}.{" "}
              <button type="button" class="small" aria-label={`${say(WORDS.remove)}: ${name(one.member)}, ${one.name}`} onClick={() => setAsked(one)}>{say(WORDS.remove)}</button>
            </li>
          ))}
        </ul>
      )}
      {seen && seen.log.length > 0 && (
        <>
          <h3>{say(SEEN_WORDS.log)}</h3>
          <ul>{seen.log.map(({ at, member, what, by }, place) => <li key={place} data-what={what}>{new Date(at).toLocaleString(locale())}: {say(LOGGED_WORDS[what], { name: name(member), by: by && name(by) })}</li>)}</ul>
        </>
      )}
      {asked && (
        <Asking title={say(WORDS.removeTitle, { name: asked.name })} confirm={say(WORDS.remove)} danger busy={busy} onConfirm={() => remove(asked)} onCancel={() => setAsked(undefined)}>
          <p>{say(SEEN_WORDS.removeMeans, { name: name(asked.member) })}</p>
        </Asking>
      )}
    </details>
  );
}
