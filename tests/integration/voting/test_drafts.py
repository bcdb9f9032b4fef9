"""Polls prepared in advance: changed by who has seen them as they are, done away with, and fixed once announced."""

import asyncio
from typing import Any

from services.wire import DraftChange, PollDraft
from tests.support.voting_desk import CHAIR, MEETING, SECRETARY, VotingDesk
from tests.support.voting_hall import Convene, prove


async def _kept(desk: VotingDesk, poll: str, who: str = SECRETARY) -> Any:
    return await desk.ask("GET", f"/polls/{poll}/draft", who=who, status=200)


async def _change(
    desk: VotingDesk, poll: str, seen: str, *, status: int = 200, who: str = SECRETARY, **wanted: Any
) -> Any:
    draft = PollDraft(title=wanted.pop("title", "Thông qua Nghị quyết số 2"), presiding=CHAIR, **wanted)
    return await desk.ask(
        "PUT", f"/polls/{poll}/draft", DraftChange(seen=seen, draft=draft), who=who, status=status
    )


async def test_a_draft_is_changed_and_asked_as_changed(desk: VotingDesk) -> None:
    """Everything of it may change but its id; what the chair signs is the last of it."""
    poll = await desk.draft(item="muc-1")
    kept = await _kept(desk, poll)
    assert (kept["draft"]["title"], kept["draft"]["item"]) == ("Thông qua Nghị quyết số 1", "muc-1")
    changed = await _change(desk, poll, kept["sha256"], text="Điều 1.", duration_s=60, item="muc-2")
    assert (changed["title"], changed["item"], changed["state"]) == (
        "Thông qua Nghị quyết số 2",
        "muc-2",
        "draft",
    )
    await desk.act(poll, "announce")
    _, asked = await desk.open(poll)
    assert (asked.definition.title, asked.definition.text, asked.definition.duration_s) == (
        "Thông qua Nghị quyết số 2",
        "Điều 1.",
        60,
    )
    await prove(desk)


async def test_two_consoles_do_not_overwrite_each_other_unseen(hall: Convene) -> None:
    """Of two who change what both have seen, one is told to look again; the same change again is done already."""
    desks = await hall(workers=2)
    poll = await desks[0].draft()
    seen = (await _kept(desks[0], poll))["sha256"]
    titles = ("Phương án một", "Phương án hai")
    answers = await asyncio.gather(
        *(
            desk.ask(
                "PUT",
                f"/polls/{poll}/draft",
                DraftChange(seen=seen, draft=PollDraft(title=title, presiding=CHAIR)),
                who=who,
            )
            for desk, title, who in zip(desks, titles, (CHAIR, SECRETARY), strict=True)
        )
    )
    codes = sorted(str(answer.get("code", "")) for answer in answers)
    assert codes == ["", "draft_changed"]
    won = next(answer["title"] for answer in answers if "title" in answer and "code" not in answer)
    assert (await _change(desks[0], poll, seen, title=won))["title"] == won
    refused = await desks[0].ask("DELETE", f"/polls/{poll}/draft?seen={seen}", who=CHAIR, status=409)
    assert refused["code"] == "draft_changed"


async def test_a_draft_done_away_with_is_gone_and_its_id_used_up(desk: VotingDesk) -> None:
    """It is in no list, cannot be announced, and no other poll takes its id."""
    poll = await desk.draft(id="bq-9")
    seen = (await _kept(desk, poll))["sha256"]
    await desk.ask("DELETE", f"/polls/{poll}/draft?seen={seen}", who=SECRETARY, status=204)
    assert await desk.ask("GET", f"/meetings/{MEETING}/polls", who=CHAIR, status=200) == []
    for path in (f"/polls/{poll}", f"/polls/{poll}/draft"):
        assert (await desk.ask("GET", path, who=CHAIR, status=404))["code"] == "poll_unknown"
    assert (await desk.act(poll, "announce", status=404))["code"] == "poll_unknown"
    again = PollDraft(id="bq-9", title="Thông qua Nghị quyết số 1", presiding=CHAIR)
    answer = await desk.ask("POST", f"/meetings/{MEETING}/polls", again, who=CHAIR, status=409)
    assert answer["code"] == "poll_exists"


async def test_what_is_on_the_screens_is_no_draft_any_more(desk: VotingDesk) -> None:
    """From the announcement on nothing of it changes."""
    poll = await desk.draft()
    seen = (await _kept(desk, poll))["sha256"]
    await desk.act(poll, "announce")
    assert (await _change(desk, poll, seen, status=409))["code"] == "poll_transition"
    refused = await desk.ask("DELETE", f"/polls/{poll}/draft?seen={seen}", who=SECRETARY, status=409)
    assert refused["code"] == "poll_transition"
    _, asked = await desk.open(poll)
    assert asked.definition.title == "Thông qua Nghị quyết số 1"


async def test_a_change_is_as_sound_as_a_draft(desk: VotingDesk) -> None:
    """Another id, unclean text, an unknown profile, nothing seen: refused, and the draft stays."""
    poll = await desk.draft()
    kept = await _kept(desk, poll)
    cases: dict[str, dict[str, Any]] = {
        "draft_unsound": {"id": "bq-other"},
        "text_unclean": {"title": "Nghị\u202equyết"},
        "profile_unknown": {"profile": "none-such"},
    }
    for code, wanted in cases.items():
        answer = await desk.ask(
            "PUT",
            f"/polls/{poll}/draft",
            DraftChange(
                seen=kept["sha256"], draft=PollDraft(**{"title": "Một", "presiding": CHAIR, **wanted})
            ),
            who=SECRETARY,
        )
        assert answer["code"] == code
    assert (await desk.ask("DELETE", f"/polls/{poll}/draft", who=SECRETARY))["code"] == "request_malformed"
    assert await _kept(desk, poll) == kept
