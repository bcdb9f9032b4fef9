import type { Session } from "../line/signin.ts";
import { own, type Shown } from "../shown/state.ts";
import { useAsked, type Asked } from "../views/asked.ts";
import type { Body, CredentialHeld, FrozenRoll, Member, Poll, Profile, Roll, RollEntry } from "../wire.ts";

/** What the desk asks for beside the stream. */
export interface Records {
  readonly body: Asked<Body>;
  readonly members: Asked<readonly Member[]>;
  readonly keys: Asked<readonly CredentialHeld[]>;
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
  const frozen = useAsked(sha256 ? () => session.ask<FrozenRoll>("GET", `${meetingPath}/roll`) : undefined, [session, meeting, sha256]);
  return {
    body: useAsked(() => session.ask<Body>("GET", bodyPath), [session]),
    members: useAsked(() => session.ask<Member[]>("GET", `${bodyPath}/members`), [session]),
    keys: useAsked(() => session.ask<CredentialHeld[]>("GET", `${bodyPath}/credentials`), [session], SELDOM),
    draft: useAsked(() => session.ask<RollEntry[]>("GET", `${meetingPath}/roll/draft`), [session, meeting, sha256]),
    frozen: sha256 && frozen.value ? (JSON.parse(frozen.value.roll) as Roll) : undefined,
    polls: useAsked(() => session.ask<Poll[]>("GET", `/voting/meetings/${encodeURIComponent(meeting)}/polls`), [session, meeting, moved], OFTEN),
    profiles: useAsked(() => session.ask<Profile[]>("GET", "/voting/profiles"), [session]),
  };
}

/** The key of a member: "none" if they never enrolled one. */
export type KeyState = CredentialHeld["state"] | "none";

export function keyOf(keys: readonly CredentialHeld[] | undefined, member: string): KeyState | undefined {
  return keys && (keys.find((each) => each.member === member)?.state ?? "none");
}

/** Whether the draft says what is in force. */
export function isFrozenAsDrafted(draft: readonly RollEntry[], frozen: Roll | undefined): boolean {
  return frozen !== undefined && JSON.stringify(draft) === JSON.stringify(frozen.entries);
}

/** Whether somebody is marked as there; undefined if never marked. */
export function isPresent(shown: Shown, member: string): boolean | undefined {
  return own(shown.presence, member)?.present;
}
