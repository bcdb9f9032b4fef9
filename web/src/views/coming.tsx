import { say } from "../words/language.ts";
import { Icon } from "./icon.tsx";
import { WORDS } from "./words.ts";

/** On the way in; `unheard`: the server has not answered, and is asked again. Nothing else is known yet, so nothing else is said. */
export function Coming({ unheard }: { unheard: boolean }) {
  return (
    <>
      <p role="status">{say(WORDS.signingIn)}</p>
      {unheard && <p class="notice warn unheard" role="status" data-line="lost"><Icon name="lost" /> {say(WORDS.notReached)}</p>}
    </>
  );
}
