"""What the minutes say of certificates of other authorities that were asked about after the cut; pure."""

from datetime import UTC, datetime, timedelta, timezone

from msgspec import UnsetType

from services.rules.proof import Proven
from services.rules.rechecked import Noted
from services.wire import RecheckCounts, UnknownStatus

_HANOI = timezone(timedelta(hours=7))
# What stands behind a choice in the list of votes, and before whom it speaks of in the list of notes.
MARKS = {"revoked": "(1)", "unknown": "(2)"}
POLICY: dict[UnknownStatus, str] = {"count": "vẫn tính", "exclude": "không tính"}
NOT_COUNTED = "Không tính"


def facts(proven: Proven) -> list[list[str]]:
    """Label and text; nothing where no ballot was cast with a certificate of another authority."""
    counts = proven.weighed.counts
    if isinstance(counts, UnsetType):
        return []
    return [["Chứng thư số của tổ chức chứng thực khác", said(counts)]]


def said(counts: RecheckCounts) -> str:
    """What was found, in figures."""
    found = (
        f"Tra cứu lại sau khi chốt phiếu: {counts.checked}; đã bị thu hồi trước khi bỏ phiếu: {counts.revoked}"
        f" (không tính); chưa rõ trạng thái: {counts.unknown}"
    )
    return f"{found} ({POLICY[counts.policy]}, theo nội dung biểu quyết đã ký)"


def mark(proven: Proven, member: str) -> str:
    """What stands behind a voter's choice; empty of most."""
    noted = proven.weighed.noted.get(member)
    return "" if noted is None else MARKS[noted.why]


def notes(proven: Proven) -> list[list[str]]:
    """Of each voter of whom something is to be said: who, what was found, what becomes of the ballot, by what."""
    names = {entry.member: entry.name for entry in proven.roll.entries}
    rows = []
    for member, noted in sorted(proven.weighed.noted.items()):
        counted = NOT_COUNTED if noted.excluded else "Vẫn tính"
        if noted.excluded and member in proven.votes:
            counted = "Không tính; tính phiếu trước đó"
        evidence = ", ".join(noted.found.evidence) or "không có"
        who = f"{MARKS[noted.why]} {names.get(member, member)}"
        rows.append([who, _found(noted), counted, evidence])
    return rows


def _found(noted: Noted) -> str:
    if noted.why == "revoked":
        return f"Đã bị thu hồi từ {_clock(noted.found.revoked_at)} ({noted.found.why or 'không nêu lý do'})"
    return f"Chưa rõ trạng thái: {noted.found.why}"


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(_HANOI).strftime("%H:%M:%S ngày %d/%m/%Y")
