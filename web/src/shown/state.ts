// What a screen knows of a meeting: a pure fold of the live stream, event by event (`services/live/`).
import type { Told } from "../line/told.ts";
import type { Connected, PollShown, Snapshot, VoidWish } from "../wire.ts";
import { foldFloor } from "./floor.ts";

/**
 * All that was told. `heard`: a snapshot came at all; before that, nothing here means that there is nothing. `connected`:
 * how many members have a live screen, null while nobody knows; who they are (`members`), and whose ballots have come
 * (`receivedFrom`, by poll), is told to the desk and to observers only; `wishes` to annul, and a mark that is
 * another whenever `drafts` are, to the desk alone.
 */
export interface Shown extends Snapshot {
  readonly heard: boolean;
  readonly connected: { readonly at: number; readonly count: number | null; readonly members: ReadonlySet<string> | null };
  readonly receivedFrom: { readonly [poll: string]: ReadonlySet<string> };
  readonly wishes: readonly VoidWish[];
  readonly drafts: string;
}

export const EMPTY: Shown = {
  heard: false,
  meeting: null,
  agenda: [],
  roll: null,
  presence: {},
  polls: {},
  certificates: {},
  records: [],
  minutes: [],
  floor: null,
  seats: 0,
  connected: { at: 0, count: null, members: null },
  receivedFrom: {},
  wishes: [],
  drafts: "",
};

/** What is known after one more event; the very same object if it changes nothing. Throws Missed. */
export function fold(shown: Shown, event: Told): Shown {
  const change = changed(shown, event);
  return change ? { ...shown, ...change } : shown;
}

function changed(shown: Shown, event: Told): Partial<Shown> | undefined {
  switch (event.name) {
    case "snapshot": return { ...EMPTY, ...event.data, heard: true };
    case "meeting.changed": return { meeting: event.data.meeting };
    case "agenda.changed": return { agenda: event.data.items };
    case "roll.frozen": return { roll: event.data };
    case "seats.changed": return { seats: event.data.revision };
    case "presence.changed": return { presence: { ...shown.presence, ...keyed(event.data.presence, ({ member }) => member) } };
    case "connected": return { connected: connectedAfter(shown.connected, event.data) };
    case "received.from": return { receivedFrom: { ...shown.receivedFrom, [event.data.poll]: new Set([...(own(shown.receivedFrom, event.data.poll) ?? []), ...event.data.voters]) } };
    case "void.wished": return { wishes: event.data.wishes };
    case "drafts.moved": return { drafts: event.data.mark };
    case "poll.changed": return { polls: { ...shown.polls, [event.data.poll]: event.data } };
    case "progress": return withPoll(shown, event.data.poll, { received: event.data.received, pending: event.data.pending });
    case "count.alarm": return withPoll(shown, event.data.poll, { alarm: true });
    case "certificate.issued": {
      const { poll, certificate, sha256 } = event.data;
      return { certificates: { ...shown.certificates, [poll]: { certificate, sha256, signed: "" } } };
    }
    case "certificate.signed": {
      const { poll, sha256 } = event.data, issued = own(shown.certificates, poll);
      return issued && { certificates: { ...shown.certificates, [poll]: { ...issued, signed: sha256 } } };
    }
    case "record.issued": {
      const { line, record, sha256 } = event.data;
      return { records: [...shown.records, { line, record, sha256 }] };
    }
    case "minutes.issued": {
      const { edition, minutes, sha256 } = event.data;
      return { minutes: [...shown.minutes, { edition, minutes, sha256, signed: "" }] };
    }
    case "minutes.signed": {
      const { minutes, sha256 } = event.data;
      return { minutes: shown.minutes.map((each) => (each.minutes === minutes ? { ...each, signed: sha256 } : each)) };
    }
    case "floor.changed": return { floor: foldFloor(shown.floor, event.data) };
    // Of the line and the clock, or told by a later server than this page: nothing to be shown.
    default: return undefined;
  }
}

/** All of them, or who came and who went since; the members stay unknown to a screen that is told the count alone. */
function connectedAfter({ members }: Shown["connected"], { at, count, members: all, came, went }: Connected): Shown["connected"] {
  if (count === null || all) return { at, count, members: all && new Set(all) };
  const gone = new Set(went);
  return { at, count, members: members && new Set([...[...members].filter((member) => !gone.has(member)), ...came]) };
}

/** What a map of JSON has under a name; never what every object has. */
export function own<T>(map: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** A poll that this stream never told of stays unknown. */
function withPoll({ polls }: Shown, id: string, change: Partial<PollShown>): Partial<Shown> | undefined {
  const poll = own(polls, id);
  return poll && { polls: { ...polls, [id]: { ...poll, ...change } } };
}

function keyed<T>(all: readonly T[], key: (each: T) => string): { readonly [key: string]: T } {
  return Object.fromEntries(all.map((each) => [key(each), each]));
}
