import { useMemo } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import type { FrozenRoll, Roll } from "../wire.ts";
import { useAsked } from "./asked.ts";

/** The roll in force, by the hash that the stream told; undefined before any was frozen, and until it is here. */
export function useRoll(session: Session, meeting: string, sha256: string | undefined): { readonly roll: Roll | undefined; readonly problem: unknown } {
  const path = `/meeting/meetings/${encodeURIComponent(meeting)}/roll`;
  const { value, problem } = useAsked(sha256 ? () => session.ask<FrozenRoll>("GET", path) : undefined, [session, meeting, sha256]);
  // Of a few hundred entries: read once, not at each drawing.
  const roll = useMemo(() => value && (JSON.parse(value.roll) as Roll), [value]);
  return { roll: sha256 ? roll : undefined, problem };
}
