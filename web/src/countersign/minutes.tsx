import { paperOf } from "../acts/countersign.ts";
import type { Session } from "../line/signin.ts";
import type { MinutesShown } from "../wire.ts";
import { say } from "../words/language.ts";
import { Signatures } from "./signatures.tsx";
import type { PLACES } from "./words.ts";
import { WORDS } from "./words.ts";

interface MinutesSigningOf {
  readonly session: Session;
  readonly meeting: string;
  readonly minutes: readonly MinutesShown[];
  readonly place: keyof typeof PLACES;
  readonly nameOf: (member: string) => string;
}

/** The newest edition of the minutes, to be signed; nothing while there is none. */
export function MinutesSigning({ session, meeting, minutes, place, nameOf }: MinutesSigningOf) {
  const newest = minutes.at(-1);
  if (!newest) return null;
  return (
    <details class="notice before minutes" open={newest.signed === ""}>
      <summary>{say(WORDS.minutes, { n: newest.edition })}</summary>
      <Signatures key={newest.minutes} session={session} meeting={meeting} paper={paperOf(newest)} place={place} nameOf={nameOf} />
    </details>
  );
}
