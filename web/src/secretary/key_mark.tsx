import { Icon } from "../views/icon.tsx";
import { say } from "../words/language.ts";
import type { KeyState } from "./records.ts";
import { KEY_WORDS } from "./words.ts";

const ICONS = { good: "approve", expired: "clock", revoked: "reject", none: "abstain" } as const;

/** Whether somebody has a key that opens: icon, word and colour; nothing while that is not known. */
export function KeyMark({ state }: { state: KeyState | undefined }) {
  if (!state) return null;
  return <span class={`key ${state}`} data-key={state}><Icon name={ICONS[state]} />{say(KEY_WORDS[state])}</span>;
}
