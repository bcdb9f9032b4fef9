"""Whatever is sent, it gets its own stable code, and the ledger stays as it was."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.desk.device import Device
from services.floor import deciding, floor_desk, handlers
from services.floor.routes import ROUTES
from services.rules import jws
from services.rules.floor import acts
from services.rules.floor.errors import DeskOnly
from services.rules.floor.request_errors import SpeakerAbsent
from services.wire import (
    Arrange,
    Ask,
    Call,
    CallAnswer,
    ChangeRequest,
    CloseLane,
    Defer,
    EndItem,
    EndTurn,
    FloorActs,
    FloorDone,
    Interpose,
    LaneRules,
    Meeting,
    MeetingChanged,
    OpenLane,
    PauseTurn,
    RecordFloor,
    ReturnLast,
    Skip,
    StartTurn,
    Withdraw,
    WriteOpinion,
)
from tests.support.floor_desk import (
    GUEST,
    ITEM,
    PLAIN,
    FloorDesk,
    asking,
    code_of,
    lines_of,
)
from tests.support.told_desk import BODY, CHAIR, MEETING, SECRETARY

OTHER = "noi-dung-2"
LIMITED = LaneRules(length=1, stances=("for",), turns_per_person=1, turn_s=60)
Made = Callable[[int], FloorActs]

# By code: who sends what, given the revision they see. The floor they meet is made by `_stage`.
REFUSED: dict[str, tuple[str, Made]] = {
    "lane_unknown": ("001", lambda _: asking("khong-co")),
    "floor_foreign_meeting": ("001", lambda _: _of_meeting("phien-khac")),
    "speaker_not_on_roll": (SECRETARY, lambda _: asking()),
    "speaker_absent": ("003", lambda _: asking()),
    "lane_closed": ("001", lambda _: asking("closed")),
    "list_full": ("002", lambda _: asking("limited", stance="for")),
    "stance_wrong": ("002", lambda _: asking("limited", stance="against")),
    "note_too_long": ("002", lambda _: asking(note="ý" * 2_001)),
    "text_unclean": ("002", lambda _: asking(note="Đồng ý\u202e")),
    "already_waiting": ("001", lambda _: asking(note="khác")),
    "request_id_taken": ("002", lambda _: asking(id="cua-001")),
    "request_unknown": ("001", lambda _: Withdraw(meeting=MEETING, request="khong-co")),
    "floor_not_yours": ("002", lambda _: Withdraw(meeting=MEETING, request="cua-001")),
    "request_not_waiting": ("002", lambda _: ChangeRequest(meeting=MEETING, request="da-rut")),
    "guests_not_taken": (CHAIR, lambda _: asking(guest="Ông Khách")),
    "speaker_missing": (CHAIR, lambda _: asking("guests", guest="Ông Khách", member="001")),
    "not_invited_to_write": ("001", lambda _: WriteOpinion(meeting=MEETING, item=ITEM, text="Đồng ý")),
    "floor_desk_only": ("001", lambda seen: EndItem(meeting=MEETING, seen=seen, item=ITEM)),
    "floor_moved": (CHAIR, lambda seen: EndItem(meeting=MEETING, seen=seen - 1, item=ITEM)),
    "floor_reason_missing": (CHAIR, lambda seen: Skip(meeting=MEETING, seen=seen, request="cua-001")),
    "item_unknown": (CHAIR, lambda seen: _opening(seen, item="khong-co")),
    "item_ended": (CHAIR, lambda seen: _opening(seen, item=OTHER)),
    "lane_open": (CHAIR, lambda seen: _opening(seen)),
    "lane_rules_unsound": (CHAIR, lambda seen: _opening(seen, lane="moi", rules=LaneRules(stances=()))),
    "nobody_follows": (CHAIR, lambda seen: _skip(seen)),
    "arrangement_wrong": (CHAIR, lambda seen: _arrange(seen)),
    "out_of_turn": (CHAIR, lambda seen: Call(meeting=MEETING, seen=seen, request="sau-005")),
    "called_already": (CHAIR, lambda seen: Call(meeting=MEETING, seen=seen, request="goi-005")),
    "turn_unknown": (CHAIR, lambda seen: StartTurn(meeting=MEETING, seen=seen, turn="t0")),
    "turn_transition": (CHAIR, lambda seen: PauseTurn(meeting=MEETING, seen=seen, turn="T")),
    "not_interposed_here": (
        CHAIR,
        lambda seen: Interpose(meeting=MEETING, seen=seen, turn="T", name="Ông A"),
    ),
    "no_answers_here": (CHAIR, lambda seen: CallAnswer(meeting=MEETING, seen=seen, turn="T", name="Ông A")),
    "nothing_spoken": (CHAIR, lambda seen: _return(seen)),
}


def _of_meeting(meeting: str) -> Ask:
    return msgspec.structs.replace(asking(), meeting=meeting)


def _opening(seen: int, item: str = ITEM, lane: str = "speech", rules: LaneRules = PLAIN) -> OpenLane:
    return OpenLane(meeting=MEETING, seen=seen, item=item, lane=lane, rules=rules, reason="Thử")


def _skip(seen: int) -> Skip:
    return Skip(meeting=MEETING, seen=seen, request="cua-001", reason="Vắng")


def _arrange(seen: int) -> Arrange:
    return Arrange(meeting=MEETING, seen=seen, item=ITEM, lane="speech", order=(), reason="Lý do")


def _return(seen: int) -> ReturnLast:
    return ReturnLast(meeting=MEETING, seen=seen, item=ITEM, lane="speech", reason="Lý do")


async def _stage(desk: FloorDesk) -> str:
    """A floor on which everything can be done wrongly; the turn of somebody who was called, by its id."""
    await desk.open_lane()
    await desk.ask_to_speak("001", id="cua-001")
    await desk.ask_to_speak("002", id="da-rut")
    await desk.do("002", Withdraw(meeting=MEETING, request="da-rut"))
    await desk.open_lane("limited", LIMITED)
    await desk.ask_to_speak("001", "limited", stance="for")
    await desk.open_lane("guests", msgspec.structs.replace(PLAIN, guests=True))
    await desk.open_lane("queue")
    for voter in ("004", "005"):
        await desk.ask_to_speak(voter, "queue", id=f"sau-{voter}")
    await desk.open_lane("called")
    for voter in ("004", "005"):
        await desk.ask_to_speak(voter, "called", id=f"goi-{voter}")
    await desk.do(CHAIR, Call(meeting=MEETING, seen=await desk.seen(), request="goi-004"))
    await _closed(desk)
    await desk.open_lane(item=OTHER)
    await desk.do(CHAIR, EndItem(meeting=MEETING, seen=await desk.seen(), item=OTHER))
    await desk.present(["003"], there=False)
    return (await desk.shown()).turns[0].id


async def _closed(desk: FloorDesk) -> None:
    await desk.open_lane("closed")
    await desk.do(CHAIR, CloseLane(meeting=MEETING, seen=await desk.seen(), item=ITEM, lane="closed"))


async def test_each_wrong_act_gets_its_own_code(desk: FloorDesk) -> None:
    """Every way to be refused by the rules on one floor; nothing of it is written."""
    turn = await _stage(desk)
    before = await lines_of(desk)
    for code, (who, made) in REFUSED.items():
        act = made(await desk.seen())
        if getattr(act, "turn", "") == "T":
            act = msgspec.structs.replace(act, turn=turn)
        assert await desk.refused(who, act) == code, (code, act)
    assert await lines_of(desk) == before


async def test_nobody_fills_the_ledger_alone(desk: FloorDesk) -> None:
    """Asking and withdrawing, changing, writing, in a loop: each ends; what changes nothing makes no line."""
    caps = LaneRules(
        stances=("for", "other"), withdrawals_per_person=1, changes_per_request=1, opinions_per_person=1
    )
    await desk.open_lane(rules=caps)
    await desk.ask_to_speak("001", id="mot")
    await desk.do("001", Withdraw(meeting=MEETING, request="mot"))
    assert await desk.refused("001", asking()) == "withdrawn_too_often"
    asked = await desk.ask_to_speak("002", id="hai")
    await desk.do("002", ChangeRequest(meeting=MEETING, request="hai", stance="for"))
    before = await lines_of(desk)
    same = desk.sign("002", ChangeRequest(meeting=MEETING, request="hai", stance="for"))
    status, body = await desk.post("002", same)
    again = msgspec.json.decode(body, type=FloorDone)
    assert (status, again.receipt.index) == (200, asked.receipt.index)
    assert again.place is not None
    assert (again.place.request.stance, again.place.place) == ("for", 1)
    assert (
        await desk.refused("002", ChangeRequest(meeting=MEETING, request="hai", note="Ý khác"))
        == "changed_too_often"
    )
    assert await lines_of(desk) == before
    await desk.do(CHAIR, EndItem(meeting=MEETING, seen=await desk.seen(), item=ITEM))
    await desk.do("002", WriteOpinion(meeting=MEETING, item=ITEM, text="Một"))
    assert (
        await desk.refused("002", WriteOpinion(meeting=MEETING, item=ITEM, text="Hai")) == "written_too_often"
    )


async def test_a_question_is_answered_once(desk: FloorDesk) -> None:
    """Once more only with a reason."""
    await desk.open_lane(rules=LaneRules(answer_s=60))
    await desk.ask_to_speak("001", id="hoi")
    await desk.do(CHAIR, Call(meeting=MEETING, seen=await desk.seen(), request="hoi"))
    (question,) = (await desk.shown()).turns
    await _spoken(desk, question.id)
    await desk.do(CHAIR, await _answering(desk, question.id))
    (answer,) = (await desk.shown()).turns
    await _spoken(desk, answer.id)
    assert await desk.refused(CHAIR, await _answering(desk, question.id)) == "answered_already"
    await desk.do(CHAIR, await _answering(desk, question.id, reason="Câu hỏi có nhiều ý"))


async def _spoken(desk: FloorDesk, turn: str) -> None:
    for kind in (StartTurn, EndTurn):
        await desk.do(CHAIR, kind(meeting=MEETING, seen=await desk.seen(), turn=turn))


async def _answering(desk: FloorDesk, question: str, reason: str = "") -> CallAnswer:
    seen = await desk.seen()
    return CallAnswer(meeting=MEETING, seen=seen, turn=question, name="Bộ trưởng", reason=reason)


async def test_speeches_and_times_are_used_up(desk: FloorDesk) -> None:
    """At most so many speeches; when the time of the lane is gone a reason is needed; one speaks at a time."""
    rules = LaneRules(turns_per_person=1, lane_s=60, turn_s=60)
    await desk.open_lane(rules=rules)
    for voter in ("001", "002"):
        await desk.ask_to_speak(voter, id=f"cua-{voter}")
    await desk.do(CHAIR, Call(meeting=MEETING, seen=await desk.seen(), request="cua-001"))
    assert await desk.refused("001", asking()) == "speeches_used_up"
    (turn,) = (await desk.shown()).turns
    await desk.do(CHAIR, StartTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    call = Call(meeting=MEETING, seen=await desk.seen(), request="cua-002")
    assert await desk.refused(CHAIR, call) == "time_used_up"
    await desk.do(CHAIR, msgspec.structs.replace(call, reason="Cho thêm một lượt"))
    second = (await desk.shown()).turns[1]
    start = StartTurn(meeting=MEETING, seen=await desk.seen(), turn=second.id)
    assert await desk.refused(CHAIR, start) == "somebody_speaks"


async def test_what_is_no_act_is_refused(desk: FloorDesk) -> None:
    """Bad JWS of many kinds, a foreign key, somebody else's signature; too large, and not signed at all."""
    await desk.open_lane()
    good, device = desk.sign("001", asking()), desk.devices["001"]
    header, payload, _ = good.split(b".")
    cases: dict[str, list[bytes]] = {
        "message_malformed": [
            b"",
            b"x",
            good + b".",
            good + b"=",
            b"".join((header, b".", payload)),
            device._signed("plenary-act+jws", acts.CTY, jws.b64_decode(payload)),
            device._signed(acts.TYP, acts.CTY, b"{}"),
            device._signed(acts.TYP, acts.CTY, b'{"act":"shout","meeting":"phien-1"}'),
            device._signed(acts.TYP, acts.CTY, jws.b64_decode(payload)[:-1] + b',"extra":1}'),
            device._signed(acts.TYP, acts.CTY, jws.b64_decode(payload)[:-1] + b',"note":"a","note":"b"}'),
            desk.sign("001", asking(note="ý" * 20_001)),
        ],
        "algorithm_wrong": [replace(device, algorithm="RS256").floor_act(asking())],
        "signature_wrong": [header + b"." + payload + b"." + jws.b64_encode(bytes(64))],
        "credential_unknown": [_stranger()],
        "floor_other_signer": [desk.sign("002", asking())],
        "too_large": [b"x" * (acts.LIMIT + 1)],
    }
    before = await lines_of(desk)
    for code, sent in cases.items():
        for raw in sent:
            assert code_of(await desk.post("001", raw)) == code, raw[:80]
    headers = {**desk.headers("001"), "Content-Type": "application/json"}
    async with desk.client.post(f"/floor/meetings/{MEETING}/acts", data=good, headers=headers) as answer:
        assert (await answer.json())["code"] == "media_type"
    assert await lines_of(desk) == before


