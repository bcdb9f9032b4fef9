import { useEffect, useId, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { Asking } from "../views/asking.tsx";
import { useDoing } from "../views/doing.ts";
import { locale, say } from "../words/language.ts";
import type { Passkey } from "../wire.ts";
import { addPasskey, ownPasskeys, removePasskey } from "./deeds.ts";
import { Failure } from "./failure.tsx";
import { WORDS } from "./words.ts";

/** One's own passkeys: each can be removed, and another added. */
export function Own({ session }: { session: Session }) {
  const { busy, problem, act } = useDoing();
  const [passkeys, setPasskeys] = useState<readonly Passkey[]>();
  const [added, setAdded] = useState(false);
  const [asked, setAsked] = useState<Passkey>();
  const [name, setName] = useState(() => say(WORDS.firstName));
  const id = useId();
  const look = () => ownPasskeys(session);
  useEffect(() => act(look, setPasskeys), []);
  const add = (event: Event) => {
    event.preventDefault();
    setAdded(false);
    act(() => addPasskey(session, name.normalize("NFC").trim() || say(WORDS.firstName)).then(look), (found) => { setPasskeys(found); setAdded(true); });
  };
  const remove = (one: Passkey) => act(() => removePasskey(session, one.id).then(look).finally(() => setAsked(undefined)), setPasskeys);
  return (
    <>
      <p class="quiet">{say(WORDS.what)}</p>
      {passkeys?.length === 0 && <p>{say(WORDS.none)}</p>}
      {passkeys && passkeys.length > 0 && <ul class="passkeys">{passkeys.map((one) => <li key={one.id}><One passkey={one} remove={() => setAsked(one)} /></li>)}</ul>}
      <p class="quiet" role="status">{added ? say(WORDS.added) : ""}</p>
      <Failure of={problem} />
      <form class="passkey-form" onSubmit={add}>
        <div class="field">
          <label for={id}>{say(WORDS.name)}</label>
          <input id={id} value={name} maxLength={100} onInput={(event) => setName(event.currentTarget.value)} autocomplete="off" />
        </div>
        <button type="submit" class="primary wide" aria-disabled={busy}>{say(busy ? WORDS.adding : WORDS.add)}</button>
      </form>
      {asked && (
        <Asking title={say(WORDS.removeTitle, { name: asked.name })} confirm={say(WORDS.remove)} danger busy={busy} onConfirm={() => remove(asked)} onCancel={() => setAsked(undefined)}>
          <p>{say(WORDS.removeMeans)}</p>
        </Asking>
      )}
    </>
  );
}

function One({ passkey, remove }: { passkey: Passkey; remove: () => void }) {
  const day = (at: number) => new Date(at).toLocaleDateString(locale());
  const times = [say(WORDS.made, { day: day(passkey.created_at) }), ...(passkey.used_at ? [say(WORDS.used, { day: day(passkey.used_at) })] : [])];
  return (
    <>
      <p><strong>{passkey.name}</strong></p>
      <p class="quiet">{times.join(", ")}. {say(passkey.backed_up ? WORDS.backedUp : WORDS.oneDevice)}.</p>
      {passkey.replayed_at > 0 && <p class="notice bad">{say(WORDS.replayed)}</p>}
      <button type="button" aria-label={`${say(WORDS.remove)}: ${passkey.name}`} onClick={remove}>{say(WORDS.remove)}</button>
    </>
  );
}
