"""What a screen shows of a meeting: a pure fold over its streams, and what it is told of an event.

The streams of a meeting run beside each other, so the fold of any order between streams (keeping the order within
each) is the same: a meeting's event touches only what its own service tells. No choice of a ballot can get in: the
lines of the ledger that are understood here do not include ballots, and of `ballots.received` only the count is kept.
"""

import msgspec
from msgspec.structs import replace

from services.rules import jws
from services.wire import (
    AgendaChanged,
    BallotsReceived,
    CertificateIssued,
    CertificateShown,
    CertificateSigned,
    CountAlarm,
    MeetingChanged,
    Message,
    MinutesIssued,
    MinutesShown,
    MinutesSigned,
    PollAnnounced,
    PollCertified,
    PollChanged,
    PollClosed,
    PollClosing,
    PollCounted,
    PollDeclared,
    PollExtended,
    PollHeld,
    PollOpened,
    PollRechecked,
    PollResumed,
    PollShown,
    PollVoided,
    PresenceChanged,
    RecordIssued,
    RecordShown,
    Roll,
    RollFrozen,
    RollShown,
    SeatsChanged,
    Snapshot,
    StreamEvent,
)

Line = (
    PollAnnounced
    | PollOpened
    | PollHeld
    | PollResumed
    | PollExtended
    | PollClosing
    | PollClosed
    | PollRechecked
    | PollCounted
    | PollDeclared
    | PollCertified
    | PollVoided
)
# What the meeting desk tells of a sitting; and what comes from the press, or from who signed it.
OfMeeting = MeetingChanged | AgendaChanged | RollFrozen | SeatsChanged | PresenceChanged
OfPaper = CertificateIssued | CertificateSigned | RecordIssued | MinutesIssued | MinutesSigned

EMPTY = Snapshot()
_lines: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
_rolls = msgspec.json.Decoder(Roll)


def fold(shown: Snapshot, event: StreamEvent) -> Snapshot:
    """The state after one more event. Raises msgspec.ValidationError for a line that no screen may see."""
    match event:
        case MeetingChanged() | AgendaChanged() | RollFrozen() | SeatsChanged() | PresenceChanged():
            return _of_meeting(shown, event)
        case PollChanged():
            return _with_poll(shown, _after(shown.polls.get(event.poll), event))
        case BallotsReceived(poll=poll) if poll in shown.polls:
            counted = replace(shown.polls[poll], received=event.received, pending=event.pending)
            return _with_poll(shown, counted)
        case CountAlarm(poll=poll) if poll in shown.polls:
            return _with_poll(shown, replace(shown.polls[poll], alarm=True))
        case CertificateSigned(poll=poll) if poll in shown.certificates:
            return _with_paper(shown, event)
        case CertificateIssued() | RecordIssued() | MinutesIssued() | MinutesSigned():
            return _with_paper(shown, event)
        case _:
            # Of bodies, members and keys, or of a poll that this stream never told of: nothing for a screen. What
            # is told of the floor, several lines at once, is folded by the chronicle.
            return shown


def _of_meeting(shown: Snapshot, event: OfMeeting) -> Snapshot:
    match event:
        case MeetingChanged(meeting=meeting):
            return replace(shown, meeting=meeting)
        case AgendaChanged(items=items):
            return replace(shown, agenda=items)
        case RollFrozen():
            return replace(shown, roll=_roll(event))
        case SeatsChanged(revision=revision):
            return replace(shown, seats=revision)
        case PresenceChanged(presence=presence):
            return replace(shown, presence=shown.presence | {each.member: each for each in presence})


def _with_paper(shown: Snapshot, event: OfPaper) -> Snapshot:
    match event:
        case CertificateIssued():
            issued = CertificateShown(certificate=event.certificate, sha256=event.sha256)
            return replace(shown, certificates=shown.certificates | {event.poll: issued})
        case CertificateSigned(poll=poll):
            signed = replace(shown.certificates[poll], signed=event.sha256)
            return replace(shown, certificates=shown.certificates | {poll: signed})
        case RecordIssued():
            sealed = RecordShown(line=event.line, record=event.record, sha256=event.sha256)
            return replace(shown, records=(*shown.records, sealed))
        case MinutesIssued():
            written = MinutesShown(edition=event.edition, minutes=event.minutes, sha256=event.sha256)
            return replace(shown, minutes=(*shown.minutes, written))
        case MinutesSigned():
            signed_by_all = (
                replace(each, signed=event.sha256) if each.minutes == event.minutes else each
                for each in shown.minutes
            )
            return replace(shown, minutes=tuple(signed_by_all))


def screen_message(shown: Snapshot, event: StreamEvent) -> Message | None:
    """What a screen is told of an event, after it was folded into `shown`: of a roll its summary, of a poll how it
    stands now (never the ledger's line, which carries every member present), of what else a screen shows the event
    itself, without the request that caused it; None of all other events."""
    match event:
        case RollFrozen():
            return shown.roll
        case PollChanged(poll=poll):
            return shown.polls[poll]
        case MeetingChanged() | AgendaChanged() | SeatsChanged() | PresenceChanged():
            return replace(event, request="")
        case CertificateIssued() | CertificateSigned() | RecordIssued() | CountAlarm():
            return replace(event, request="")
        case MinutesIssued() | MinutesSigned():
            return replace(event, request="")
        case _:
            return None


def _with_poll(shown: Snapshot, poll: PollShown) -> Snapshot:
    return replace(shown, polls=shown.polls | {poll.poll: poll})


def _roll(event: RollFrozen) -> RollShown:
    roll = _rolls.decode(event.roll)
    return RollShown(sha256=event.sha256, revision=roll.revision, entries=len(roll.entries))


def _after(before: PollShown | None, event: PollChanged) -> PollShown:
    line = _lines.decode(event.line)
    poll = before or PollShown(meeting=event.meeting, poll=event.poll, state=event.state, at=line.at)
    said = {"presiding": event.presiding, "practice": event.practice, "item": event.item}
    # Neither is an act: what is shown as the latest stays what people did last.
    at = poll.at if isinstance(line, PollCertified | PollRechecked) else line.at
    poll = replace(poll, state=event.state, at=at, **said)
    match line:
        case PollAnnounced(title=title):
            return replace(poll, title=title)
        case PollOpened(definition=definition, deadline=deadline, present=present):
            sha256 = jws.digest(definition.encode())
            return replace(
                poll,
                definition=definition,
                definition_sha256=sha256,
                deadline=deadline,
                present=len(present),
            )
        case PollResumed(deadline=deadline) | PollExtended(deadline=deadline):
            return replace(poll, deadline=deadline)
        case PollHeld():
            return replace(poll, deadline=None)
        case PollCounted(decision=decision):
            return replace(poll, decision=decision, rechecking=0, recheck_until=None)
        case PollClosing(until=until):
            return replace(poll, definition="", deadline=None, grace_ends_at=until)
        case PollClosed() | PollVoided():
            asked = {"rechecking": event.rechecking, "recheck_until": event.recheck_until}
            return replace(poll, definition="", deadline=None, grace_ends_at=None, pending=0, **asked)
        case PollRechecked():
            return replace(poll, rechecking=0, recheck_until=None)
        case PollDeclared() | PollCertified():
            return poll
