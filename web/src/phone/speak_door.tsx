import { useEffect, useState } from "preact/hooks";
import { persist } from "../line/server.ts";
import { Unheard } from "../views/coming.tsx";
import type { Speaking } from "./speak.tsx";

type Room = typeof import("./speak.tsx");

/** Where one asks to speak: fetched when one first looks there, until it comes. Nobody needs it to vote. */
export function SpeakDoor(speaking: Speaking) {
  const [room, setRoom] = useState<Room>();
  const [unheard, setUnheard] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    persist(() => import("./speak.tsx"), { signal, passing: () => true, failed: () => setUnheard(true) }).then(setRoom, () => undefined);
    return () => leaving.abort();
  }, []);
  return room ? <room.Speak {...speaking} /> : unheard ? <Unheard /> : null;
}