def _stranger() -> bytes:
    return replace(Device.make("001"), thumbprint="A" * 43).floor_act(asking())


async def test_a_ledger_keeps_no_padding(desk: FloorDesk) -> None:
    """What means nothing is not taken: spaces and escapes in header or payload; nor lists longer than any sitting's."""
    await desk.open_lane()
    good, device = desk.sign("001", asking()), desk.devices["001"]
    header, payload = (jws.b64_decode(piece) for piece in good.split(b".")[:2])
    padded = [
        (header, b" " * 20_000 + payload),
        (header, payload[:-1] + b" }"),
        (header, payload.replace(b'"ask"', b'"\\u0061sk"')),
        (header + b"\n" * 20_000, payload),
        (header.replace(b'"alg"', b'"\\u0061lg"'), payload),
    ]
    before = await lines_of(desk)
    for one in padded:
        signed = b".".join(map(jws.b64_encode, one))
        raw = signed + b"." + jws.b64_encode(jws.sign_bytes("ES256", device.key, signed))
        assert code_of(await desk.post("001", raw)) == "message_malformed", one
    shares = {f"{'Đoàn đại biểu' * 10} {n}": 1 for n in range(200)}
    long = LaneRules(order="quoted", quoted_by="group", shares=shares)
    assert await desk.refused(CHAIR, _opening(await desk.seen(), lane="moi", rules=long)) == "too_large"
    assert await lines_of(desk) == before


