"""Ballots that passkeys confirm: taken in with what confirmed them, and refused where that does not hold."""

import asyncio
from typing import Any

import msgspec
import pytest

from services.desk.device import Ask
from services.kit import access_token
from services.kit.clock import now
from services.rules import jws
from services.voting import handlers
from services.wire import BallotCast, ConfirmedBallot, LedgerEntry, PasskeyVoucher, PollClosed, StepUpDemand
from tests.support.authenticator import BE, UP, Authenticator, b64, client_data, cose
from tests.support.signing_service import begin
from tests.support.voting_desk import BODY, CHAIR, MEETING, VotingDesk

PAGES, HOST = "https://bieuquyet.example.vn", "bieuquyet.example.vn"
VOTER, OTHER = "001", "002"


@pytest.fixture(autouse=True)
def pages(desk: VotingDesk) -> None:
    """The house has a name."""
    object.__setattr__(desk.app[handlers.PREPARATION], "pages", PAGES)


def device(**told: Any) -> Authenticator:
    """A passkey of this house."""
    return Authenticator(**({"site": HOST, "origin": PAGES} | told))


def voucher(desk: VotingDesk, passkey: Authenticator, member: str = VOTER, **told: Any) -> str:
    """As the meeting desk would vouch for it."""
    said: dict[str, Any] = {
        "body": BODY.id,
        "member": member,
        "public_key": b64(cose(passkey.key)),
        "backup_eligible": True,
        "iat": now() // 1000,
        "exp": now() // 1000 + 900,
    }
    return access_token.vouch(PasskeyVoucher(**(said | told)), desk.token_key)


async def confirm(
    desk: VotingDesk,
    poll: str,
    ballot: bytes,
    passkey: Authenticator,
    *,
    vouched: str = "",
    status: int | None = 201,
    **how: Any,
) -> Any:
    """Send a ballot that the passkey confirmed, `how` as the device is told."""
    sent = ConfirmedBallot(
        ballot=ballot.decode(),
        evidence=passkey.confirm(ballot.decode(), **how),
        voucher=vouched or voucher(desk, passkey),
    )
    return await desk.ask("POST", f"/polls/{poll}/ballots/confirmed", sent, status=status)


async def lines(desk: VotingDesk, poll: str) -> list[BallotCast]:
    """The ballots in the ledger."""
    rows = await desk.pool.fetch("select line from entry order by index")
    entries = [msgspec.json.decode(row["line"], type=LedgerEntry) for row in rows]
    return [entry for entry in entries if isinstance(entry, BallotCast) and entry.poll == poll]


def ballot(desk: VotingDesk, asked: Ask, voter: str = VOTER) -> bytes:
    """The voter's first ballot."""
    return desk.devices[voter].ballot(asked, "approve")


async def test_confirmed_and_not_where_it_is_optional(desk: VotingDesk) -> None:
    """Both are taken; the evidence stands in the ledger as it came, and the same again is answered as before."""
    poll, asked = await desk.opened(step_up="optional")
    assert asked.definition.step_up == StepUpDemand(when="optional", origin=PAGES)
    passkey, signed = device(), ballot(desk, asked)
    first = await confirm(desk, poll, signed, passkey)
    await desk.cast(poll, asked, OTHER)
    assert (await confirm(desk, poll, signed, passkey, status=200))["index"] == first["index"]
    assert (await desk.ask("POST", f"/polls/{poll}/ballots", signed, status=200))["index"] == first["index"]
    mine, theirs = await lines(desk, poll)
    assert mine.jws == signed.decode()
    assert mine.confirmed is not msgspec.UNSET
    assert jws.b64_decode(mine.confirmed.public_key.encode()) == cose(passkey.key)
    assert theirs.confirmed is msgspec.UNSET


async def test_required(desk: VotingDesk) -> None:
    """Without it nothing is taken; with it the same bytes are, and then they are known without it too."""
    poll, asked = await desk.opened(step_up="required")
    signed = ballot(desk, asked)
    path = f"/polls/{poll}/ballots"
    assert (await desk.ask("POST", path, signed, status=403))["code"] == "step_up_missing"
    receipt = await confirm(desk, poll, signed, device())
    assert (await desk.ask("POST", path, signed, status=200))["index"] == receipt["index"]
    assert len(await lines(desk, poll)) == 1


