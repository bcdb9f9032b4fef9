import type { LineState } from "../line/follow.ts";
import { say } from "../words/language.ts";
import { Icon } from "./icon.tsx";
import { LINE_WORDS, WORDS } from "./words.ts";

/** How the line to the server is: Tốt, Yếu or Mất; a change is read out. */
export function LineBanner({ state }: { state: LineState }) {
  return (
    <span class={`line ${state}`} role="status" data-line={state}>
      <Icon name={state} />
      <span><span class="unseen">{say(WORDS.line)} </span>{say(LINE_WORDS[state])}</span>
    </span>
  );
}
