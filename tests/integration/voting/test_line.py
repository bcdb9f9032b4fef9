"""The straight line: open, cast, receipt, close, count, declare."""

import msgspec

from services.desk.device import must_hold
from services.rules.profiles import PROFILES, Profile
from services.wire import Receipt
from tests.support.voting_desk import CHAIR, VotingDesk


async def test_a_vote_goes_from_draft_to_declared(desk: VotingDesk) -> None:
    """Five ballots, three for: each has its proven receipt, the count is right, the chair declares it."""
    poll, asked = await desk.opened()
    for place, voter in enumerate(desk.voters):
        raw = desk.devices[voter].ballot(asked, "approve" if place < 3 else "reject")
        receipt = await desk.ask("POST", f"/polls/{poll}/ballots", raw, status=201)
        must_hold(msgspec.convert(receipt, Receipt), raw, desk.log_key)
    closed = await desk.act(poll, "close", definition=asked.hash)
    assert closed["state"] == "closed"
    assert closed["decision"]["counts"] == {"approve": 3, "reject": 2, "abstain": 0}
    declared = await desk.declare(poll, asked)
    assert declared["state"] == "declared"
    listed = await desk.ask("GET", f"/polls/{poll}", who=CHAIR, status=200)
    assert listed["received"] == 5


async def test_presets_can_be_read(desk: VotingDesk) -> None:
    """Whoever drafts a poll finds the presets as the rules have them."""
    listed = await desk.ask("GET", "/profiles", who=CHAIR, status=200)
    assert msgspec.convert(listed, list[Profile]) == list(PROFILES.values())
    await desk.ask("GET", "/profiles", status=401)