async def test_nothing_new_heaps_marks(desk: FloorDesk) -> None:
    """A note, a guest's name, a reason, rules, an opinion: refused, and no line; ledgers from before keep theirs."""
    await desk.open_lane()
    await desk.open_lane("guests", msgspec.structs.replace(PLAIN, guests=True))
    heap = "Z\u0316\u0317\u0318\u0319\u031c"
    before = await lines_of(desk)
    for who, act in (
        ("001", asking(note=heap)),
        (CHAIR, asking("guests", guest=heap)),
        (CHAIR, CloseLane(meeting=MEETING, seen=await desk.seen(), item=ITEM, lane="speech", reason=heap)),
        (CHAIR, _opening(await desk.seen(), lane="moi", rules=LaneRules(length=1, group_s={heap: 60}))),
    ):
        assert await desk.refused(who, act) == "text_unclean"
    assert await lines_of(desk) == before


async def test_what_may_be_long_is_taken_whole(desk: FloorDesk) -> None:
    """A written opinion and the order of a whole hall are longer than other acts; and members may be left out."""
    await desk.open_lane()
    await desk.ask_to_speak("002", id="cua-002")
    payload = {"act": "ask", "id": "cua-001", "item": ITEM, "lane": "speech", "meeting": MEETING}
    raw = desk.devices["001"]._signed(acts.TYP, acts.CTY, msgspec.json.encode(payload))
    assert (await desk.post("001", raw))[0] == 201
    await desk.do(CHAIR, EndItem(meeting=MEETING, seen=await desk.seen(), item=ITEM))
    opinion = WriteOpinion(meeting=MEETING, item=ITEM, text="ý kiến." * 2_850)
    assert len(desk.sign("001", opinion)) > deciding.LONGEST
    await desk.do("001", opinion)


