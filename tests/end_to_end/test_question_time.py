"""A whole question time of NQ 71/2022/QH15 over HTTP on real servers, followed by a screen from beginning to end.

Đ.19: the chair opens a group of issues; deputies register; a question is at most a minute, an answer three; then the
debate, in which who has asked comes first. The first group has the Assembly's own minutes, which nobody waits for; the
second has seconds in their place, so that the clock has to act.
"""

import csv
import io

from msgspec.structs import replace

from services.rules.floor.profiles import FLOOR_PROFILES
from services.wire import (
    Call,
    CallAnswer,
    CloseLane,
    EndItem,
    EndTurn,
    Interpose,
    Opinions,
    RecordFloor,
    StartTurn,
    Turn,
    TurnLog,
    WriteOpinion,
)
from tests.support.assembly import Assembly, plan_of, sitting
from tests.support.books import must_be_replayed, must_show
from tests.support.floor_screen import following
from tests.support.waiting import until

FIRST, SECOND = "nhom-van-de-1", "nhom-van-de-2"
CHAIR = "chu-tich"
DEPUTIES = {
    CHAIR: "Hà Nội",
    "an": "Hà Nội",
    "binh": "Cần Thơ",
    "chi": "Cần Thơ",
    "dung": "Huế",
    "giang": "Huế",
    "bo-truong": "Hải Phòng",
}
MINISTER = "bo-truong"
LANES = FLOOR_PROFILES["quoc-hoi"].lanes
WHY = "Kỳ họp quyết định rút ngắn thời gian"


async def test_a_whole_question_time() -> None:
    """Two groups of issues from registration to written opinions: order, clock, log, sheets and screen are right."""
    plan = plan_of(DEPUTIES, (FIRST, SECOND), chairs=(CHAIR,))
    async with (
        sitting(plan) as (hall, _),
        following(hall.url, hall.meeting, hall.tokens["giang"]) as screen,
    ):
        await _by_the_minutes_of_the_resolution(hall)
        await _by_the_clock(hall)
        await must_show(hall, screen)
        must_be_replayed(hall, await hall.ledger(), screen.floor)
        await _logs_say_so(hall)


async def _by_the_minutes_of_the_resolution(hall: Assembly) -> None:
    # 1. Registration, until the chair closes it: the order is that in which they asked.
    await hall.open_lane(FIRST, "question")
    for place, deputy in enumerate(("binh", "an", "chi"), start=1):
        done = await hall.ask(deputy, FIRST, "question", id=f"hoi-{deputy}", note=f"Vấn đề {place}")
        assert done.place is not None
        assert (done.place.place, done.place.wait_ms) == (place, (place - 1) * 60_000)
    await hall.desk(CHAIR, CloseLane, item=FIRST, lane="question")
    # 2. Each asks, a minute at most; the minister answers each, three minutes at most.
    for deputy in ("binh", "an"):
        question = await _speak(hall, f"hoi-{deputy}")
        assert (question.planned_ms, question.in_turn) == (60_000, True)
        await hall.desk(CHAIR, CallAnswer, turn=question.id, member=MINISTER)
        answer = await _started(hall)
        assert (answer.planned_ms, answer.role, answer.answers) == (180_000, "answer", question.id)
        await hall.desk(CHAIR, EndTurn, turn=answer.id)
    # 3. The debate: Dung registers first and has not asked; An and Binh have, and come before; Chi asks too late.
    await hall.open_lane(FIRST, "question_debate")
    for deputy in ("dung", "an", "binh"):
        await hall.ask(deputy, FIRST, "question_debate", id=f"tranh-luan-{deputy}")
    assert await _line(hall, FIRST, "question_debate") == ["an", "binh", "dung"]
    debating = await _speak(hall, "tranh-luan-an", interposed_by="giang")
    assert debating.planned_ms == 120_000
    await _speak(hall, "tranh-luan-binh")
    assert await _line(hall, FIRST, "question_debate") == ["dung"]
    # 4. The group of issues ends: who was not reached is invited to write.
    await hall.desk(CHAIR, EndItem, item=FIRST)
    opinion = WriteOpinion(meeting=hall.meeting, item=FIRST, text="Đề nghị Bộ trưởng trả lời\nbằng văn bản.")
    await hall.do("chi", opinion)


