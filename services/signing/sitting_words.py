"""The words and figures of the minutes of a sitting (biên bản phiên họp), from what is proven; pure."""

from typing import Any

from services.rules.minutes import Minuted
from services.signing.minutes_words import clock
from services.signing.turn_words import span
from services.wire import Attendee, Officer, Spoken, Voted

# What the template asks for.
LISTS = ("facts", "counts", "attendance", "items", "results", "annulled", "turns", "evidence")
PARTS = (
    "body",
    "title",
    "number",
    "dated",
    "ended",
    "chair",
    "secretary",
    "checkpoint",
    "sha256",
    "url",
    "id",
    "issued",
)

_STATES = {
    "announced": "mới công bố nội dung, chưa biểu quyết",
    "open": "đang biểu quyết khi lập biên bản",
    "held": "đang tạm dừng khi lập biên bản",
    "closing": "đang chờ phiếu khi lập biên bản",
    "closed": "đã đóng, chưa công bố kết quả",
    "voided": "ĐÃ HỦY",
}


def words(minuted: Minuted, file_sha256: str, verify_url: str) -> dict[str, Any]:
    """Everything the template shows, as plain strings and lists."""
    statement, names = minuted.statement, minuted.names
    presiding = statement.presiding
    return {
        "body": statement.body.name,
        "title": statement.title,
        "number": f"{statement.id}/BB",
        "dated": ", ".join(part for part in (statement.place, _day(statement.issued_at)) if part),
        "facts": _facts(minuted),
        "counts": _counts(statement.attendance),
        "attendance": [_attended(place, one) for place, one in enumerate(statement.attendance, start=1)],
        "items": _items(minuted),
        "results": [_certified(one) for one in statement.polls if one.certificate],
        "annulled": [_annulled(one, names) for one in statement.polls if one.annulled],
        "turns": _turns(minuted),
        "ended": clock(statement.ended_at) if statement.ended_at is not None else "",
        "chair": names.get(presiding, presiding),
        "secretary": statement.asked_by.name,
        "evidence": _evidence(minuted, file_sha256),
        "checkpoint": statement.evidence.ledger.checkpoint,
        "sha256": file_sha256,
        "url": verify_url,
        "id": statement.id,
        "issued": clock(statement.issued_at),
    }


def _day(at: int) -> str:
    """A day as letters are dated: ngày 28 tháng 11 năm 2025."""
    day, month, year = clock(at).split(" ngày ")[1].removesuffix(" (+07:00)").split("/")
    return f"ngày {day} tháng {month} năm {year}"


def _facts(minuted: Minuted) -> list[list[str]]:
    statement, names = minuted.statement, minuted.names
    presided = dict.fromkeys(one.presiding for one in statement.polls if one.presiding)
    facts = [
        ["Phiên họp", f"{statement.title} ({statement.meeting})"],
        ["Bắt đầu", clock(statement.opened_at)],
        ["Kết thúc", "chưa kết thúc" if statement.ended_at is None else clock(statement.ended_at)],
        ["Địa điểm", statement.place or "–"],
        [
            "Chủ tọa",
            ", ".join(f"{names.get(one, one)} ({one})" for one in presided) or _held(minuted, "chair"),
        ],
        ["Thư ký", _titled(statement.asked_by)],
        ["Lần lập", f"{statement.edition}, {clock(statement.asked_at)}"],
    ]
    if statement.before is not None:
        facts.append(["Lập lại, thay cho", f"{statement.before.minutes} (SHA-256 {statement.before.sha256})"])
    return facts


def _held(minuted: Minuted, role: str) -> str:
    """Who held a role of the desk, where nobody presided over a vote."""
    return ", ".join(_titled(one) for one in minuted.statement.desk if role in one.roles) or "–"


def _titled(one: Officer) -> str:
    return f"{one.name}, {one.title}" if one.title else one.name


def _counts(attendance: tuple[Attendee, ...]) -> list[list[str]]:
    there = sum(bool(one.stays) for one in attendance)
    excused = sum(not one.stays and bool(one.reason) for one in attendance)
    rows = {
        "Tổng số đại biểu trong danh sách": len(attendance),
        "Có mặt": there,
        "Vắng có lý do": excused,
        "Vắng không báo lý do": len(attendance) - there - excused,
    }
    return [[name, str(number)] for name, number in rows.items()]


