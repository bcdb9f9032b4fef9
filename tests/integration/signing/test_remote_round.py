"""Signatures from a service outside, driven by what PostgreSQL keeps: restarts, losses, two workers, every end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from aiohttp import web

from services.rules import jws, remote_evidence
from services.signing.remote import signing_round
from services.signing.remote.neac769 import Neac769
from services.signing.remote.port import Order, Pending
from services.signing.remote.round_store import LONGEST_PAUSE_MS
from services.signing.remote.signing_round import SigningRound
from services.signing.remote.wanted import Account, Outcome
from tests.support import fake_neac769 as fake
from tests.support.breaking import When
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import serving
from tests.support.round_house import AN, MINUTE, Broken, House, round_house
from tests.support.waiting import until


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with round_house(database_url) as made:
        yield made


async def test_signed_with_a_restart_after_every_step(house: House) -> None:
    """Each turn is another worker's: nothing is in anybody's memory. The end is told once, its evidence kept."""
    wanted = await house.want()
    assert await house.turn() == 1
    assert house.service.transactions["pl-01"].description.endswith("Tán thành: Nghị quyết")
    assert await house.turn() == 1
    house.service.confirm("pl-01")
    assert await house.turn() == 1
    assert await house.turn() == 0
    ((identifier, outcome, signature),) = house.ended
    assert (identifier, outcome) == ("pl-01", "signed")
    jws.verify_bytes("RS256", AN.key.public_key(), signature, wanted.signing_input)
    evidence = await house.store.evidence("ballot pl-01")
    assert remote_evidence.verify(evidence, wanted.signing_input, AN.der).transaction == "pl-01"


@pytest.mark.parametrize("when", ["failed", "failed but kept"])
@pytest.mark.parametrize(
    ("method", "nth"),
    [
        ("want", 0),
        ("take", 0),
        ("take", 1),
        ("take", 2),
        ("account", 0),
        ("keep", 0),
        ("keep", 1),
        ("end", 0),
    ],
)
async def test_every_step_fails_once(house: House, method: str, nth: int, when: When) -> None:
    """Before it was kept, or after: the person is asked once, and one signature is told once."""
    left = nth

    class Nth(Broken):
        def __getattr__(self, name: str) -> Any:
            nonlocal left
            if name == method:
                left -= 1
                if left < 0:
                    self.method = method
                    left = 1_000
            return super().__getattr__(name)

    house.store = Nth(house.store.store, when=when)
    try:
        await house.want()
    except ConnectionResetError:
        await house.want()
    for _ in range(8):
        await house.turn()
        if "pl-01" in house.service.transactions and len(house.service.asked) > 2:
            house.service.confirm("pl-01")
    assert list(house.service.transactions) == ["pl-01"]
    # What was told in a transaction that then failed was not told.
    kept = await house.pool.fetchval("select count(*) from remote_signature where outcome = 'signed'")
    assert kept == 1
    assert {outcome for _, outcome, _ in house.ended} == {"signed"}
    assert len(house.ended) == 1


@pytest.mark.parametrize(
    ("state", "outcome"), [("rejected", "declined"), ("expired", "expired"), ("forged", "failed")]
)
async def test_ends_without_a_signature(house: House, state: str, outcome: Outcome) -> None:
    """The person says no, or nothing; the service sends what is no signature of this."""
    if state == "forged":
        house.service.wraps, state = fake.other_hash, "signed"
    await house.want()
    await house.turn()
    house.service.confirm("pl-01", state)
    await house.turn()
    assert house.ended == [("pl-01", outcome, b"")]
    assert await house.turn() == 0


async def test_service_that_is_away(house: House) -> None:
    """It is asked again until the person's time is over, and not longer."""
    house.service.breaks["sign"] = fake.broken
    await house.want()
    turns = 0
    while not house.ended:
        assert await house.turn(10_500) == 1
        turns += 1
        assert turns < 40
    assert house.ended == [("pl-01", "expired", b"")]
    assert turns > 20