async def test_who_is_not_of_the_meeting_gets_nothing(desk: FloorDesk) -> None:
    """No token, another role, another body, no such meeting."""
    raw = desk.sign("001", asking())
    path = f"/floor/meetings/{MEETING}/acts"
    media = {"Content-Type": "application/jose"}
    for token, code in (
        ("", "not_signed_in"),
        (desk.token(GUEST, "observer"), "not_allowed"),
        (desk.token("op", "operator"), "not_allowed"),
        (desk.token("001", "delegate", body="khac"), "foreign_body"),
    ):
        headers = media | ({"Authorization": f"Bearer {token}"} if token else {})
        async with desk.client.post(path, data=raw, headers=headers) as answer:
            assert (await answer.json())["code"] == code
    assert code_of(await desk.post("001", raw, meeting="khong-co")) == "meeting_unknown"
    assert (await desk.ask("GET", f"/meetings/{MEETING}", who=GUEST, status=200))["lanes"] == []


async def test_roles_are_the_rosters(desk: FloorDesk) -> None:
    """A token that says chair makes nobody one: what the roster says now decides."""
    raw = desk.sign("001", OpenLane(meeting=MEETING, seen=0, item=ITEM, lane="speech"))
    headers = {"Authorization": f"Bearer {desk.token('001', 'chair')}", "Content-Type": "application/jose"}
    async with desk.client.post(f"/floor/meetings/{MEETING}/acts", data=raw, headers=headers) as answer:
        assert (await answer.json())["code"] == "floor_desk_only"


