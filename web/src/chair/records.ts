import { useMemo } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import type { Shown } from "../shown/state.ts";
import { useAsked } from "../views/asked.ts";
import { useRoll } from "../views/roll.ts";
import type { Body, CredentialHeld, FloorProfile, Member, Poll, RollEntry, SeatPlan } from "../wire.ts";

/** What the console asks for beside the stream: polls that are being prepared, names, keys, rules of speaking. */
export interface Records {
  readonly polls: readonly Poll[] | undefined;
  readonly body: Body | undefined;
  readonly roll: readonly RollEntry[] | undefined;
  /** What members of the body are called, also those who are not on the roll. */
  readonly names: ReadonlyMap<string, string>;
  /** Who holds a good key; undefined while that is not known. */
  readonly keyed: ReadonlySet<string> | undefined;
  /** The lists that the rules of this floor know. */
  readonly lanes: FloorProfile["lanes"];
  readonly plan: SeatPlan | undefined;
  readonly problem: unknown;
  readonly again: () => void;
}

const OFTEN = 10_000;
const NO_LANES: FloorProfile["lanes"] = {};
const SELDOM = 30_000;

export function useRecords(session: Session, meeting: string, shown: Shown): Records {
  const at = (path: string) => `/meeting/bodies/${encodeURIComponent(session.body)}${path}`;
  const moved = Object.values(shown.polls).map(({ poll, state }) => `${poll}:${state}`).sort().join();
  const polls = useAsked(() => session.ask<Poll[]>("GET", `/voting/meetings/${encodeURIComponent(meeting)}/polls`), [session, meeting, moved, shown.drafts], OFTEN);
  const body = useAsked(() => session.ask<Body>("GET", at("")), [session]);
  const members = useAsked(() => session.ask<Member[]>("GET", at("/members")), [session]);
  const frozen = shown.roll?.sha256;
  const roll = useRoll(session, meeting, frozen);
  const keys = useAsked(() => session.ask<CredentialHeld[]>("GET", at("/credentials")), [session], SELDOM);
  const plan = useAsked(frozen ? () => session.ask<SeatPlan>("GET", `/meeting/meetings/${encodeURIComponent(meeting)}/seats/plan`) : undefined, [session, meeting, frozen, shown.seats]);
  const begun = (shown.floor?.revision ?? 0) > 0;
  const profile = useAsked(() => session.ask<FloorProfile>("GET", `/floor/meetings/${encodeURIComponent(meeting)}/profile`), [session, meeting, begun]);
  return {
    polls: polls.value,
    body: body.value,
    roll: roll.roll?.entries,
    names: useMemo(() => new Map(members.value?.map(({ id, name }) => [id, name])), [members.value]),
    keyed: useMemo(() => keys.value && new Set(keys.value.filter(({ state }) => state === "good").map(({ member }) => member)), [keys.value]),
    lanes: profile.value?.lanes ?? NO_LANES,
    plan: plan.value,
    problem: [polls, body, roll].find(({ problem }) => problem !== undefined)?.problem,
    again: () => { polls.again(); keys.again(); },
  };
}
