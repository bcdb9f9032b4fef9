import type {
  AgendaChanged, CertificateIssued, CountAlarm, FloorNewsShown, MeetingChanged, PollShown, PresenceChanged, Progress, RecordIssued, RollShown,
  ServerTime, Snapshot,
} from "../wire.ts";

interface Events {
  readonly snapshot: Snapshot;
  readonly "meeting.changed": MeetingChanged;
  readonly "agenda.changed": AgendaChanged;
  readonly "presence.changed": PresenceChanged;
  readonly "roll.frozen": RollShown;
  readonly "poll.changed": PollShown;
  readonly progress: Progress;
  readonly "count.alarm": CountAlarm;
  readonly "certificate.issued": CertificateIssued;
  readonly "record.issued": RecordIssued;
  readonly "floor.changed": FloorNewsShown;
  readonly clock: ServerTime;
  readonly degraded: unknown;
  readonly restored: unknown;
  readonly expired: unknown;
  readonly bye: unknown;
}

/** What the live stream tells, by the name of its event (`services/live`). A name unknown here is passed over. */
export type Told = { readonly [name in keyof Events]: { readonly name: name; readonly data: Events[name] } }[keyof Events];
