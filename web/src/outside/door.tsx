// What stands on the phone before anybody signs with a service: whether there is anything of the kind. The rest is fetched only then.
import { useEffect, useState } from "preact/hooks";
import { takeAll } from "../keys/shelf.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { useFetched } from "../views/fetched.ts";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { RemoteOwnKey } from "../wire.ts";
import { DOOR_WORDS } from "./door_words.ts";

type Room = typeof import("./room.tsx");

/** One's own keys at signing services, and the ballots that they are to sign. */
export interface Outside {
  readonly session: Session;
  readonly keys: readonly RemoteOwnKey[];
  readonly begun: Awaited<ReturnType<Room["begunBallots"]>>;
  readonly room: Room;
  /** Look again: something was begun, or is over. */
  look(): void;
}

/** Those of this person; undefined as long as there is nothing, or nobody can tell. */
export function useOutside(session: Session): Outside | undefined {
  const [found, setFound] = useState<Omit<Outside, "session" | "look">>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const look = async () => {
      const keys = await persist(() => session.ask<RemoteOwnKey[]>("GET", "/signing/remote/own"), { signal });
      if (!keys.length && !found && !(await takeAll("outside")).length) return;
      const room = await import("./room.tsx");
      const begun = await room.begunBallots(session.member);
      if (!signal.aborted) setFound({ keys, begun, room });
    };
    look().catch(() => undefined);
    return () => leaving.abort();
  }, [session, turn]);
  useEffect(() => {
    const again = () => setTurn((count) => count + 1);
    addEventListener("plenary.outside", again);
    return () => removeEventListener("plenary.outside", again);
  }, []);
  return found && { ...found, session, look: () => void dispatchEvent(new Event("plenary.outside")) };
}

/** For who joins: where such a key is linked. */
export function ServicesHint() {
  return <p class="quiet">{say(DOOR_WORDS.joining)}</p>;
}

/** One's own keys at signing services, to be seen and linked. */
export function OwnServices({ session }: { session: Session }) {
  const { press, shown, problem } = useFetched(async () => {
    const { Own } = await import("./own.tsx");
    return () => <Own session={session} />;
  });
  return (
    <section class="sheet" id="services" aria-labelledby="services-title">
      <h3 id="services-title">{say(DOOR_WORDS.own)}</h3>
      {problem !== undefined && <Problem of={problem} />}
      {shown ? shown() : <button type="button" class="wide" onClick={press}>{say(DOOR_WORDS.ownShow)}</button>}
    </section>
  );
}
