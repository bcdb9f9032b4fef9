"""The words and figures of a sealed turn log (nhật ký phát biểu), from what is proven; pure. Times as in Viet Nam."""

from typing import Any

from services.rules.floor.record import Replayed
from services.rules.floor.wording import ROLES, STANCES, act_name, lane_name, order_name
from services.signing.minutes_words import clock
from services.wire import Override, SpeakRequest, Spent, TurnSpoken

# What the template asks for.
LISTS = (
    "facts",
    "rules",
    "turns",
    "persons",
    "groups",
    "items",
    "overrides",
    "unreached",
    "opinions",
    "evidence",
)
PARTS = ("body", "title", "checkpoint", "sha256", "url", "id", "issued")


def words(replayed: Replayed, file_sha256: str, verify_url: str) -> dict[str, Any]:
    """Everything the template shows, as plain strings and lists."""
    statement = replayed.statement
    log, names = statement.log, replayed.names
    titles = {lane.item: lane.title for lane in replayed.floor.lanes.values()}
    return {
        "body": statement.body.name,
        "title": log.title or statement.meeting,
        "facts": [
            ["Cơ quan", statement.body.name],
            ["Phiên họp", f"{log.title} ({log.meeting})".strip()],
            ["Tính đến", clock(log.at)],
            ["Số lượt phát biểu", str(len(log.turns))],
            ["Bộ quy tắc", f"{replayed.floor.profile.name} ({replayed.floor.profile.id})"],
        ],
        "rules": [
            [lane.title, lane_name(lane.lane), order_name(lane.rules.order, lane.rules.quoted_by)]
            for lane in replayed.floor.lanes.values()
        ],
        "turns": [_turn(place, each) for place, each in enumerate(log.turns, start=1)],
        "persons": [_spent(each) for each in log.persons],
        "groups": [_spent(each) for each in log.groups],
        "items": [_spent(each) for each in log.items],
        "overrides": [_override(each, names, titles) for each in log.overrides],
        "unreached": [_unreached(each, replayed) for each in log.unreached],
        "opinions": [
            [each.name, each.group or "–", titles.get(each.item, each.item), each.text]
            for each in log.opinions
        ],
        "evidence": [
            ["SHA-256 của turns.json", file_sha256],
            ["Danh sách đại biểu (SHA-256)", replayed.floor.roll_sha256],
            ["Khóa kiểm tra của sổ phát biểu", statement.evidence.ledger.log_key],
            ["Phần mềm", statement.software],
        ],
        "checkpoint": statement.evidence.ledger.checkpoint,
        "sha256": file_sha256,
        "url": verify_url,
        "id": statement.id,
        "issued": clock(statement.issued_at),
    }


def span(milliseconds: int) -> str:
    """A span as minutes, seconds and thousandths: 7:00,000."""
    seconds, thousandths = divmod(milliseconds, 1_000)
    return f"{seconds // 60}:{seconds % 60:02d},{thousandths:03d}"


def moment(at: int) -> str:
    """A moment in a narrow column, as read in Viet Nam: 09:05:03,120 28/11/2025."""
    return clock(at).replace(" ngày ", " ").removesuffix(" (+07:00)")


def _turn(place: int, spoken: TurnSpoken) -> list[str]:
    turn = spoken.turn
    role = ROLES[turn.role]
    return [
        f"{place}. {turn.name}",
        turn.group or "–",
        f"{spoken.title}: {lane_name(turn.lane)}" + (f" ({role})" if role else ""),
        STANCES[turn.stance],
        moment(turn.started_at or turn.called_at),
        "không hạn" if turn.planned_ms is None else span(turn.planned_ms),
        span(spoken.used_ms),
        span(spoken.over_ms) if spoken.over_ms else "–",
        "" if turn.in_turn else "ngoài thứ tự",
    ]


def _spent(spent: Spent) -> list[str]:
    return [
        spent.name or "–",
        str(spent.turns),
        span(spent.planned_ms),
        span(spent.used_ms),
        span(spent.over_ms) if spent.over_ms else "–",
    ]


def _override(override: Override, names: dict[str, str], titles: dict[str, str]) -> list[str]:
    where = [titles.get(override.item, override.item), lane_name(override.lane)]
    about = override.about or ": ".join(each for each in where if each)
    if override.passed_over:
        about += f" (người đến lượt: {override.passed_over})"
    by = f"{names.get(override.by, '')} ({override.by})".strip()
    return [
        moment(override.at),
        act_name(override.act, override.seconds),
        about or "–",
        by,
        override.reason,
        str(override.index),
    ]


def _unreached(request: SpeakRequest, replayed: Replayed) -> list[str]:
    lane = replayed.floor.lanes[request.item, request.lane]
    return [
        request.name,
        request.group or "–",
        f"{lane.title}: {lane_name(request.lane)}",
        moment(request.at),
    ]