async def _by_the_clock(hall: Assembly) -> None:
    # 1. Registration ends by the clock.
    question = replace(LANES["question"], turn_s=1, answer_s=2, warn_s=1, at_limit="end")
    await hall.open_lane(SECOND, "question", question, closes_in_s=1, reason=WHY)
    await hall.ask("chi", SECOND, "question", id="hoi-chi-2")
    await until(lambda: _is_closed(hall), what="the clock to close the registration")
    # 2. The question is ended by the clock when its second is over, to the millisecond.
    await hall.desk(CHAIR, Call, request="hoi-chi-2")
    turn = await _started(hall)
    asked = await until(lambda: _last(hall, turn.id), what="the clock to end the question")
    assert (asked.used_ms, asked.state, asked.warned) == (1_000, "ended", 1)
    # 3. The answer is warned a second before its time is up, and ended.
    await hall.desk(CHAIR, CallAnswer, turn=turn.id, member=MINISTER)
    answer = await _started(hall)
    assert (answer.deadline, answer.warn_at) == (_at(answer, 2_000), _at(answer, 1_000))
    await until(lambda: _is_warned(hall, answer.id, 1), what="the first warning")
    answered = await until(lambda: _last(hall, answer.id), what="the clock to end the answer")
    assert answered.used_ms == 2_000
    # 4. In the debate who passes the limit is warned and goes on: the overrun is counted.
    debate = replace(LANES["question_debate"], turn_s=1, warn_s=0)
    await hall.open_lane(SECOND, "question_debate", debate, reason=WHY)
    await hall.ask("giang", SECOND, "question_debate", id="tranh-luan-giang")
    await hall.desk(CHAIR, Call, request="tranh-luan-giang")
    over = await _started(hall)
    await until(lambda: _is_warned(hall, over.id, 2), what="the warning at the limit")
    await hall.desk(CHAIR, EndItem, item=SECOND)
    await hall.desk(CHAIR, RecordFloor)


async def _logs_say_so(hall: Assembly) -> None:
    """The turn log, its sheet and the opinions, as a clerk reads them."""
    token = hall.tokens[CHAIR]
    log = await hall.client.get(f"{hall.floor_path}/turns", TurnLog, token)
    assert [(each.turn.member, each.turn.role) for each in log.turns] == [
        ("binh", "speech"),
        (MINISTER, "answer"),
        ("an", "speech"),
        (MINISTER, "answer"),
        ("an", "speech"),
        ("giang", "interposed"),
        ("binh", "speech"),
        ("chi", "speech"),
        (MINISTER, "answer"),
        ("giang", "speech"),
    ]
    assert log.turns[-1].over_ms == log.turns[-1].used_ms - 1_000 > 0
    assert sum(each.used_ms for each in log.persons) == sum(each.used_ms for each in log.items)
    assert [each.member for each in log.unreached] == ["chi", "dung"]
    # The second group was held by other minutes than the body's: by whose order, and why.
    assert [(each.act, each.lane, each.item, each.by, each.reason) for each in log.overrides] == [
        ("lane.open", lane, SECOND, CHAIR, WHY) for lane in ("question", "question_debate")
    ]
    opinions = await hall.client.get(f"{hall.floor_path}/opinions", Opinions, token)
    assert [(each.member, each.text[:8]) for each in opinions.written] == [("chi", "Đề nghị ")]
    raw = await hall.client.ask("GET", f"{hall.floor_path}/turns.csv", token=token)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["Họ và tên"] for row in rows] == [each.turn.name for each in log.turns]
    assert {row["Đúng thứ tự"] for row in rows} == {"có"}


# --- What the chair's console does ----------------------------------------------------------------------------------


async def _speak(hall: Assembly, request: str, interposed_by: str = "") -> Turn:
    """Called, started, ended by the chair; with a question interposed if somebody is named."""
    await hall.desk(CHAIR, Call, request=request)
    turn = await _started(hall)
    if interposed_by:
        await hall.desk(CHAIR, Interpose, turn=turn.id, member=interposed_by)
        speaker, question = (await hall.floor()).turns
        assert (speaker.state, question.state, question.interrupts) == ("paused", "running", turn.id)
        await hall.desk(CHAIR, EndTurn, turn=question.id)
        (speaker,) = (await hall.floor()).turns
        assert speaker.state == "running"
    await hall.desk(CHAIR, EndTurn, turn=turn.id)
    return turn


async def _started(hall: Assembly) -> Turn:
    """Who was called last begins."""
    called = (await hall.floor()).turns[-1]
    await hall.desk(CHAIR, StartTurn, turn=called.id)
    return (await hall.floor()).turns[-1]


async def _line(hall: Assembly, item: str, lane: str) -> list[str]:
    shown = (await hall.floor()).lanes
    (found,) = (each for each in shown if (each.lane.item, each.lane.lane) == (item, lane))
    return [each.member for each in found.waiting]


async def _is_closed(hall: Assembly) -> bool:
    return (await hall.floor()).lanes[-1].lane.state == "closed"


async def _is_warned(hall: Assembly, turn: str, times: int) -> bool:
    return any(each.id == turn and each.warned >= times for each in (await hall.floor()).turns)


async def _last(hall: Assembly, turn: str) -> Turn | None:
    last = (await hall.floor()).last
    return last if last is not None and last.id == turn else None


def _at(turn: Turn, after_ms: int) -> int:
    assert turn.started_at is not None
    return turn.started_at + after_ms
