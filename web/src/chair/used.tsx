import { useEffect, useState } from "preact/hooks";
import { clock } from "../line/clock.ts";
import { clockText } from "../views/times.ts";
import { say } from "../words/language.ts";
import type { Turn } from "../wire.ts";
import { WORDS } from "./words.ts";

/** How long somebody has spoken who has no limit. */
export function Used({ turn: { used_ms: before, running_since: since } }: { turn: Turn }) {
  const [, draw] = useState(0);
  useEffect(() => {
    if (since === null) return undefined;
    const timer = setInterval(() => draw((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [since]);
  const used = before + (since === null ? 0 : Math.max(0, clock.now() - since));
  return <span class="countdown">{clockText(Math.floor(used / 1000) * 1000)}<span class="unseen"> {say(WORDS.used)}</span></span>;
}
