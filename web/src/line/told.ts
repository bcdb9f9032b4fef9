import type {
  AgendaChanged, CertificateIssued, CertificateSigned, Connected, CountAlarm, DraftsMoved, FloorNewsShown, MeetingChanged, MinutesIssued, MinutesSigned, PollShown, PresenceChanged, Progress, ReceivedFrom,
  RecordIssued, RollShown, SeatsChanged, ServerTime, Snapshot, VoidWishes,
} from "../wire.ts";

interface Events {
  readonly snapshot: Snapshot;
  readonly "meeting.changed": MeetingChanged;
  readonly "agenda.changed": AgendaChanged;
  readonly "presence.changed": PresenceChanged;
  readonly "roll.frozen": RollShown;
  readonly "seats.changed": SeatsChanged;
  readonly "poll.changed": PollShown;
  readonly progress: Progress;
  readonly connected: Connected;
  readonly "received.from": ReceivedFrom;
  readonly "void.wished": VoidWishes;
  readonly "drafts.moved": DraftsMoved;
  readonly "count.alarm": CountAlarm;
  readonly "certificate.issued": CertificateIssued;
  readonly "certificate.signed": CertificateSigned;
  readonly "record.issued": RecordIssued;
  readonly "minutes.issued": MinutesIssued;
  readonly "minutes.signed": MinutesSigned;
  readonly "floor.changed": FloorNewsShown;
  readonly clock: ServerTime;
  readonly degraded: unknown;
  readonly restored: unknown;
  readonly expired: unknown;
  readonly bye: unknown;
}

/** What the live stream tells, by the name of its event (`services/live`). A name unknown here is passed over. */
export type Told = { readonly [name in keyof Events]: { readonly name: name; readonly data: Events[name] } }[keyof Events];
