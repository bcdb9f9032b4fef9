"""Vectors of minutes: a sitting as each room on the way tells it, and as it is sealed."""

from typing import Any

from services import wire

AT = 1_795_000_000_000
_HOUR = 3_600_000
_CHAIR = wire.Officer(member="an", name="Nguyễn Văn An", title="Chủ tịch", roles=("chair", "delegate"))
_SECRETARY = wire.Officer(member="thu", name="Trịnh Công Thư", roles=("secretary",))
_THERE = wire.Attendee(
    member="an",
    name="Nguyễn Văn An",
    group="Tổ 1",
    seat="A1",
    stays=(wire.Stay(came=AT, left=AT + _HOUR), wire.Stay(came=AT + 2 * _HOUR, left=None)),
)
_EXCUSED = wire.Attendee(member="binh", name="Trần Thị Bình", reason="đi công tác")


def good(
    body: wire.Body,
    meeting: wire.Meeting,
    item: wire.AgendaItem,
    decision: wire.Decision,
    evidence: wire.Evidence,
    sha256: str,
) -> dict[str, tuple[Any, ...]]:
    """Messages that must be read, by the name of their schema."""
    shared: dict[str, Any] = {
        "body": body,
        "opened_at": AT,
        "ended_at": AT + 3 * _HOUR,
        "edition": 2,
        "asked_at": AT + 4 * _HOUR,
        "asked_by": _SECRETARY,
        "desk": (_CHAIR, _SECRETARY),
        "attendance": (_THERE, _EXCUSED),
        "agenda": (item,),
    }
    sitting = wire.SittingRecord(**shared, meeting=meeting, roll=evidence.roll, request="a1b2c3d4e5")
    statement = wire.MinutesStatement(
        **shared,
        id="bb-02",
        issued_at=AT + 4 * _HOUR,
        software="plenary 0.1.0",
        before=wire.MinutesBefore(minutes="bb-01", sha256=sha256),
        meeting=meeting.id,
        title=meeting.title,
        place=meeting.place,
        starts_at=meeting.starts_at,
        presiding="an",
        polls=(_voted(decision, sha256, item.id), _annulled(sha256)),
        turns=_turns(sha256, item),
        evidence=wire.MinutesEvidence(
            roll=evidence.roll, credentials=evidence.credentials, ledger=evidence.ledger
        ),
    )
    return {
        "minutes-notice": (wire.MinutesNotice(id="bb-01", edition=1, sha256=sha256, issued_at=AT),),
        "minutes-statement": (statement,),
        "minutes-wanted": (wire.MinutesWanted(edition=1),),
        "proceedings": (
            wire.Proceedings(
                sitting=sitting,
                items={"bq-01": item.id},
                credentials=evidence.credentials,
                ledger=evidence.ledger,
            ),
        ),
        "proceedings-told": (
            wire.ProceedingsTold(meeting=meeting.id, edition=1, sealed="AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ),
    }


def events(body: str, meeting: str, sha256: str) -> tuple[wire.StreamEvent, ...]:
    """What is told on the way."""
    of: dict[str, Any] = {"index": 9, "body": body, "meeting": meeting}
    return (
        wire.MinutesAsked(**of, edition=1, sealed="AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        wire.MinutesIssued(**of, edition=1, minutes="bb-01", sha256=sha256),
        wire.MinutesSigned(**of, minutes="bb-01", secretary="thu", chair="an", sha256=sha256),
    )


def _voted(decision: wire.Decision, sha256: str, item: str) -> wire.Voted:
    return wire.Voted(
        poll="bq-01",
        title="Thông qua dự thảo Nghị quyết",
        item=item,
        state="certified",
        practice=False,
        reruns="bq-00",
        definition=sha256,
        presiding="an",
        opened_at=AT + 1,
        closed_at=AT + 2,
        declared_at=AT + 3,
        present=50,
        ballots=44,
        decision=decision,
        annulled=None,
        certificate="gcn-01",
        sha256=sha256,
    )


def _annulled(sha256: str) -> wire.Voted:
    return wire.Voted(
        poll="bq-00",
        title="Thông qua dự thảo Nghị quyết",
        state="voided",
        practice=False,
        reruns="",
        definition=sha256,
        presiding="an",
        opened_at=AT,
        closed_at=None,
        declared_at=None,
        present=50,
        ballots=0,
        decision=None,
        annulled=wire.Annulled(at=AT + 1, reason="Nhầm nội dung", by="an", second="thu"),
        certificate="",
        sha256="",
    )


def _turns(sha256: str, item: wire.AgendaItem) -> wire.TurnsMinuted:
    spoken = wire.Spoken(
        item=item.id,
        title=item.title,
        member="an",
        name="Nguyễn Văn An",
        group="Tổ 1",
        turns=2,
        used_ms=61_042,
    )
    return wire.TurnsMinuted(
        record="nk-01", sha256=sha256, line=24, spoken=(spoken,), out_of_turn=1, unreached=0, opinions=1
    )