async def test_service_that_comes_back(house: House) -> None:
    """Away when it was asked first, and well a little later."""
    house.service.breaks["sign"] = fake.broken
    await house.want()
    await house.turn()
    house.service.breaks.clear()
    await house.turn()
    house.service.confirm("pl-01")
    await house.turn()
    assert [outcome for _, outcome, _ in house.ended] == ["signed"]


async def test_who_has_no_account_there(house: House) -> None:
    """Nobody is asked: neither at a service that is not set up, nor where no key of theirs lies."""
    await house.want("pl-02", provider="mysign")
    await house.store.enrol("T" * 43, "mysign", Account("user-an", AN.remote))
    await house.pool.execute("update remote_signature set thumbprint = 'other' where id = 'pl-01'")
    await house.want("pl-03", provider="nowhere")
    await house.turn()
    assert sorted(house.ended) == [("pl-02", "failed", b""), ("pl-03", "failed", b"")]
    assert house.service.asked == []


async def test_hint_makes_us_ask_soon(house: House) -> None:
    """A webhook may come from anybody: it brings the next question forward, and nothing else."""
    await house.want()
    await house.turn()
    # The longest pause: none of it is to pass by itself.
    await house.turn(2 * MINUTE)
    assert await house.turn(100) == 0
    house.service.confirm("pl-01")
    for _ in range(3):
        await house.store.hint("vnpt", "pl-01")
    await house.store.hint("vnpt", "pl-99")
    await house.store.hint("vnpt", "")
    assert await house.turn(1_100) == 1
    assert [outcome for _, outcome, _ in house.ended] == ["signed"]


async def test_two_workers_share(house: House) -> None:
    """Of what is due each takes what the other has not; nothing is done twice."""
    for place in range(20):
        await house.want(f"pl-{place:02}")
    await house.later(MINUTE)
    taken = await asyncio.gather(*(house.store.take(12) for _ in range(2)))
    ids = [held.wanted.id for share in taken for held in share]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == 20
    # Who dies over one leaves it to the other.
    assert await house.store.take(12) == []
    await house.leases_end()
    assert len(await house.store.take(32)) == 20


async def test_worker_that_comes_too_late(house: House) -> None:
    """Another has taken its row meanwhile: what it keeps then changes nothing."""
    await house.want()
    await house.later(MINUTE)
    (first,) = await house.store.take(1)
    await house.leases_end()
    (second,) = await house.store.take(1)
    await house.store.keep(first, None, 10 * MINUTE)
    await house.store.keep(second, None, 0)
    house.clock.now += 10
    assert len(await house.store.take(1)) == 1


@pytest.mark.parametrize("hours", [-1, 1])
async def test_worker_whose_clock_is_wrong(house: House, hours: int) -> None:
    """It takes nothing that another is at work on, and lets nothing rest for long that it was at work on itself."""
    await house.want("pl-01")
    (held,) = await house.store.take(1)
    house.clock.now += hours * 60 * MINUTE
    await house.store.renew(held)
    assert await house.round.turn() == 0
    await house.round._keep(held, None)
    assert await house.store.left() <= LONGEST_PAUSE_MS
    house.clock.now -= hours * 60 * MINUTE
    assert await house.turn() == 1


