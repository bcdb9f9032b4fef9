"""A question time as NQ 71/2022/QH15 Đ.19 k.2 has it, by the rules alone.

The chair names the group of issues; deputies register; each question is a minute at most, each answer three; then the
debate, where who has asked comes first. Everything that may disturb it does: somebody is not ready, one speaks too
long, a point of order interrupts the minister, a question is interposed, a vote opens, time runs out.
"""

from services.rules.floor.profiles import FLOOR_PROFILES
from services.wire import (
    Arrange,
    CallAnswer,
    ChangeRequest,
    CloseLane,
    EndItem,
    EndTurn,
    ExtendTurn,
    Interpose,
    OpenLane,
    PauseTurn,
    RecordFloor,
    Remove,
    ResumeTurn,
    Skip,
    StartTurn,
    Withdraw,
    WriteOpinion,
)
from tests.support.floor_sitting import ITEM, MEETING, FloorSitting

MINISTER = "Bộ trưởng Bộ Thử nghiệm"


def question_time() -> FloorSitting:
    """The whole of it: registration, questions, answers, debate, end, written opinions."""
    hall = FloorSitting(FLOOR_PROFILES["quoc-hoi"].lanes)
    _registration(hall)
    _questions(hall)
    _answers(hall)
    _debate(hall)
    _end(hall)
    return hall


def _registration(hall: FloorSitting) -> None:
    hall.chair(OpenLane, item=ITEM, lane="question", closes_in_s=120)
    for seconds, member in enumerate(("binh", "an", "em", "chi", "dung")):
        hall.wait(seconds * 1_000)
        hall.ask(member, request=f"q-{member}", lane="question")
    hall.act("an", ChangeRequest(meeting=MEETING, request="q-an", note="Về giá nước sạch"))
    hall.wait(120_000)


def _questions(hall: FloorSitting) -> None:
    """Binh asks in time, An 12.5 s too long, Em is not ready and passed over, Dung takes theirs back."""
    _speak(hall, "q-binh", 55_000)
    _speak(hall, "q-an", 72_500)
    hall.call("q-em")
    hall.chair(Skip, request="q-em", reason="Đại biểu chưa sẵn sàng")
    _speak(hall, "q-chi", 60_000)
    hall.act("dung", Withdraw(meeting=MEETING, request="q-dung"))
    _speak(hall, "q-em", 30_001)


def _answers(hall: FloorSitting) -> None:
    """To Binh in time; to An with a point of order in between and a minute more, all of it used."""
    _answer(hall, "q-binh")
    hall.wait(170_000)
    hall.chair(EndTurn, turn=hall.turn().id)
    answer = _answer(hall, "q-an")
    hall.wait(100_000)
    hall.chair(OpenLane, item=ITEM, lane="point_of_order")
    hall.ask("dung", request="p-dung", lane="point_of_order")
    point = hall.call("p-dung", begun=True)
    hall.wait(20_000)
    hall.chair(EndTurn, turn=point)
    hall.chair(ExtendTurn, turn=answer, seconds=60, reason="Câu hỏi có nhiều ý")
    hall.wait(140_000)
    hall.chair(EndTurn, turn=answer)


def _debate(hall: FloorSitting) -> None:
    """Dung registered first and has not asked: An and Binh, who have, come before; Em is called out of turn."""
    hall.chair(OpenLane, item=ITEM, lane="question_debate")
    for member in ("dung", "an", "em", "binh"):
        hall.ask(member, request=f"d-{member}", lane="question_debate")
    turn = hall.call("d-an", begun=True)
    hall.wait(60_000)
    hall.chair(Interpose, turn=turn, name=MINISTER)
    question = hall.turn().id
    hall.wait(15_000)
    hall.chair(PauseTurn, turn=question)
    hall.wait(5_000)
    hall.chair(ResumeTurn, turn=question)
    hall.wait(10_000)
    hall.chair(EndTurn, turn=question)
    hall.wait(60_000)
    hall.chair(EndTurn, turn=turn)
    _speak(hall, "d-binh", 90_000, reason="Cùng nội dung với đại biểu trước")
    hall.chair(
        Arrange, item=ITEM, lane="question_debate", order=("d-dung", "d-em"), reason="Em đã hỏi hai lần"
    )


def _end(hall: FloorSitting) -> None:
    """A vote stops Dung after 40 s; Em is not reached, and writes."""
    turn = hall.call("d-dung", begun=True)
    hall.wait(40_000)
    hall.vote("poll-1", "open")
    hall.wait(60_000)
    hall.vote("poll-1", "closed")
    hall.chair(CloseLane, item=ITEM, lane="question_debate")
    hall.chair(ResumeTurn, turn=turn)
    hall.wait(10_000)
    hall.ask("chi", request="p-chi", lane="point_of_order")
    hall.chair(Remove, request="p-chi", reason="Không phải ý kiến về thủ tục")
    hall.chair(EndItem, item=ITEM)
    hall.act("em", WriteOpinion(meeting=MEETING, item=ITEM, text="Tôi xin gửi ý kiến\nbằng văn bản."))
    hall.chair(RecordFloor)


def _speak(hall: FloorSitting, request: str, milliseconds: int, reason: str = "") -> None:
    turn = hall.call(request, begun=True, reason=reason)
    hall.wait(milliseconds)
    hall.chair(EndTurn, turn=turn)


def _answer(hall: FloorSitting, request: str) -> str:
    asked = next(turn.id for turn in hall.floor.turns.values() if turn.request == request)
    hall.chair(CallAnswer, turn=asked, name=MINISTER)
    answer = hall.turn().id
    hall.chair(StartTurn, turn=answer)
    return answer
