import { useMemo } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { own, type Shown } from "../shown/state.ts";
import { useAsked, type Asked } from "../views/asked.ts";
import { useRoll } from "../views/roll.ts";
import type { Body, CredentialHeld, Member, Poll, Profile, Roll, RollEntry } from "../wire.ts";

/** What the desk asks for beside the stream. */
export interface Records {
  readonly body: Asked<Body>;
  readonly members: Asked<readonly Member[]>;
  /** The best key of each who ever enrolled one; undefined while that is not known. */
  readonly keys: ReadonlyMap<string, CredentialHeld["state"]> | undefined;
  readonly draft: Asked<readonly RollEntry[]>;
  /** The roll in force; undefined before any was frozen. */
  readonly frozen: Roll | undefined;
  readonly polls: Asked<readonly Poll[]>;
  readonly profiles: Asked<readonly Profile[]>;
}

const OFTEN = 10_000;
const SELDOM = 20_000;

export function useRecords(session: Session, meeting: string, shown: Shown): Records {
  const bodyPath = `/meeting/bodies/${encodeURIComponent(session.body)}`;
  const meetingPath = `/meeting/meetings/${encodeURIComponent(meeting)}`;
  const moved = Object.values(shown.polls).map(({ poll, state }) => `${poll}:${state}`).sort().join();
  const sha256 = shown.roll?.sha256;
  const keys = useAsked(() => session.ask<CredentialHeld[]>("GET", `${bodyPath}/credentials`), [session], SELDOM);
  return {
    body: useAsked(() => session.ask<Body>("GET", bodyPath), [session]),
    members: useAsked(() => session.ask<Member[]>("GET", `${bodyPath}/members`), [session]),
    keys: useMemo(() => keys.value && new Map(keys.value.map(({ member, state }) => [member, state])), [keys.value]),
    draft: useAsked(() => session.ask<RollEntry[]>("GET", `${meetingPath}/roll/draft`), [session, meeting, sha256]),
    frozen: useRoll(session, meeting, sha256).roll,
    polls: useAsked(() => session.ask<Poll[]>("GET", `/voting/meetings/${encodeURIComponent(meeting)}/polls`), [session, meeting, moved, shown.drafts], OFTEN),
    profiles: useAsked(() => session.ask<Profile[]>("GET", "/voting/profiles"), [session]),
  };
}

/** The key of a member: "none" if they never enrolled one. */
export type KeyState = CredentialHeld["state"] | "none";

export function keyOf(keys: Records["keys"], member: string): KeyState | undefined {
  return keys && (keys.get(member) ?? "none");
}

/** Whether the draft says what is in force. */
export function isFrozenAsDrafted(draft: readonly RollEntry[], frozen: Roll | undefined): boolean {
  return frozen !== undefined && JSON.stringify(draft) === JSON.stringify(frozen.entries);
}

/** Whether somebody is marked as there; undefined if never marked. */
export function isPresent(shown: Shown, member: string): boolean | undefined {
  return own(shown.presence, member)?.present;
}
