"""After each durable step "failed" and "failed but kept": nobody is told what is not true, and a retry is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from services.desk.device import must_hold
from services.kit.database import UNREACHABLE
from services.roster.keyring import Keyring
from services.voting import handlers, store
from services.wire import Receipt
from tests.support.acts import OPENED, message, post, reached
from tests.support.breaking import Breaking, When
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk
from tests.support.voting_hall import Convene, code_of, lines_of, prove, send, superuser
from tests.support.waiting import until

WHENS: tuple[When, ...] = get_args(When)


def _break(desk: VotingDesk, monkeypatch: pytest.MonkeyPatch) -> Breaking:
    breaking = Breaking(desk.app[handlers.STORE])
    monkeypatch.setattr(desk.app[handlers.STORE], "locked", breaking.locked)
    return breaking


@pytest.mark.parametrize("when", WHENS)
async def test_a_ballot_whose_commit_fails_gets_its_receipt_by_a_retry(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """503 and nothing acknowledged; the same bytes again are one line in the ledger and one receipt."""
    poll, asked = await desk.opened()
    raw = desk.devices["001"].ballot(asked, "approve")
    before = await lines_of(desk)
    _break(desk, monkeypatch).next(when)
    assert code_of(await send(desk, poll, raw)) == "not_ready"
    kept = await lines_of(desk)
    assert len(kept) == len(before) + (when == "failed but kept")
    answers = [await send(desk, poll, raw) for _ in range(3)]
    assert [status for status, _ in answers] == [200 if when == "failed but kept" else 201, 200, 200]
    (receipt,) = {body for _, body in answers}
    must_hold(msgspec.json.decode(receipt, type=Receipt), raw, desk.log_key)
    assert (await prove(desk))[poll].approve == 1


# Each act, and those that come before it.
STEPS: dict[str, tuple[str, ...]] = {
    "announce": (),
    "open": ("announce",),
    "hold": OPENED,
    "resume": (*OPENED, "hold"),
    "extend": OPENED,
    "close": OPENED,
    "declare": (*OPENED, "close"),
    "void": OPENED,
}


@pytest.mark.parametrize("act", STEPS)
async def test_an_act_whose_commit_fails_is_done_once_by_a_retry(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """503; the poll has moved or it has not; the same bytes again are answered and stand in the ledger once."""
    for when in WHENS:
        await _must_survive(desk, _break(desk, monkeypatch), act, when)
    await prove(desk)


async def _must_survive(desk: VotingDesk, breaking: Breaking, act: str, when: When) -> None:
    poll, asked = await reached(desk, STEPS[act])
    raw = await message(desk, poll, act, asked)
    before = len(await lines_of(desk))
    breaking.next(when)
    assert (await post(desk, poll, act, raw))[0] == 503
    assert len(await lines_of(desk)) >= before + (when == "failed but kept")
    first, again = [await post(desk, poll, act, raw) for _ in range(2)]
    assert (first[0], again) == (200, first)
    added = len(await lines_of(desk)) - before
    assert added == (2 if act == "close" else 1)


@pytest.mark.parametrize("when", WHENS)
async def test_a_count_whose_commit_fails_is_made_good(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """The poll stays closed, and it is counted once: by a retry, or by the clock that finds it uncounted."""
    poll, asked = await reached(desk, OPENED)
    raw = await message(desk, poll, "close", asked)
    _break(desk, monkeypatch).next(when, nth=1)
    await post(desk, poll, "close", raw)
    _, closed = await post(desk, poll, "close", raw)
    assert (closed["state"], closed["decision"]["outcome"]) == ("closed", "rejected")
    assert sum(b'"poll.counted"' in line for line in await lines_of(desk)) == 1


async def test_another_worker_counts_what_a_dead_one_has_closed(
    hall: Convene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies between the cut and the count: another finds the poll and counts it."""
    dying, other = await hall()
    poll, asked = await reached(dying, OPENED)

    async def dies(_: str) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(dying.app[handlers.TELLER], "count", dies)
    assert (await post(dying, poll, "close", await message(dying, poll, "close", asked)))[0] == 503

    async def counted() -> bool:
        return bool((await other.ask("GET", f"/polls/{poll}", who=CHAIR))["counted"])

    await until(counted, 10)


