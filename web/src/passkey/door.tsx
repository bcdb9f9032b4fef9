// What stands on a page before anybody wants a passkey: two buttons. The rest is fetched when one is pressed.
import { useEffect, useState } from "preact/hooks";
import type { Identity } from "../keys/identity.ts";
import type { Session } from "../line/signin.ts";
import { useDoing } from "../views/doing.ts";
import { useFetched } from "../views/fetched.ts";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { Confirming } from "./confirming.tsx";
import { DOOR_WORDS } from "./door_words.ts";

/** The way in for who lost the key on this device. */
export function PasskeyDoor({ enter }: { enter: (identity: Identity) => void }) {
  const { press, shown } = useFetched(async () => {
    const { Lost } = await import("./lost.tsx");
    return () => <Lost enter={enter} />;
  });
  if (shown) return <>{shown()}</>;
  return (
    <section class="sheet" id="passkey-door">
      <button type="button" class="wide" onClick={press}>{say(DOOR_WORDS.enter)}</button>
      <p class="quiet">{say(DOOR_WORDS.enterWhy)}</p>
    </section>
  );
}

/** The last step before a ballot is signed where the question asks for a passkey; fetched when it does. */
export function Confirmation(how: Parameters<typeof Confirming>[0]) {
  const { problem, act } = useDoing();
  const [room, setRoom] = useState<{ readonly Confirming: typeof Confirming }>();
  useEffect(() => act(() => import("./confirming.tsx"), setRoom), []);
  if (problem !== undefined) return <Problem of={problem} />;
  return room ? <room.Confirming {...how} /> : <p role="status">{say(DOOR_WORDS.confirming)}</p>;
}

/** One's own passkeys, to be seen and added. */
export function OwnPasskeys({ session }: { session: Session }) {
  const { press, shown, problem } = useFetched(async () => {
    const { Own } = await import("./own.tsx");
    return () => <Own session={session} />;
  });
  return (
    <section class="sheet" id="passkeys" aria-labelledby="passkeys-title">
      <h3 id="passkeys-title">{say(DOOR_WORDS.own)}</h3>
      {problem !== undefined && <Problem of={problem} />}
      {shown ? shown() : <button type="button" class="wide" onClick={press}>{say(DOOR_WORDS.ownShow)}</button>}
    </section>
  );
}
