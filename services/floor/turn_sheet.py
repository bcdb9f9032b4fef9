"""The turn log as CSV for a clerk: UTF-8 with a byte order mark, one sheet for each of its lists, times as in Viet Nam.

Seconds are whole, rounded half up: a spreadsheet set to Vietnamese would read 61.042 as sixty-one thousand. What is
exact to the millisecond stands beside them, in milliseconds.

No cell is a formula, with whatever separator a spreadsheet reads: where commas are for decimals, Excel takes semicolons
and knows no quotes within a line, so that what follows a semicolon, or a line's end, within a cell begins another.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

from services.rules.floor.wording import ROLES, STANCES, act_name, lane_name
from services.wire import Opinion, Override, SpeakRequest, Spent, TurnLog, TurnSpoken

# Viet Nam has had no other since 1975.
_HANOI = timezone(timedelta(hours=7))
# What a spreadsheet would take for a formula (OWASP, CSV injection); some take full-width signs for them, too. Where a
# cell may begin, in front of it stands an apostrophe: it is shown then.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?=[ \u00a0\"]*[{_SIGNS}])")
_QUOTED = re.compile(r'[",;\r\n]')
# As it was until the end of November 2026; sheets that were kept are held against it, too.
_FORMULA_ONCE = re.compile(rf"^(?=[\t\r\n{_SIGNS}])")
_QUOTED_ONCE = re.compile(r'[",\r\n]')
_TIMES = (
    *("Được (giây)", "Dùng (giây)", "Quá giờ (giây)"),
    *("Được (mili giây)", "Dùng (mili giây)", "Quá giờ (mili giây)"),
)
HEADER = (
    *("STT", "Nội dung", "Danh sách", "Vai trò", "Mã đại biểu", "Họ và tên", "Đoàn/Tổ", "Ghế", "Ý kiến"),
    *("Mời lúc", "Bắt đầu", "Kết thúc", *_TIMES, "Trong đó thêm (giây)"),
    *("Đúng thứ tự", "Người đến lượt", "Lý do ngoài thứ tự", "Mã người điều hành", "Người điều hành"),
)

# The names of all who acted, by member.
Names = Mapping[str, str]
Sheet = Callable[[TurnLog, Names], bytes]


def render(log: TurnLog, names: Names) -> bytes:
    """The sheet of turns, in order of calling."""
    return _sheet(HEADER, _turns(log, names))


def like(kept: bytes, log: TurnLog, names: Names) -> bytes:
    """The sheet that was kept as it must be: as it is made now, or as it was made when it was kept."""
    once = _sheet(HEADER, _turns(log, names), _cell_once)
    return once if kept == once else render(log, names)


def _turns(log: TurnLog, names: Names) -> list[list[str]]:
    called = {(each.item, each.lane, each.at): each for each in log.overrides if each.act == "call"}
    rows = []
    for place, spoken in enumerate(log.turns, start=1):
        turn = spoken.turn
        override = None if turn.in_turn else called.get((turn.item, turn.lane, turn.called_at))
        rows.append([*_turn(place, spoken, override), *_actor(spoken.by, names)])
    return rows


def _totals(of: Callable[[TurnLog], Sequence[Spent]]) -> Sheet:
    def sheet(log: TurnLog, _: Names) -> bytes:
        header = ("Mã", "Tên", "Số lượt", *_TIMES)
        return _sheet(header, ([each.id, each.name, str(each.turns), *_spent(each)] for each in of(log)))

    return sheet


def _overrides(log: TurnLog, names: Names) -> bytes:
    header = (
        *("Dòng sổ", "Thời điểm", "Việc", "Nội dung", "Danh sách", "Về ai", "Người đến lượt"),
        *("Mã người quyết định", "Người quyết định", "Lý do"),
    )
    return _sheet(header, (_override(each, _titles(log), names) for each in log.overrides))


def _unreached(log: TurnLog, _: Names) -> bytes:
    header = ("Mã đại biểu", "Họ và tên", "Đoàn/Tổ", "Nội dung", "Danh sách", "Đăng ký lúc")
    return _sheet(header, (_request(each, _titles(log)) for each in log.unreached))


def _opinions(log: TurnLog, _: Names) -> bytes:
    header = ("Mã đại biểu", "Họ và tên", "Đoàn/Tổ", "Nội dung", "Gửi lúc", "Ý kiến")
    return _sheet(header, (_opinion(each, _titles(log)) for each in log.opinions))


# The sheets by name; that of the turns is the one a record has beside it.
SHEETS: dict[str, Sheet] = {
    "persons": _totals(lambda log: log.persons),
    "groups": _totals(lambda log: log.groups),
    "items": _totals(lambda log: log.items),
    "overrides": _overrides,
    "unreached": _unreached,
    "opinions": _opinions,
}


def _cell(value: str) -> str:
    text = _FORMULA.sub("'", value)
    return _quoted(text) if _QUOTED.search(text) else text


def _cell_once(value: str) -> str:
    text = _FORMULA_ONCE.sub("'", value)
    return _quoted(text) if _QUOTED_ONCE.search(text) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _sheet(header: Sequence[str], rows: Iterable[Sequence[str]], cell: Callable[[str], str] = _cell) -> bytes:
    lines = (",".join(map(cell, row)) + "\r\n" for row in (header, *rows))
    return "".join(lines).encode("utf-8-sig")


def _turn(place: int, spoken: TurnSpoken, override: Override | None) -> list[str]:
    turn = spoken.turn
    return [
        str(place),
        spoken.title,
        lane_name(turn.lane),
        ROLES[turn.role],
        turn.member,
        turn.name,
        turn.group,
        turn.seat,
        STANCES[turn.stance],
        _moment(turn.called_at),
        _moment(turn.started_at),
        _moment(turn.ended_at),
        *_times(turn.planned_ms, spoken.used_ms, spoken.over_ms),
        _seconds(turn.extended_ms),
        "có" if turn.in_turn else "không",
        override.passed_over if override is not None else "",
        override.reason if override is not None else "",
    ]


def _actor(member: str, names: Names) -> list[str]:
    """Who of the desk acted: id and name; the clock has neither."""
    return [member, names.get(member, "")]


def _spent(spent: Spent) -> list[str]:
    return _times(spent.planned_ms, spent.used_ms, spent.over_ms)


def _titles(log: TurnLog) -> dict[str, str]:
    """Titles of agenda items: whatever the log names had a list. An act about no item has none."""
    return {each.id: each.name for each in log.items}


def _override(override: Override, titles: dict[str, str], names: Names) -> list[str]:
    return [
        str(override.index),
        _moment(override.at),
        act_name(override.act, override.seconds),
        titles.get(override.item, override.item),
        lane_name(override.lane),
        override.about,
        override.passed_over,
        *_actor(override.by, names),
        override.reason,
    ]


def _request(request: SpeakRequest, titles: dict[str, str]) -> list[str]:
    where = [titles.get(request.item, request.item), lane_name(request.lane)]
    return [request.member, request.name, request.group, *where, _moment(request.at)]


def _opinion(opinion: Opinion, titles: dict[str, str]) -> list[str]:
    title = titles.get(opinion.item, opinion.item)
    return [opinion.member, opinion.name, opinion.group, title, _moment(opinion.at), opinion.text]


def _times(*milliseconds: int | None) -> list[str]:
    return [*map(_seconds, milliseconds), *("" if each is None else str(each) for each in milliseconds)]


def _moment(at: int | None) -> str:
    """A moment in ISO 8601 with milliseconds and +07:00; empty for none."""
    if at is None:
        return ""
    moment = datetime.fromtimestamp(at // 1_000, UTC).astimezone(_HANOI)
    return moment.replace(microsecond=at % 1_000 * 1_000).isoformat(timespec="milliseconds")


def _seconds(milliseconds: int | None) -> str:
    return "" if milliseconds is None else str((milliseconds + 500) // 1_000)