async def test_required_whoever_is_first(desk: VotingDesk) -> None:
    """One ballot, sent both ways at once, many times: never in the ledger without what is demanded."""
    poll, asked = await desk.opened(step_up="required")
    signed, passkey = ballot(desk, asked), device()
    path = f"/polls/{poll}/ballots"
    sent = [
        confirm(desk, poll, signed, passkey, status=None)
        if place % 2
        else desk.ask("POST", path, signed, status=None)
        for place in range(12)
    ]
    answers = await asyncio.gather(*sent)
    assert {answer.get("code", "") for answer in answers} <= {"", "step_up_missing"}
    await confirm(desk, poll, signed, passkey, status=None)
    (line,) = await lines(desk, poll)
    assert line.confirmed is not msgspec.UNSET


async def test_whose_passkey(desk: VotingDesk) -> None:
    """The voter's own, by the meeting desk's word, for this body, not too old."""
    poll, asked = await desk.opened(step_up="optional")
    passkey, signed = device(), ballot(desk, asked)

    async def refused(code: str, vouched: str) -> None:
        answer = await confirm(desk, poll, signed, passkey, vouched=vouched, status=None)
        assert answer["code"] == code

    await refused("step_up_foreign", voucher(desk, passkey, OTHER))
    await refused("step_up_foreign", voucher(desk, passkey, body="khac"))
    await refused("step_up_foreign", voucher(desk, device()))
    await refused("token_expired", voucher(desk, passkey, exp=now() // 1000))
    await refused("token_wrong", voucher(desk, passkey)[:-4] + "AAAA")
    await refused("token_wrong", desk.token(VOTER, "delegate"))
    # A voucher opens no door.
    headers = {"Authorization": f"Bearer {voucher(desk, passkey, CHAIR)}"}
    async with desk.client.get(f"/voting/meetings/{MEETING}/polls", headers=headers) as answer:
        assert answer.status == 401
    assert not await lines(desk, poll)


async def test_what_it_says(desk: VotingDesk) -> None:
    """Of this ballot, on our own page, by who was verified."""
    poll, asked = await desk.opened(step_up="optional")
    signed = ballot(desk, asked)

    async def refused(code: str, passkey: Authenticator, **how: Any) -> None:
        answer = await confirm(desk, poll, signed, passkey, status=None, **how)
        assert answer["code"] == code

    other = client_data("webauthn.get", bytes(32), PAGES)
    await refused("assertion_challenge_wrong", device(), said=other)
    await refused("assertion_origin_wrong", device(origin="https://evil.example"))
    await refused("assertion_site_wrong", device(site="evil.example"))
    await refused("assertion_unverified", device(flags=UP | BE))
    await refused("assertion_unsigned", device(), signature=bytes(70))
    await refused("assertion_backup_wrong", device(flags=UP | 4))
    assert not await lines(desk, poll)


async def test_where_nobody_asks(desk: VotingDesk) -> None:
    """A poll without it takes ballots alone; a house without a name asks for none."""
    poll, asked = await desk.opened()
    assert asked.definition.step_up is msgspec.UNSET
    answer = await confirm(desk, poll, ballot(desk, asked), device(), status=409)
    assert answer["code"] == "step_up_unasked"
    object.__setattr__(desk.app[handlers.PREPARATION], "pages", "")
    draft = {"title": "Nghị quyết", "presiding": CHAIR, "step_up": "required"}
    answer = await desk.ask("POST", f"/meetings/{MEETING}/polls", draft, who=CHAIR, status=None)
    assert answer["code"] == "draft_unsound"


async def test_it_is_closed_and_counted(desk: VotingDesk) -> None:
    """As any other vote."""
    poll, asked = await desk.opened(step_up="required")
    await confirm(desk, poll, ballot(desk, asked), device())
    await desk.act(poll, "close", definition=asked.hash)
    rows = await desk.pool.fetch("select line from entry order by index")
    (closed,) = [
        each
        for each in (msgspec.json.decode(row["line"], type=LedgerEntry) for row in rows)
        if isinstance(each, PollClosed)
    ]
    assert closed.ballots == 1


async def test_a_signing_service_confirms_nothing(desk: VotingDesk) -> None:
    """Where it is demanded, nothing is begun with one: the ballot that came would have nothing beside it."""
    poll, asked = await desk.opened(step_up="required")
    refused = await begin(desk, poll, ballot(desk, asked), VOTER, status=403)
    assert refused["code"] == "step_up_missing"


async def test_a_signing_service_may_leave_it_out(desk: VotingDesk) -> None:
    """Where a ballot may go unconfirmed, so may one that a service signs."""
    poll, asked = await desk.opened(step_up="optional")
    await begin(desk, poll, ballot(desk, asked), VOTER)
