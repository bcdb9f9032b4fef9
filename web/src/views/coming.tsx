import { say } from "../words/language.ts";
import { Icon } from "./icon.tsx";
import { WORDS } from "./words.ts";

/** On the way in; `unheard`: the server has not answered, and is asked again. Nothing else is known yet, so nothing else is said. */
export function Coming({ unheard }: { unheard: boolean }) {
  return (
    <>
      <p role="status">{say(WORDS.signingIn)}</p>
      {unheard && <Unheard />}
    </>
  );
}

/** The server does not answer and is asked again: of a part of the page that is not there yet. */
export function Unheard() {
  return <p class="notice warn unheard" role="status" data-line="lost"><Icon name="lost" /> {say(WORDS.notReached)}</p>;
}
