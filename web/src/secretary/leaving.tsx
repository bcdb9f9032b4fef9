import { useEffect } from "preact/hooks";
import { Asking } from "../views/asking.tsx";
import { say } from "../words/language.ts";
import type { SectionName } from "./desk.tsx";
import { WORDS } from "./words.ts";

/** Where one goes: to another section, or out, to be another person or in another meeting. */
export type Way = SectionName | "out";

interface LeavingOf {
  readonly way: Way;
  readonly unsaved: boolean;
  /** How many invites stand on this page alone. */
  readonly invites: number;
  readonly take: () => void;
  readonly stay: () => void;
}

/** Asks before something goes that is nowhere else: what was written and not saved, codes of invites. */
export function Leaving({ way, unsaved, invites, take, stay }: LeavingOf) {
  return (
    <Asking title={say(way === "out" ? WORDS.unsavedLeaveDesk : WORDS.unsavedLeave)} confirm={say(WORDS.leaveIt)} danger onConfirm={take} onCancel={stay}>
      {unsaved && <p>{say(WORDS.unsavedLeaveMeans)}</p>}
      {way === "out" && invites > 0 && <p>{say(WORDS.invitesLeaveMeans, { n: invites })}</p>}
    </Asking>
  );
}

/** The browser asks, too, before such a page is closed or loaded anew. */
export function useWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [unsaved]);
}
