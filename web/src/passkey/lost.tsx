import { useEffect, useRef, useState } from "preact/hooks";
import { identities, type Identity } from "../keys/identity.ts";
import { useDoing } from "../views/doing.ts";
import { say } from "../words/language.ts";
import type { Admission } from "../wire.ts";
import { enter as enterByPasskey, recover } from "./deeds.ts";
import { Failure } from "./failure.tsx";
import { DOOR_WORDS, WORDS } from "./words.ts";

/** Who lost the key here: signs in with a passkey, then makes a new key in its place. */
export function Lost({ enter }: { enter: (identity: Identity) => void }) {
  const { busy, problem, act } = useDoing();
  const [admission, setAdmission] = useState<Admission>();
  const ask = () => act(enterByPasskey, setAdmission);
  // It was pressed to come here: the device asks at once.
  useEffect(ask, []);
  if (admission) return <NewKey admission={admission} enter={enter} leave={() => setAdmission(undefined)} />;
  return (
    <section class="sheet" id="passkey-door">
      <Failure of={problem} />
      <button type="button" class="primary wide" aria-disabled={busy} onClick={ask}>{say(busy ? WORDS.adding : DOOR_WORDS.enter)}</button>
      <p class="quiet">{say(DOOR_WORDS.enterWhy)}</p>
    </section>
  );
}

function NewKey({ admission, enter, leave }: { admission: Admission; enter: (identity: Identity) => void; leave: () => void }) {
  const { busy, problem, act } = useDoing();
  const [held, setHeld] = useState<Identity>();
  const heading = useRef<HTMLHeadingElement>(null);
  // It stands below the other way in: to be seen, and read out.
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const isTheirs = ({ body, member }: Identity) => body === admission.body && member === admission.member;
    identities().then((found) => setHeld(found.find(isTheirs)), () => undefined);
  }, [admission]);
  return (
    <section class="sheet" id="recover" aria-labelledby="recover-title">
      <h2 id="recover-title" ref={heading} tabIndex={-1}>{say(WORDS.newKey)}</h2>
      <p role="status">{say(WORDS.newKeyFor, { member: admission.member })}</p>
      <p>{say(WORDS.newKeyMeans)}</p>
      <Failure of={problem} />
      <button type="button" class="primary wide" aria-disabled={busy} onClick={() => act(() => recover(admission), enter)}>{say(busy ? WORDS.makingKey : WORDS.makeKey)}</button>
      {held && <button type="button" class="wide" onClick={() => enter(held)}>{say(WORDS.useKept)}</button>}
      <button type="button" class="plain wide" onClick={leave}>{say(WORDS.notNow)}</button>
    </section>
  );
}