async def test_who_closed_a_poll_is_given_a_moment_to_count_it(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every worker would verify every ballot at once while the hall waits; then it is anybody's."""

    async def counts_not(_: str) -> None:
        return

    poll, asked = await reached(desk, OPENED)
    monkeypatch.setattr(desk.app[handlers.TELLER], "count", counts_not)
    await post(desk, poll, "close", await message(desk, poll, "close", asked))
    monkeypatch.setattr(store, "COUNTING_MS", 3_600_000)
    due, left = await desk.app[handlers.STORE].due()
    assert (due, left is not None and left > 0) == ([], True)
    monkeypatch.setattr(store, "COUNTING_MS", 0)
    assert await desk.app[handlers.STORE].due() == ([(MEETING, poll)], None)


async def test_a_certificate_is_noted_once_whatever_was_lost(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`poll.certified` stands in the ledger once, though signing tells it again after each failure."""
    poll, _ = await reached(desk, (*OPENED, "close", "declare"))
    breaking, closing = _break(desk, monkeypatch), desk.app[handlers.CLOSING]
    for when in WHENS:
        breaking.next(when)
        with pytest.raises(ConnectionResetError):
            await closing.certify(MEETING, poll, "cert-1", "A" * 43, "")
    await closing.certify(MEETING, poll, "cert-1", "A" * 43, "")
    assert sum(b'"poll.certified"' in line for line in await lines_of(desk)) == 1


async def test_a_phone_that_goes_away_takes_no_answer_from_the_others(desk: VotingDesk) -> None:
    """One of a batch stops waiting: all the others get their receipts, and its ballot counts too."""
    poll, asked = await desk.opened()
    box = desk.app[handlers.BOX]
    ballots = [desk.devices[voter].ballot(asked, "approve") for voter in desk.voters]
    casts = [asyncio.create_task(box.cast(poll, raw, 4096, "r")) for raw in ballots]
    async with desk.app[handlers.STORE].locked(MEETING):
        await until(_all_wait(box, len(casts)), what="all ballots wait for the lock")
        casts[0].cancel()
        await asyncio.wait(casts[:1])
    receipts = await asyncio.gather(*casts[1:])
    assert {cast.repeated for cast in receipts} == {False}
    assert (await prove(desk))[poll].approve == len(ballots)


def _all_wait(box: Any, number: int) -> Callable[[], Awaitable[bool]]:
    async def waiting() -> bool:
        queued = sum(map(len, box._clerks.waiting.values()))
        return bool(box._clerks.at_work) and not box._readers.at_work and queued in (0, number - 1)

    return waiting


async def test_connections_killed_in_the_midst_of_batches_lose_nothing(
    hall: Convene, database_url: str
) -> None:
    """Voters who try until they have a receipt: each is counted once, and every receipt given stands."""
    desks = await hall(voters=200)
    poll, asked = await desks[0].opened()
    ballots = [desks[0].devices[voter].ballot(asked, "approve") for voter in desks[0].voters]
    given: dict[bytes, bytes] = {}

    async def insist(place: int, raw: bytes) -> None:
        while raw not in given:
            status, body = await send(desks[place % 2], poll, raw)
            assert status in (200, 201, 503), body
            if status != 503:
                given[raw] = body

    async def kill() -> None:
        for share in (0, 50, 100, 150):
            await until(_reaches(given, share))
            await superuser(
                database_url,
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and application_name = 'plenary voting'",
            )

    await asyncio.gather(kill(), *(insist(place, raw) for place, raw in enumerate(ballots)))
    for raw, body in given.items():
        must_hold(msgspec.json.decode(body, type=Receipt), raw, desks[0].log_key)
    # The last wave may have left a dead connection in the pool, whose first user learns of it.
    await until(_answers(desks[1]))
    assert (await prove(desks[1]))[poll].approve == len(ballots)


def _answers(desk: VotingDesk) -> Callable[[], Awaitable[bool]]:
    pool = desk.app[handlers.STORE].pool

    async def answers() -> bool:
        try:
            return len([await pool.fetchval("select 1") for _ in range(pool.get_size())]) > 0
        except UNREACHABLE:
            return False

    return answers


def _reaches(given: dict[bytes, bytes], number: int) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        return len(given) >= number

    return reached


@pytest.mark.parametrize(("fault", "code"), [(ConnectionResetError, "not_ready"), (ValueError, "our_fault")])
async def test_a_look_for_a_new_key_that_fails_leaves_nobody_waiting(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], code: str
) -> None:
    """An unknown key makes the desk look again; if that fails the voter is told, and the next ballot is taken."""
    poll, asked = await desk.opened()
    await desk.cast(poll, asked, "001")
    stranger = replace(desk.devices["002"], thumbprint="A" * 43).ballot(asked, "approve")

    async def fails(_: object, __: str) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(Keyring, "look_again", fails)
        async with asyncio.timeout(10):
            assert code_of(await send(desk, poll, stranger)) == code
    assert code_of(await send(desk, poll, stranger)) == "credential_unknown"
    await desk.cast(poll, asked, "002")
