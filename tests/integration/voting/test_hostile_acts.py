"""Hostile acts and drafts: signed by the wrong person, about another poll, altered by a byte; and unsound drafts."""

from typing import Any

import msgspec

from services.desk.device import Ask
from services.wire import ActPayload, Member, MemberChanged
from tests.support.acts import OPENED, message, post, reached
from tests.support.voting_desk import BODY, CHAIR, MEETING, SECRETARY, VotingDesk
from tests.support.voting_hall import lines_of


def _act(desk: VotingDesk, by: str, poll: str, asked: Ask | None, **said: Any) -> bytes:
    whole = {
        "act": "close",
        "meeting": MEETING,
        "poll": poll,
        "definition": asked.hash if asked else "",
    } | said
    return desk.devices[by].act(msgspec.convert(whole, ActPayload))


async def _must_refuse(desk: VotingDesk, poll: str, table: dict[str, tuple[bytes, str]], act: str) -> None:
    before = await lines_of(desk)
    for what, (raw, code) in table.items():
        assert (await post(desk, poll, act, raw))[1].get("code") == code, what
    assert await lines_of(desk) == before


async def test_a_hostile_act_is_refused_by_its_own_code(desk: VotingDesk) -> None:
    """Another signer, poll, meeting, act or definition; broken signatures; and the poll stays open."""
    poll, asked = await reached(desk, OPENED)
    other, elsewhere = await reached(desk, OPENED)
    good = _act(desk, CHAIR, poll, asked)
    head, payload, signature = good.split(b".")
    table = {
        "signed by another": (_act(desk, SECRETARY, poll, asked), "not_presiding"),
        "about another poll": (_act(desk, CHAIR, other, elsewhere), "act_wrong"),
        "another definition": (_act(desk, CHAIR, poll, elsewhere), "act_wrong"),
        "no definition": (_act(desk, CHAIR, poll, None), "act_wrong"),
        "another meeting": (_act(desk, CHAIR, poll, asked, meeting="phien-2"), "act_wrong"),
        "another act": (_act(desk, CHAIR, poll, asked, act="hold"), "act_wrong"),
        "a ballot": (desk.devices["001"].ballot(asked, "approve"), "message_malformed"),  # type: ignore[arg-type]
        "cut": (good[:50], "message_malformed"),
        "empty": (b"", "message_malformed"),
        "another signature": (head + b"." + payload + b"." + signature[:-6] + b"AAAAAA", "signature_wrong"),
        "an unclean reason": (_act(desk, CHAIR, poll, asked, reason="\u202etxet"), "text_unclean"),
        "too large": (b"A" * 70_000, "too_large"),
    }
    await _must_refuse(desk, poll, table, "close")
    forged = desk.devices[CHAIR]
    stranger = type(forged)(CHAIR, desk.devices["001"].key, "ES256", forged.thumbprint)
    table = {
        "another key": (stranger.act(ActPayload(act="close", meeting=MEETING, poll=poll)), "signature_wrong")
    }
    await _must_refuse(desk, poll, table, "close")
    await desk.revoke(CHAIR)
    await _must_refuse(desk, poll, {"revoked": (good, "credential_revoked")}, "close")


async def test_another_chair_does_not_preside(desk: VotingDesk) -> None:
    """A person with the chair's role, key and token moves no poll but their own."""
    poll, asked = await reached(desk, OPENED)
    for act in ("hold", "close"):
        raw = _act(desk, "001", poll, asked, act=act)
        status, answer = await post(desk, poll, act, raw, who="001", role="chair")
        assert (status, answer["code"]) == (403, "not_presiding")
    mine = await desk.draft(presiding="001")
    raw = _act(desk, CHAIR, mine, None, act="announce")
    assert (await post(desk, mine, "announce", raw))[0] == 200
    definition = await desk.ask("GET", f"/polls/{mine}/definition", who=CHAIR)
    signed = desk.devices[CHAIR].definition(msgspec.json.encode(definition))
    assert (await post(desk, mine, "open", signed))[1]["code"] == "not_presiding"


async def test_a_definition_altered_by_one_byte_opens_nothing(desk: VotingDesk) -> None:
    """Whatever the chair signs but the exact definition is refused: no question can change under a signature."""
    poll, _ = await reached(desk, ("announce",))
    raw = msgspec.json.encode(await desk.ask("GET", f"/polls/{poll}/definition", who=CHAIR))
    before = await lines_of(desk)
    for place in range(0, len(raw), 7):
        altered = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        _, answer = await post(desk, poll, "open", desk.devices[CHAIR].definition(altered))
        codes = {"definition_differs", "message_malformed", "not_presiding", "text_unclean"}
        assert answer["code"] in codes, altered[place - 20 : place + 20]
    for written in (raw.replace(b":", b": "), raw + b"\n"):
        _, answer = await post(desk, poll, "open", desk.devices[CHAIR].definition(written))
        assert answer["code"] == "definition_differs"
    assert await lines_of(desk) == before


async def _pair(desk: VotingDesk, poll: str, first: bytes, second: bytes) -> Any:
    raw = msgspec.json.encode({"act": first.decode(), "second": second.decode()})
    return (await post(desk, poll, "void", raw))[1]