async def test_a_revoked_key_is_refused_at_once(desk: FloorDesk) -> None:
    """Also for what it has signed before; a new key of the same person goes on."""
    await desk.open_lane()
    raw = desk.sign("001", asking())
    assert (await desk.post("001", raw))[0] == 201
    await desk.revoke("001")
    assert code_of(await desk.post("001", raw)) == "credential_revoked"
    await desk.enrol("001")
    assert (await desk.post("001", desk.sign("001", asking(note="", id="lai"))))[0] == 200


async def test_a_key_out_of_its_time_is_refused(desk: FloorDesk) -> None:
    """By the ledger's clock, which stands in a far future."""
    await desk.open_lane()
    await desk.pool.execute("update ledger set at = at + 9000000000000")
    assert await desk.refused("001", asking()) == "credential_expired"


async def test_a_meeting_that_has_ended_takes_no_requests(desk: FloorDesk) -> None:
    """Nor new lanes, and nobody is called any more; what is under way can be brought to its end."""
    await desk.open_lane()
    await desk.ask_to_speak("001", id="cua-001")
    await desk.tell(desk.meeting("ended"))
    assert await desk.refused("002", asking()) == "meeting_over"
    seen = await desk.seen()
    assert await desk.refused(CHAIR, _opening(seen, lane="debate")) == "meeting_over"
    assert await desk.refused(CHAIR, Call(meeting=MEETING, seen=seen, request="cua-001")) == "meeting_over"
    await desk.do(CHAIR, Defer(meeting=MEETING, seen=seen, request="cua-001", reason="Hết giờ"))
    await desk.do(CHAIR, EndItem(meeting=MEETING, seen=await desk.seen(), item=ITEM))