def _attended(place: int, one: Attendee) -> list[str]:
    stays = "; ".join(
        f"{_hour(stay.came)} – {'hết phiên' if stay.left is None else _hour(stay.left)}" for stay in one.stays
    )
    said = stays or ("vắng có lý do" if one.reason else "vắng")
    where = ", ".join(part for part in (one.group, one.seat and f"ghế {one.seat}") if part)
    return [f"{place}. {one.name}", where or "–", said, one.reason or "–"]


def _hour(at: int) -> str:
    return clock(at).split(",")[0]


def _items(minuted: Minuted) -> list[dict[str, Any]]:
    """The agenda item by item: who spoke, what was put to the vote; at last what was of no item."""
    statement = minuted.statement
    spoken = statement.turns.spoken if statement.turns else ()
    known = {one.id for one in statement.agenda}
    items = [(one.id, one.title, one.note) for one in statement.agenda]
    if any(not one.item for one in statement.polls):
        items.append(("", "Ngoài chương trình", ""))
    items += [
        (each, _title(spoken, each), "")
        for each in dict.fromkeys(one.item for one in spoken)
        if each not in known
    ]
    return [
        {
            "title": title,
            "note": note,
            "spoken": [_spoke(one) for one in spoken if item and one.item == item],
            "polls": [_poll(one, minuted.names) for one in statement.polls if one.item == item],
        }
        for item, title, note in items
    ]


def _title(spoken: tuple[Spoken, ...], item: str) -> str:
    return next(one.title for one in spoken if one.item == item) or item


def _spoke(one: Spoken) -> list[str]:
    return [one.name, one.group or "–", str(one.turns), span(one.used_ms)]


def _poll(one: Voted, names: dict[str, str]) -> list[str]:
    name = one.title + (" (BIỂU QUYẾT THỬ)" if one.practice else "")
    if one.reruns:
        name += f" – biểu quyết lại của {one.reruns}"
    presided = f" Chủ tọa: {names.get(one.presiding, one.presiding)}." if one.presiding else ""
    return [f"{name} ({one.poll})", _outcome(one) + presided]


def _outcome(one: Voted) -> str:
    if one.annulled is not None:
        return f"ĐÃ HỦY lúc {_hour(one.annulled.at)}: {one.annulled.reason}."
    if one.decision is not None and one.declared_at is not None:
        return one.decision.sentence
    return _STATES.get(one.state, one.state)


def _certified(one: Voted) -> list[str]:
    counts = one.decision.counts if one.decision else None
    figures = f"{counts.approve} / {counts.reject} / {counts.abstain}" if counts else "–"
    said = " (đã hủy)" if one.annulled else ""
    return [f"{one.title}{said}", figures, one.certificate, one.sha256]


def _annulled(one: Voted, names: dict[str, str]) -> list[str]:
    found = one.annulled
    if found is None:
        raise ValueError("not annulled")
    by = ", ".join(f"{names.get(each, each)} ({each})" for each in (found.by, found.second))
    return [f"{one.title} ({one.poll})", clock(found.at), by, found.reason]


def _turns(minuted: Minuted) -> list[list[str]]:
    turns = minuted.statement.turns
    if turns is None:
        return []
    rows = {
        "Số lượt phát biểu": str(sum(one.turns for one in turns.spoken)),
        "Ngoài thứ tự": str(turns.out_of_turn),
        "Đã đăng ký mà chưa được phát biểu": str(turns.unreached),
        "Ý kiến gửi bằng văn bản": str(turns.opinions),
        "Nhật ký phát biểu": f"{turns.record}, đến dòng {turns.line} của sổ phát biểu",
    }
    return [[name, value] for name, value in rows.items()]


def _evidence(minuted: Minuted, file_sha256: str) -> list[list[str]]:
    statement = minuted.statement
    rows = [
        ["SHA-256 của minutes.json", file_sha256],
        ["Số dòng của sổ phiếu", str(minuted.run.count)],
        ["Khóa kiểm tra của sổ phiếu", statement.evidence.ledger.log_key],
        ["Phần mềm", statement.software],
    ]
    if statement.turns is not None:
        rows.insert(1, ["SHA-256 của turns.json", statement.turns.sha256])
    return rows