async def test_a_poll_is_voided_by_two_persons_of_the_desk_over_the_same_bytes(desk: VotingDesk) -> None:
    """One person twice, other bytes, a delegate, an observer, no reason: each is refused."""
    poll, asked = await reached(desk, OPENED)
    observer = Member(id="quan-sat", name="Quan sát", roles=("observer",))
    await desk.tell(MemberChanged(index=desk.index("m", BODY.id), body=BODY.id, members=(observer,)))
    await desk.enrol("quan-sat")

    def void(by: str, reason: str = "Sai nội dung") -> bytes:
        return _act(desk, by, poll, asked, act="void", reason=reason)

    before = await lines_of(desk)
    for first, second, code in (
        (void(CHAIR), void(CHAIR), "second_person_missing"),
        (void(CHAIR), void(SECRETARY, "Sai  nội dung"), "second_person_missing"),
        (void(CHAIR), void("001"), "second_person_missing"),
        (void(CHAIR), void("quan-sat"), "second_person_missing"),
        (void(CHAIR, ""), void(SECRETARY, ""), "reason_missing"),
        (void(SECRETARY), void(CHAIR), "not_presiding"),
        (void(CHAIR), void(CHAIR)[:-2], "signature_wrong"),
    ):
        assert (await _pair(desk, poll, first, second))["code"] == code
    assert await lines_of(desk) == before
    assert (await _pair(desk, poll, void(CHAIR), void(SECRETARY)))["state"] == "voided"


THRESHOLD = {"numerator": 1, "denominator": 2, "strict": True}
LABELS = [{"choice": one, "label": one} for one in ("approve", "reject", "abstain")]
DRAFTS: dict[str, tuple[dict[str, Any], str]] = {
    "direction turned": ({"title": "Tăng \u202ethuế"}, "text_unclean"),
    "not composed": ({"title": "Ta\u0306ng"}, "text_unclean"),
    "zero width": ({"title": "Tăng\u200bthuế"}, "text_unclean"),
    "NUL": ({"text": "a\0b"}, "request_malformed"),
    "a bell": ({"text": "a\x07b"}, "text_unclean"),
    "no title": ({"title": ""}, "request_malformed"),
    "two options": ({"options": LABELS[:2]}, "draft_unsound"),
    "another order": ({"options": LABELS[::-1]}, "draft_unsound"),
    "one label twice": ({"options": [*LABELS[:2], LABELS[2] | {"label": "reject"}]}, "draft_unsound"),
    "an unclean label": ({"options": [LABELS[0] | {"label": "a "}, *LABELS[1:]]}, "text_unclean"),
    "more than the whole": (
        {"rule": {"base": "roll", "threshold": THRESHOLD | {"numerator": 3}}},
        "rule_unsound",
    ),
    "more than all": ({"rule": {"base": "roll", "threshold": THRESHOLD | {"numerator": 2}}}, "rule_unsound"),
    "at least nothing": (
        {"rule": {"base": "roll", "threshold": {"numerator": 0, "denominator": 1, "strict": False}}},
        "rule_unsound",
    ),
    "of nothing": (
        {"rule": {"base": "roll", "threshold": THRESHOLD | {"denominator": 0}}},
        "request_malformed",
    ),
    "below nothing": (
        {"rule": {"base": "roll", "threshold": THRESHOLD | {"numerator": -1}}},
        "request_malformed",
    ),
    "a broken number": (
        {"rule": {"base": "roll", "threshold": THRESHOLD | {"numerator": 0.5}}},
        "request_malformed",
    ),
    "an impossible quorum": (
        {
            "rule": {
                "base": "roll",
                "threshold": THRESHOLD,
                "quorum": {"threshold": THRESHOLD | {"numerator": 5}},
            }
        },
        "rule_unsound",
    ),
    "another base": ({"rule": {"base": "everybody", "threshold": THRESHOLD}}, "request_malformed"),
    "no profile of ours": ({"profile": "nowhere"}, "profile_unknown"),
    "no time": ({"duration_s": 0}, "request_malformed"),
    "a member unknown": ({"secret": True}, "request_malformed"),
    "an id with a path": ({"id": "../x"}, "request_malformed"),
}


async def test_an_unsound_draft_is_refused_before_anybody_sees_it(desk: VotingDesk) -> None:
    """Text that deceives, options that differ, thresholds that cannot be reached: each by its own code."""
    draft = {"title": "Thông qua", "presiding": CHAIR}
    for what, (wrong, code) in DRAFTS.items():
        answer = await desk.ask("POST", f"/meetings/{MEETING}/polls", draft | wrong, who=CHAIR)
        assert answer.get("code") == code, what
    assert await desk.ask("GET", f"/meetings/{MEETING}/polls", who=CHAIR) == []


async def test_an_id_names_one_draft(desk: VotingDesk) -> None:
    """The same draft again is the same poll; another one under its id is refused."""
    path, draft = f"/meetings/{MEETING}/polls", {"id": "p1", "title": "Một", "presiding": CHAIR}
    first, again = [await desk.ask("POST", path, draft, who=CHAIR, status=201) for _ in range(2)]
    assert first == again
    other = await desk.ask("POST", path, draft | {"title": "Hai"}, who=CHAIR, status=409)
    assert other["code"] == "poll_exists"
    assert (await post(desk, "p1", "announce", await message(desk, "p1", "announce", None)))[0] == 200