async def test_database_whose_clock_was_ahead(house: House) -> None:
    """An hour ahead, and right again: nobody who died holds anything for longer than a lease, nothing rests for longer
    than a pause; and who is at work, and says so, keeps what is theirs."""
    await house.want("pl-01")
    await house.want("pl-02")
    at_work, _ = sorted(await house.store.take(2), key=lambda held: held.wanted.id)
    await house.want("pl-03")
    hour = 60 * MINUTE
    await house.pool.execute(
        "update remote_signature set leased_until = case leased_until when 0 then 0 else leased_until + $1::bigint end,"
        " next_at = next_at + $1::bigint",
        hour,
    )
    assert await house.round.turn() == 0
    assert await house.store.left() <= LONGEST_PAUSE_MS
    await house.later(LONGEST_PAUSE_MS)
    (third,) = await house.store.take(3)
    assert third.wanted.id == "pl-03"
    await house.leases_end()
    await house.store.renew(at_work)
    assert {each.wanted.id for each in await house.store.take(3)} == {"pl-02", "pl-03"}
    await house.store.keep(at_work, None, 0, "kept")
    standing = await house.store.standing("ballot pl-01")
    assert standing.trouble == "kept"


async def test_runs_beside_a_slow_service(house: House) -> None:
    """One person's service hangs; another's signature comes all the same."""
    released = asyncio.Event()
    sign = FakeNeac769._sign

    async def slow(self: FakeNeac769, request: web.Request) -> web.StreamResponse:
        if (await request.json())["transaction_id"] == "pl-01":
            await released.wait()
        return await sign(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeNeac769, "_sign", slow)
        other = FakeNeac769(people={"user-an": [AN]})
        async with serving(other.app()) as house.url:
            await house.want("pl-01")
            await house.want("pl-02")
            await house.later(MINUTE)
            running = asyncio.create_task(house.round.run())
            try:

                async def asked() -> bool:
                    return "pl-02" in other.transactions

                await until(asked, what="the second is asked")
                other.confirm("pl-02")

                async def ended() -> bool:
                    await house.later(5_000)
                    return bool(house.ended)

                await until(ended, what="the second is signed")
            finally:
                released.set()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
    assert house.ended[0][:2] == ("pl-02", "signed")


async def test_who_waits_for_a_slow_service_keeps_what_is_theirs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that takes longer than a lease is used all the same: nobody asks the service again meanwhile."""
    asked, released, questions = asyncio.Event(), asyncio.Event(), 0
    sign = FakeNeac769._sign

    async def slow(self: FakeNeac769, request: web.Request) -> web.StreamResponse:
        nonlocal questions
        questions += 1
        asked.set()
        await released.wait()
        return await sign(self, request)

    monkeypatch.setattr(FakeNeac769, "_sign", slow)
    monkeypatch.setattr(signing_round, "RENEW_S", 0.01)
    other = FakeNeac769(people={"user-an": [AN]})
    async with serving(other.app()) as house.url:
        await house.want()
        first = asyncio.create_task(house.turn())
        await asked.wait()

        async def leased() -> int:
            return int(await house.pool.fetchval("select leased_until from remote_signature"))

        async def renewed() -> bool:
            return await leased() > known

        try:
            for _ in range(3):
                known = await leased()
                await until(renewed, what="the lease is moved on")
            assert await house.turn() == 0
        finally:
            released.set()
        assert await first == 1
        other.confirm("pl-01")
        assert await house.turn() == 1
    assert (questions, house.ended[0][:2]) == (1, ("pl-01", "signed"))


async def test_what_breaks_is_logged_without_secrets(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither our password nor the number that a service answers to, whatever goes wrong where they are at hand."""

    class Odd(Neac769):
        async def start(self, order: Order) -> Pending:
            password = self.secret.told()
            raise ZeroDivisionError(password[:0])

    await house.want()
    round_ = house.round
    odd = Odd(*(getattr(round_.services["vnpt"], name) for name in Neac769.__dataclass_fields__))
    await house.later(MINUTE)
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(SigningRound(house.store, {"vnpt": odd}, house.clock, house.told).run())

        async def told() -> bool:
            return any(line["event"] == "remote.broken_off" for line in logs)

        await until(told, what="logged")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    number = await house.pool.fetchval("select id from remote_signature")
    said = str(logs) + "".join(capsys.readouterr())
    assert fake.SP_PASSWORD not in said
    assert f"'{number}'" not in said
    assert "ZeroDivisionError" in said