async def test_a_meeting_that_has_not_begun_takes_nothing(desk: FloorDesk) -> None:
    """Whoever acts, and its ledger stays empty; once the meeting is opened the same signed acts are taken."""
    await desk.tell(desk.meeting("planned"))
    sent = [
        (CHAIR, desk.sign(CHAIR, _opening(0))),
        ("001", desk.sign("001", asking())),
        (CHAIR, desk.sign(CHAIR, RecordFloor(meeting=MEETING, seen=0))),
    ]
    for who, raw in sent:
        assert code_of(await desk.post(who, raw)) == "meeting_not_begun"
    assert await lines_of(desk) == []
    await desk.tell(desk.meeting("open"))
    for who, raw in sent[:2]:
        assert (await desk.post(who, raw))[0] == 201


async def test_who_asks_before_the_news_of_their_coming_is_heard(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked in a moment ago, and the stream is slower than their finger: the request waits, and is taken in."""
    await desk.open_lane()
    await desk.present(["003"], there=False)
    clerk = desk.app[handlers.DESK]
    once = clerk._once

    async def heard_meanwhile(*act: Any) -> Any:
        try:
            return await once(*act)
        except SpeakerAbsent:
            await desk.present(["003"])
            raise

    monkeypatch.setattr(clerk, "_once", heard_meanwhile)
    done = await desk.ask_to_speak("003")
    assert done.place is not None
    assert done.place.request.member == "003"


async def test_what_nothing_new_is_heard_of_is_decided_once(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty hopeless acts wait for news together: one look for all in each moment, and no second decision."""
    await desk.open_lane()
    clerk, store = desk.app[handlers.DESK], desk.app[handlers.STORE]
    decided, looks = list[str](), list[str]()
    once, heard = clerk._once, store.heard

    async def counted(meeting: str, one: floor_desk.Incoming) -> Any:
        decided.append(one.request)
        return await once(meeting, one)

    async def looked(meeting: str) -> int:
        looks.append(meeting)
        return await heard(meeting)

    monkeypatch.setattr(clerk, "_once", counted)
    monkeypatch.setattr(store, "heard", looked)
    end = EndItem(meeting=MEETING, seen=await desk.seen(), item=ITEM)
    sent = [(f"{n}", desk.sign("001", end)) for n in range(50)]
    answers = await asyncio.gather(
        *(clerk.act(MEETING, raw, "001", request) for request, raw in sent), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {DeskOnly}
    assert sorted(decided) == sorted(request for request, _ in sent)
    assert floor_desk.LOOKS <= len(looks) < len(sent)


async def test_a_roll_that_is_not_frozen_is_asked_for(desk: FloorDesk) -> None:
    """A second meeting without a roll: nobody can speak there yet."""
    other = Meeting(id="phien-2", body=BODY.id, title="Phiên 2", state="open")
    await desk.tell(MeetingChanged(index=desk.index("m", "phien-2"), meeting=other))
    act = OpenLane(meeting="phien-2", seen=0, item=ITEM, lane="speech")
    assert code_of(await desk.post(CHAIR, desk.sign(CHAIR, act), meeting="phien-2")) == "roll_missing"


def test_every_code_is_tried() -> None:
    """What the route says it refuses is refused by some test here or beside it, and nothing else is."""
    beside = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    codes = {refusal.code for refusal in ROUTES[0].refuses}
    assert REFUSED.keys() <= codes
    assert {code for code in codes if f'"{code}"' not in beside} == set()
