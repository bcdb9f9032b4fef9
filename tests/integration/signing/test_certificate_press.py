"""The press on real PostgreSQL: whatever fails, and however often a result comes, a poll gets one certificate."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

import asyncpg
import msgspec
import pytest

from services.kit.database import Pool, open_pool
from services.rules import jws, proof
from services.signing import printing, sealed_pdf
from services.signing.certificate_store import CertificateStore
from services.signing.press import Press, ResultNotProven, Stored
from services.signing.printing import Printed
from services.wire import CertificateIssued, Result
from tests.support.evidence import NOON, Sitting, by_choice
from tests.support.issued import materials

_events = msgspec.json.Decoder(CertificateIssued)


class Crash(Exception):
    """The process was killed here."""


class HereShop:
    """Runs the print shop's functions in a thread of this process; may be killed before or after one of them."""

    def __init__(self, kill: str = "", *, done: bool = False) -> None:
        printing.equip(materials(sitting().pki))
        self._kill = kill
        self._done = done

    async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """The result, unless this is where it ends."""
        if do.__name__ == self._kill and not self._done:
            raise Crash
        result = await asyncio.to_thread(do, *arguments)
        if do.__name__ == self._kill:
            raise Crash
        return result


class FrailStore(CertificateStore):
    """The real store; one method fails, or does its work and fails to say so."""

    def __init__(self, pool: Pool, kill: str, *, kept: bool) -> None:
        super().__init__(pool)
        self._kill = kill
        self._kept = kept

    async def reserve(self, result: Result, certificate_id: str, issued_at: int, statement: bytes) -> Stored:
        """Reserve, perhaps."""
        if self._kill == "reserve" and not self._kept:
            raise Crash
        stored = await super().reserve(result, certificate_id, issued_at, statement)
        if self._kill == "reserve":
            raise Crash
        return stored

    async def keep(self, stored: Stored, printed: Printed, build: Callable[[int], CertificateIssued]) -> bool:
        """Keep, perhaps."""
        if self._kill == "keep" and not self._kept:
            raise Crash
        kept = await super().keep(stored, printed, build)
        if self._kill == "keep":
            raise Crash
        return kept


@cache
def sitting() -> Sitting:
    """A vote, declared."""
    made = Sitting(members=7)
    return made.play(by_choice(made.ids, 4, 1, 1))


@cache
def result() -> Result:
    """What voting puts on the stream."""
    return sitting().result(request="req-12345678")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Connections as signing has them."""
    async with await open_pool(database_url, "signing", 4) as opened:
        yield opened


def press(store: CertificateStore, shop: Any = None, rung: list[str] | None = None) -> Press:
    """A press; its ids are numbered by process, so that two never agree by chance."""
    numbers = itertools.count(1)
    clock = itertools.count(NOON + 60_000, 1_000)
    own = object()
    return Press(
        store,
        shop or HereShop(),
        lambda: next(clock),
        lambda: f"gcn-{id(own)}-{next(numbers)}",
        (rung if rung is not None else []).append,
    )


async def must_be_one_certificate(pool: Pool) -> None:
    """One certificate, told of once, all three files, and everything in them proven."""
    store = CertificateStore(pool)
    notice = await store.of_poll("bq-01")
    assert notice is not None
    assert await pool.fetchval("select count(*) from certificate") == 1
    (message,) = await pool.fetch("select key, index, message from journal")
    event = _events.decode(message["message"])
    assert (message["key"], message["index"]) == ("ky-hop-12", 0)
    assert (event.certificate, event.sha256, event.poll) == (notice.id, notice.sha256, "bq-01")
    assert event.request == "req-12345678"
    files = {kind: await store.file(notice.id, kind) for kind in ("json", "pdf", "jsonl")}
    assert all(file is not None and file.sha256 == jws.digest(file.content) for file in files.values())
    certificate, pdf = files["json"], files["pdf"]
    assert certificate is not None
    assert pdf is not None
    assert certificate.sha256 == notice.sha256
    proven = proof.verify_certificate(certificate.content, sitting().pki.anchors())
    attached = await asyncio.to_thread(sealed_pdf.open_pdf, pdf.content, sitting().pki.root.pem)
    sealed_pdf.must_agree(attached, proven.statement.evidence.ledger)
    assert attached.file == certificate.content


async def test_a_result_becomes_a_certificate(pool: Pool) -> None:
    """All steps, and the publisher is woken."""
    rung: list[str] = []
    await press(CertificateStore(pool), rung=rung).handle(msgspec.json.encode(result()))
    await must_be_one_certificate(pool)
    assert rung == ["ky-hop-12"]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("prove", False),
        ("prove", True),
        ("reserve", False),
        ("reserve", True),
        ("print_out", False),
        ("print_out", True),
        ("keep", False),
        ("keep", True),
    ],
)
async def test_killed_anywhere_it_ends_with_one_certificate(pool: Pool, where: str, kept: bool) -> None:
    """Each step fails once, and once does its work and fails to say so; then the result is heard again."""
    store = FrailStore(pool, where, kept=kept)
    with pytest.raises(Crash):
        await press(store, HereShop(where, done=kept)).issue(result())
    await press(CertificateStore(pool)).issue(result())
    await must_be_one_certificate(pool)


async def test_duplicates_of_a_result_give_one_certificate(pool: Pool) -> None:
    """Two workers hear the same result at once, and again later."""
    one, other = press(CertificateStore(pool)), press(CertificateStore(pool))
    await asyncio.gather(*(each.issue(result()) for each in (one, other, one)))
    await other.issue(result())
    await must_be_one_certificate(pool)


async def test_a_result_that_does_not_hold_takes_no_place(pool: Pool) -> None:
    """A forged result is refused, and the true one that comes later gets its certificate."""
    forged = msgspec.structs.replace(result(), title="Nghị quyết khác")
    printer = press(CertificateStore(pool))
    with pytest.raises(ResultNotProven, match="definition_wrong"):
        await printer.issue(forged)
    assert await pool.fetchval("select count(*) from certificate") == 0
    await press(CertificateStore(pool)).issue(result())
    await must_be_one_certificate(pool)


async def test_a_result_that_does_not_hold_costs_little_when_it_comes_again(pool: Pool) -> None:
    """It is heard every few seconds, and looked at ever more seldom."""
    looked: list[str] = []

    class CountingShop(HereShop):
        async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
            looked.append(do.__name__)
            return await super().run(do, *arguments)

    printer = press(CertificateStore(pool), CountingShop())
    for _ in range(30):
        with pytest.raises(ResultNotProven):
            await printer.issue(msgspec.structs.replace(result(), meeting="khac"))
    assert 1 < len(looked) < 8


async def test_the_database_itself_lets_nothing_be_overwritten(pool: Pool) -> None:
    """The role of signing may set a certificate's hash, and change or delete nothing else."""
    await press(CertificateStore(pool)).issue(result())
    for statement in (
        "update certificate set statement = ''",
        "update certificate_file set content = ''",
        "delete from certificate",
        "delete from certificate_file",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)
