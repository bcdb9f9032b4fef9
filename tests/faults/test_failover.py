"""The machine with the database is lost, and another goes on with what was replicated."""

import asyncio

import msgspec
import pytest
import redis.asyncio as redis

from services.desk import device
from services.rules import proof
from services.rules.credential import Anchors, load_anchors
from services.wire import Receipt
from tests.faults.checker import complaints
from tests.faults.conftest import ROUNDS, SEED
from tests.faults.faults import must_be_silent, receipts, tries
from tests.faults.history import History, Sent
from tests.faults.house import House, housed
from tests.faults.ledger_book import Book, head_of
from tests.faults.sitting import Fault, run
from tests.faults.stage import Play, Plot
from tests.faults.standby import Standby, followed, two_valkeys
from tests.faults.wire import to_port

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLOT = Plot(polls=2, ballots=4, spread=0.5)
only_long = pytest.mark.skipif(not ROUNDS, reason="a house of its own each: with `make faults`")


@only_long
async def test_with_synchronous_replication_no_acknowledged_ballot_is_lost() -> None:
    """While the follower is cut off nothing is acknowledged; when the first is lost, the follower has all that was."""
    async with housed() as house, followed(house) as standby:
        await standby.be_waited_for()

        async def fails(_: House, play: Play) -> None:
            await receipts(play, 3)
            standby.between.hold()
            await tries(play, 6)
            since = play.book.now()
            await tries(play, 4)
            must_be_silent(play, since, play.book.now())
            await standby.take_over()

        await run(house, SEED, fails, PLOT)


@only_long
@pytest.mark.parametrize(
    "follows", [False, True], ids=["the follower cut off before", "the follower following"]
)
async def test_without_it_what_was_not_replicated_is_lost_and_can_be_seen_to_be(follows: bool) -> None:
    """Said, not hidden: what the first acknowledged alone is gone with it, and its receipts prove it."""
    async with housed() as house, followed(house) as standby:
        fails = _fails_unreplicated(standby, held=not follows)
        done = await run(house, SEED, fails, Plot(polls=1, ballots=12, spread=0.5), check=complaints)
        history = done.history
        lost = await asyncio.to_thread(_must_be_told, history)
        print(f"acknowledged {len(history.receipts())} times; not replicated: {len(lost)} ballots")
        assert lost or follows


def _fails_unreplicated(standby: Standby, *, held: bool) -> Fault:
    async def fails(_: House, play: Play) -> None:
        play.may_end.clear()
        await receipts(play, 2)
        if held:
            standby.between.hold()
        await receipts(play, 4)
        # The streams know of lines that are in no ledger any more: that is found, and they are filled again.
        await standby.take_over()
        play.may_end.set()

    return fails


def _must_be_told(history: History) -> list[Sent]:
    """Of every acknowledged ballot that is gone: what its phone, an auditor and the hall can say. Which they are."""
    found = complaints(history)
    book = Book(history.left.ledger)
    lost = [each for each in history.receipts() if not _stands(each, book)]
    for sent in lost:
        receipt = msgspec.json.decode(sent.body, type=Receipt)
        # 1. The receipt is good by itself: this ledger's key has signed a tree with that line.
        device.must_hold(receipt, sent.raw, history.log_key)
        # 2. The same key signs another tree now: whoever holds both can prove to anybody that lines are gone.
        size, root = head_of(receipt.proof.partition("\n\n")[2])
        assert size > len(book.lines) or book.root(size) != root
        # 3. The phone proves its vote again from the certificate: it is not in it, or stands in another line.
        for files in history.left.papers.values():
            anchors = Anchors(load_anchors(history.left.trust))
            counted = proof.verify_certificate(files["certificate.json"], anchors).votes.get(sent.who)
            assert counted is None or counted.index != receipt.index
    # 4. `plenary audit` with the receipts that people hold refuses; the checker names each.
    if lost:
        assert any("receipt" in each for each in found["certificates_are_proven"]), found
        assert len(found["acknowledged_is_in_the_ledger"]) >= len(lost)
    # 5. The hall, the paper, the streams say nothing of it: they are those of the ledger that is there.
    unmoved = (
        "same_figures_everywhere",
        "streams_are_the_ledger",
        "everything_is_finished",
        "close_is_a_cut",
    )
    assert not {name: found[name] for name in unmoved if name in found}
    return lost


def _stands(sent: Sent, book: Book) -> bool:
    receipt = msgspec.json.decode(sent.body, type=Receipt)
    return receipt.index < len(book.lines) and book.lines[receipt.index] == receipt.entry.encode()


@pytest.mark.parametrize("seed", range(SEED, SEED + ROUNDS))
async def test_valkey_fails_over_to_its_replica(house: House, seed: int) -> None:
    """The replica may lack the last entries, which were copied later: the ledger fills it up."""
    async with two_valkeys(house) as (_, second):

        async def fails(_: House, play: Play) -> None:
            await receipts(play, 3)
            async with redis.Redis(port=second) as replica:
                await replica.replicaof("NO", "ONE")
            house.valkey.reach = to_port(second)
            house.valkey.end_all()
            await receipts(play, 3)

        await run(house, seed, fails, PLOT)
