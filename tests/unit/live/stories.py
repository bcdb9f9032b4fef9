"""Events of a meeting as the services publish them, short to write in tests."""

import msgspec

from services.rules import jws
from services.wire import (
    BallotCast,
    BallotsReceived,
    CertificateIssued,
    CertificateSigned,
    Counts,
    Decision,
    Entry,
    Meeting,
    MeetingChanged,
    MinutesIssued,
    MinutesSigned,
    PollAnnounced,
    PollChanged,
    PollClosed,
    PollCounted,
    PollDeclared,
    PollHeld,
    PollOpened,
    PollResumed,
    PollState,
    Presence,
    PresenceChanged,
    RecordIssued,
    Roll,
    RollEntry,
    RollFrozen,
)

MEETING = "hall"
BODY = "body"
HASH = "A" * 43


def begun(index: int = 0, meeting: str = MEETING, body: str = BODY) -> MeetingChanged:
    """The meeting is open."""
    return MeetingChanged(
        index=index,
        meeting=Meeting(id=meeting, body=body, title="Kỳ họp thứ nhất", state="open"),
        request="r-12345678",
    )


def came(index: int, member: str, present: bool = True, at: int = 1) -> PresenceChanged:
    """A member came or left."""
    return PresenceChanged(
        index=index, meeting=MEETING, presence=(Presence(member=member, present=present, at=at),)
    )


def rolled(index: int, members: int = 3) -> RollFrozen:
    """A roll is in force."""
    entries = tuple(RollEntry(member=f"d{number}", name=f"Đại biểu {number}") for number in range(members))
    roll = msgspec.json.encode(Roll(body=BODY, meeting=MEETING, revision=2, entries=entries)).decode()
    return RollFrozen(index=index, meeting=MEETING, sha256=jws.digest(roll.encode()), roll=roll)


def line(index: int, state: PollState, entry: Entry) -> PollChanged:
    """A line of the ledger as voting publishes it."""
    text = msgspec.json.encode(entry).decode()
    return PollChanged(index=index, meeting=MEETING, poll=entry.poll, state=state, line=text)


def announced(index: int, poll: str = "p1") -> PollChanged:
    """A poll is on the screens."""
    return line(
        index, "announced", PollAnnounced(at=10, poll=poll, title="Thông qua Nghị quyết", jws="a.b.c")
    )


def opened(index: int, poll: str = "p1", deadline: int | None = 60_000) -> PollChanged:
    """One can vote."""
    entry = PollOpened(at=20, poll=poll, definition="d.e.f", present=("d0", "d1"), deadline=deadline)
    return line(index, "open", entry)


def held(index: int, poll: str = "p1") -> PollChanged:
    """Voting is interrupted."""
    return line(index, "held", PollHeld(at=21, poll=poll, jws="a.b.c"))


def resumed(index: int, poll: str = "p1") -> PollChanged:
    """Voting goes on."""
    return line(index, "open", PollResumed(at=22, poll=poll, jws="a.b.c", deadline=70_000))


def closed(index: int, poll: str = "p1") -> PollChanged:
    """The cut."""
    entry = PollClosed(at=30, poll=poll, jws="a.b.c", cause="chair", present=("d0", "d1"), ballots=2)
    return line(index, "closed", entry)


def counted(index: int, poll: str = "p1") -> PollChanged:
    """The result."""
    return line(index, "closed", PollCounted(at=31, poll=poll, definition=HASH, decision=decision()))


def decision() -> Decision:
    """Two of three approve."""
    return Decision(
        counts=Counts(approve=2, reject=0, abstain=0),
        roll=3,
        present=2,
        participating=2,
        base="roll",
        base_count=3,
        needed=2,
        quorum_open=None,
        quorum_close=None,
        tie_broken_by="",
        outcome="carried",
        sentence="Tán thành: 2 (66,67 % của 3).",
        sentence_en="Approve: 2 (66.67 % of 3).",
    )


def declared(index: int, poll: str = "p1") -> PollChanged:
    """The result is out."""
    return line(index, "declared", PollDeclared(at=24, poll=poll, jws="a.b.c"))


def received(
    index: int, count: int, poll: str = "p1", first: int | None = None, voters: tuple[str, ...] = ()
) -> BallotsReceived:
    """Ballots up to `index` are in the ledger."""
    return BallotsReceived(
        index=index,
        meeting=MEETING,
        poll=poll,
        first=index if first is None else first,
        leaves=(HASH,),
        received=count,
        voters=voters,
        requests=("r-87654321",),
    )


def certified(index: int, poll: str = "p1") -> CertificateIssued:
    """A certificate exists."""
    return CertificateIssued(
        index=index, body=BODY, meeting=MEETING, poll=poll, certificate="c1", sha256=HASH
    )


def countersigned(index: int, poll: str = "p1") -> CertificateSigned:
    """The certificate's signed edition exists."""
    return CertificateSigned(
        index=index,
        body=BODY,
        meeting=MEETING,
        poll=poll,
        certificate="c1",
        secretary="s1",
        chair="d1",
        sha256="S" * 43,
    )


def sealed(index: int, line: int = 24) -> RecordIssued:
    """A turn log came back sealed."""
    return RecordIssued(index=index, body=BODY, meeting=MEETING, line=line, record=f"nk-{line}", sha256=HASH)


def minuted(index: int, edition: int = 1) -> MinutesIssued:
    """Minutes of the sitting came back sealed."""
    return MinutesIssued(
        index=index, body=BODY, meeting=MEETING, edition=edition, minutes=f"bb-{edition}", sha256=HASH
    )


def minutes_signed(index: int, edition: int = 1) -> MinutesSigned:
    """Secretary, chair and body signed them."""
    return MinutesSigned(
        index=index,
        body=BODY,
        meeting=MEETING,
        minutes=f"bb-{edition}",
        secretary="s1",
        chair="d1",
        sha256="S" * 43,
    )


def smuggled_ballot(index: int, poll: str = "p1") -> PollChanged:
    """What must never happen: a ballot on the screens' stream."""
    return line(index, "open", BallotCast(at=25, poll=poll, jws="SECRET.CHOICE.HERE"))
