"""The press on real PostgreSQL: whatever fails, and however often a message comes, a matter gets one paper."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from services.kit import database, token_keys
from services.kit.database import Pool, open_pool
from services.kit.token_keys import TokenRefused
from services.rules import jws, ledger_file, minutes, proof
from services.rules.floor import record
from services.signing import manuscript, printing, proving, sealed_pdf
from services.signing.manuscript import Manuscript
from services.signing.paper_store import PaperStore
from services.signing.press import ManuscriptNotProven, Press, Stored
from services.signing.printing import Printed
from services.signing.proving import Spoiled
from services.wire import CertificateIssued, MinutesIssued, RecordIssued
from tests.support import floor_record
from tests.support.evidence import NOON, Sitting, by_choice
from tests.support.floor_sitting import BODY, MEETING
from tests.support.great_ledger import reading, taken_out
from tests.support.issued import materials
from tests.support.minuted import usual
from tests.support.pki import Pki
from tests.support.waiting import until

_events = msgspec.json.Decoder(CertificateIssued | RecordIssued | MinutesIssued)
REQUEST = "req-12345678"


class Crash(Exception):
    """The process was killed here."""


@dataclass(frozen=True)
class Case:
    """A kind of paper: its manuscript, one that does not hold and the code of why, and how a stranger checks it."""

    manuscript: Manuscript
    forged: Manuscript
    code: str
    pki: Pki
    verify: Callable[[bytes, Pki], Any]
    ledger: bytes | None = None


@cache
def certificate() -> Case:
    """Of a vote, declared."""
    made = Sitting(members=7)
    made.play(by_choice(made.ids, 4, 1, 1))
    result = made.result(request=REQUEST)
    forged = msgspec.structs.replace(result, title="Nghị quyết khác")
    return Case(
        manuscript.of_result(result),
        manuscript.of_result(forged),
        "definition_wrong",
        made.pki,
        lambda file, pki: proof.verify_certificate(file, pki.anchors()),
    )


@cache
def great_certificate() -> Case:
    """Of a vote whose ledger stands in a file of its own."""
    made = Sitting(members=7)
    made.play(by_choice(made.ids, 4, 1, 1))
    whole = made.result(request=REQUEST)
    bare, lines = taken_out(whole.evidence.ledger)
    evidence = msgspec.structs.replace(whole.evidence, ledger=bare)
    result = msgspec.structs.replace(whole, evidence=evidence)
    forged = msgspec.structs.replace(result, title="Nghị quyết khác")
    path = Path(tempfile.mkdtemp()) / "ledger"
    path.write_bytes(b"".join(lines))
    file = ledger_file.render(whole.evidence.ledger)
    return Case(
        manuscript.of_result(result, ledger=path),
        manuscript.of_result(forged, ledger=path),
        "definition_wrong",
        made.pki,
        lambda sealed, pki: proof.verify_certificate(
            sealed, pki.anchors(), ledger=reading(file.splitlines(keepends=True))
        ),
        file,
    )


@cache
def turn_log() -> Case:
    """Of a floor."""
    made = floor_record.play(floor_record.RecordedSitting())
    said = made.record(request=REQUEST)
    forged = msgspec.structs.replace(said, log=msgspec.structs.replace(said.log, overrides=()))
    return Case(
        manuscript.of_record(said),
        manuscript.of_record(forged),
        "record_wrong",
        made.pki,
        lambda file, pki: record.verify_file(file, pki.anchors()),
    )


@cache
def of_sitting() -> Case:
    """Of a whole sitting."""
    made = usual()
    proceedings = made.proceedings(request=REQUEST)
    polls = made.statement().polls
    return Case(
        manuscript.of_proceedings(proceedings, polls, None, None),
        manuscript.of_proceedings(proceedings, polls[1:], None, None),
        "minutes_incomplete",
        made.play.pki,
        lambda file, pki: minutes.verify_file(file, pki.anchors()),
    )


KINDS = [certificate, great_certificate, turn_log, of_sitting]


@pytest.fixture(params=KINDS, ids=["certificate", "great", "record", "minutes"])
def case(request: pytest.FixtureRequest) -> Case:
    """Each kind of paper."""
    made: Case = request.param()
    printing.equip(materials(made.pki))
    return made


class HereShop:
    """Runs the print shop's functions in a thread of this process; may be killed before or after one of them."""

    def __init__(self, kill: str = "", *, done: bool = False) -> None:
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


class FrailStore(PaperStore):
    """The real store; one method fails, or does its work and fails to say so."""

    def __init__(self, pool: Pool, kill: str, *, kept: bool) -> None:
        super().__init__(pool)
        self._kill = kill
        self._kept = kept

    async def reserve(
        self,
        manuscript: Manuscript,
        identifier: str,
        issued_at: int,
        statement: bytes,
        proven: Awaitable[None],
    ) -> Stored:
        """Reserve, perhaps."""
        if self._kill == "reserve" and not self._kept:
            raise Crash
        stored = await super().reserve(manuscript, identifier, issued_at, statement, proven)
        if self._kill == "reserve":
            raise Crash
        return stored

    async def keep(
        self, stored: Stored, printed: Printed, manuscript: Manuscript, verified: Awaitable[None]
    ) -> bool:
        """Keep, perhaps."""
        if self._kill == "keep" and not self._kept:
            raise Crash
        kept = await super().keep(stored, printed, manuscript, verified)
        if self._kill == "keep":
            raise Crash
        return kept


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Connections as signing has them."""
    async with await open_pool(database_url, "signing", 4) as opened:
        yield opened


class SlowShop(HereShop):
    """Where each piece of work takes twice as long as the database waits for somebody who says nothing."""

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self._pool = pool

    async def run(self, do: Callable[..., Any], *arguments: object) -> Any:
        """Do it, late by the database's own clock."""
        wait = database.LONGEST_IDLE_MS * 2
        later = await self._pool.fetchval("select clock_timestamp() + $1 * interval '1 ms'", wait)

        async def passed() -> bool:
            return bool(await self._pool.fetchval("select clock_timestamp() > $1", later))

        await until(passed)
        return await super().run(do, *arguments)


class OneByOne:
    """Turns within this process."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.asked = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """One after the other."""
        self.asked += 1
        async with self._lock:
            yield


def press(
    store: PaperStore, shop: Any = None, rung: list[str] | None = None, great: OneByOne | None = None
) -> Press:
    """A press; its ids are numbered by process, so that two never agree by chance."""
    numbers = itertools.count(1)
    clock = itertools.count(NOON + 60_000, 1_000)
    own = object()
    return Press(
        store,
        shop or HereShop(),
        lambda: next(clock),
        lambda prefix: f"{prefix}{id(own)}-{next(numbers)}",
        (rung if rung is not None else []).append,
        great or OneByOne(),
    )


async def must_be_one_paper(pool: Pool, case: Case) -> None:
    """One paper, told of once, all three files, and everything in them proven."""
    store, said = PaperStore(pool), case.manuscript
    (row,) = await pool.fetch("select kind, about, line, id, sha256 from paper")
    assert (row["kind"], row["about"], row["line"]) == (said.paper, said.about, said.line)
    (message,) = await pool.fetch("select key, index, message from journal")
    event = _events.decode(message["message"])
    assert (message["key"], message["index"]) == (said.meeting, 0)
    assert event == replace_key(said.tell(row["id"], row["sha256"], 0), said.meeting)
    assert event.request == REQUEST
    files = {kind: await store.file(row["id"], kind) for kind in ("json", "pdf", "jsonl")}
    hashes = {kind: jws.digest(file.content) for kind, file in files.items() if file is not None}
    pieces = [piece async for piece in store.ledger_pieces(row["id"])]
    assert b"".join(pieces) == (case.ledger or b"")
    assert await store.ledger_length(row["id"]) == (len(case.ledger) if case.ledger else None)
    if case.ledger is not None:
        hashes["jsonl"] = jws.digest(case.ledger)
    assert {kind: file and file.sha256 for kind, file in files.items()} == hashes
    sealed, pdf = files["json"], files["pdf"]
    assert sealed is not None
    assert pdf is not None
    assert sealed.sha256 == row["sha256"]
    proven = case.verify(sealed.content, case.pki)
    attached = await asyncio.to_thread(sealed_pdf.open_pdf, pdf.content, case.pki.root.pem)
    sealed_pdf.must_agree(attached, proven.statement.evidence.ledger)
    assert attached.file == sealed.content


def replace_key(event: Any, key: str) -> Any:
    """The event as the journal keeps it."""
    return msgspec.structs.replace(event, key=key)


async def test_a_manuscript_becomes_a_paper(pool: Pool, case: Case) -> None:
    """All steps, and the publisher is woken."""
    rung: list[str] = []
    await press(PaperStore(pool), rung=rung).issue(case.manuscript)
    await must_be_one_paper(pool, case)
    assert rung == [case.manuscript.meeting]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("prove", False),
        ("prove", True),
        ("reserve", False),
        ("reserve", True),
        ("print_proven", False),
        ("print_proven", True),
        ("verify", False),
        ("verify", True),
        ("keep", False),
        ("keep", True),
    ],
)
async def test_killed_anywhere_it_ends_with_one_paper(pool: Pool, case: Case, where: str, kept: bool) -> None:
    """Each step fails once, and once does its work and fails to say so; then the result is heard again."""
    store = FrailStore(pool, where, kept=kept)
    with pytest.raises(Crash):
        await press(store, HereShop(where, done=kept)).issue(case.manuscript)
    await press(PaperStore(pool)).issue(case.manuscript)
    await must_be_one_paper(pool, case)


async def test_what_is_not_good_is_not_kept(pool: Pool, case: Case) -> None:
    """A page that fails its verification leaves no file and no word of it; another try makes a good one."""

    class SpoilingShop(HereShop):
        async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
            outcome = await super().run(do, *arguments)
            return Spoiled("pdf_changed", "made up") if do is printing.verify else outcome

    with pytest.raises(ManuscriptNotProven, match="pdf_changed"):
        await press(PaperStore(pool), SpoilingShop()).issue(case.manuscript)
    assert await pool.fetchval("select count(*) from paper where sha256 is not null") == 0
    assert await pool.fetchval("select count(*) from paper_file") == 0
    assert await pool.fetchval("select count(*) from journal") == 0
    await press(PaperStore(pool)).issue(case.manuscript)
    await must_be_one_paper(pool, case)


async def test_a_token_that_is_away_is_said_until_it_signs(pool: Pool, case: Case) -> None:
    """The seal's key is used in the print shop's process: who watches the worker is told all the same."""

    class AwayShop(HereShop):
        async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
            if do is printing.print_proven:
                return Spoiled(TokenRefused.code, "it has not answered")
            return await super().run(do, *arguments)

    with pytest.raises(ManuscriptNotProven, match="token_away"):
        await press(PaperStore(pool), AwayShop()).issue(case.manuscript)
    assert token_keys.are_away()
    await press(PaperStore(pool)).issue(case.manuscript)
    assert not token_keys.are_away()
    await must_be_one_paper(pool, case)


async def test_a_great_paper_is_printed_by_one_press_at_a_time(pool: Pool, case: Case) -> None:
    """Two hear of it at once; whoever comes second finds it done, and has not even read it."""
    turns, first, second = OneByOne(), CountingShop(), CountingShop()
    composed = list[Manuscript]()

    @asynccontextmanager
    async def compose() -> AsyncIterator[Manuscript]:
        composed.append(case.manuscript)
        yield case.manuscript

    printers = [press(PaperStore(pool), shop, great=turns) for shop in (first, second)]
    await asyncio.gather(*(each.issue_in_turn(case.manuscript.matter, compose) for each in printers))
    await must_be_one_paper(pool, case)
    assert sorted([first.ran, second.ran]) == [0, 3]
    assert len(composed) == 1


async def test_small_papers_do_not_wait_behind_a_great_one_that_waits(pool: Pool, case: Case) -> None:
    """Whoever prints a great one elsewhere may be frozen: here all others are issued meanwhile."""
    turns = OneByOne()
    printer = press(PaperStore(pool), great=turns)

    async def waits() -> bool:
        return turns.asked == 2

    async def issued() -> bool:
        return small.done()

    async with turns.taken():
        great = asyncio.create_task(
            printer.issue_in_turn(case.manuscript.matter, lambda: nullcontext(case.manuscript))
        )
        await until(waits)
        small = asyncio.create_task(printer.issue(case.manuscript))
        await until(issued)
    await asyncio.gather(great, small)
    await must_be_one_paper(pool, case)


class CountingShop(HereShop):
    """Counts what it does."""

    ran = 0

    async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """The result."""
        self.ran += 1
        return await super().run(do, *arguments)


class PonderingShop(HereShop):
    """One function thinks until it is allowed to answer."""

    def __init__(self, over: Callable[..., Any]) -> None:
        super().__init__()
        self._over = over
        self.allowed = asyncio.Event()

    async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """The result, in good time."""
        if do is self._over:
            await self.allowed.wait()
        return await super().run(do, *arguments)


@pytest.mark.parametrize("over", [proving.prove, printing.verify])
async def test_nothing_is_to_be_seen_before_it_is_found_good(
    pool: Pool, case: Case, over: Callable[..., Any]
) -> None:
    """What is written down while it is checked is committed after that."""
    shop = PonderingShop(over)
    issuing = asyncio.create_task(press(PaperStore(pool), shop).issue(case.manuscript))
    # Written down, as far as it goes.
    await until(lambda: _is_writing(pool, "paper" if over is proving.prove else "paper_file"))
    assert await pool.fetchval("select count(*) from paper") == (0 if over is proving.prove else 1)
    assert await pool.fetchval("select count(*) from paper_file") == 0
    assert await pool.fetchval("select count(*) from journal") == 0
    shop.allowed.set()
    await issuing
    await must_be_one_paper(pool, case)


async def _is_writing(pool: Pool, table: str) -> bool:
    held = "select 1 from pg_locks where relation = $1::text::regclass and mode = 'RowExclusiveLock'"
    return await pool.fetchval(held, table) is not None


async def test_who_waits_for_another_at_the_same_goes_on_if_that_one_ends(pool: Pool, case: Case) -> None:
    """Two write down the same; the first is cut off before it is proven, and the second goes on at once."""
    first = asyncio.create_task(press(PaperStore(pool), PonderingShop(proving.prove)).issue(case.manuscript))
    await until(lambda: _is_writing(pool, "paper"))
    second = asyncio.create_task(press(PaperStore(pool)).issue(case.manuscript))
    await until(lambda: _is_waiting(pool))
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await second
    await must_be_one_paper(pool, case)


async def _is_waiting(pool: Pool) -> bool:
    return await pool.fetchval("select 1 from pg_locks where not granted") is not None


async def test_a_press_prints_one_paper_after_the_other(pool: Pool, case: Case) -> None:
    """Who waits for the bench has not begun: it holds no connection."""
    shop = PonderingShop(proving.prove)
    printer = press(PaperStore(pool), shop)
    issuing = [asyncio.create_task(printer.issue(case.manuscript)) for _ in range(9)]
    await until(lambda: _is_writing(pool, "paper"))
    assert pool.get_size() - pool.get_idle_size() == 1
    shop.allowed.set()
    await asyncio.gather(*issuing)
    await must_be_one_paper(pool, case)


async def test_what_somebody_else_has_kept_is_verified_for_nobody(pool: Pool, case: Case) -> None:
    """Two print the same; the second finds it kept, and waits for nothing."""
    never = asyncio.Event()

    class EndlessShop(HereShop):
        async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
            outcome = await super().run(do, *arguments)
            if do is printing.print_proven:
                await press(PaperStore(pool)).issue(case.manuscript)
            if do is printing.verify:
                await never.wait()
            return outcome

    await press(PaperStore(pool), EndlessShop()).issue(case.manuscript)
    await must_be_one_paper(pool, case)


async def test_a_statement_that_another_has_stored_is_printed(pool: Pool, case: Case) -> None:
    """One press stored its own and was killed; the next, which has proven a text of another id, prints that one."""
    killed = press(PaperStore(pool), HereShop("print_proven"))
    with pytest.raises(Crash):
        await killed.issue(case.manuscript)
    (first,) = await pool.fetch("select id, statement from paper")
    shop = CountingShop()
    await press(PaperStore(pool), shop).issue(case.manuscript)
    await must_be_one_paper(pool, case)
    assert await pool.fetchval("select statement from paper where id = $1", first["id"]) == first["statement"]
    # Proven, not found in the shop, printed from the store, verified.
    assert shop.ran == 4


async def test_duplicates_give_one_paper(pool: Pool, case: Case) -> None:
    """Two workers hear the same at once, and again later."""
    one, other = press(PaperStore(pool)), press(PaperStore(pool))
    await asyncio.gather(*(each.issue(case.manuscript) for each in (one, other, one)))
    await other.issue(case.manuscript)
    await must_be_one_paper(pool, case)


async def test_what_does_not_hold_takes_no_place(pool: Pool, case: Case) -> None:
    """What is forged is refused, and the true one that comes later gets its paper."""
    printer = press(PaperStore(pool))
    with pytest.raises(ManuscriptNotProven, match=case.code):
        await printer.issue(case.forged)
    assert await pool.fetchval("select count(*) from paper") == 0
    await press(PaperStore(pool)).issue(case.manuscript)
    await must_be_one_paper(pool, case)


async def test_what_does_not_hold_costs_little_when_it_comes_again(pool: Pool, case: Case) -> None:
    """It is heard every few seconds, and looked at ever more seldom."""
    looked: list[str] = []

    class CountingShop(HereShop):
        async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
            looked.append(do.__name__)
            return await super().run(do, *arguments)

    printer = press(PaperStore(pool), CountingShop())
    for _ in range(30):
        with pytest.raises(ManuscriptNotProven):
            await printer.issue(case.forged)
    assert 1 < len(looked) < 8


async def test_the_database_itself_lets_nothing_be_overwritten(pool: Pool, case: Case) -> None:
    """The role of signing may set a paper's hash, and change or delete nothing else."""
    await press(PaperStore(pool)).issue(case.manuscript)
    for statement in (
        "update paper set statement = ''",
        "update paper_file set content = ''",
        "delete from paper",
        "delete from paper_file",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)


async def test_each_line_that_asks_gets_a_record_of_its_own(pool: Pool) -> None:
    """Recorded twice, two papers."""
    case = turn_log()
    printing.equip(materials(case.pki))
    sitting = floor_record.play(floor_record.RecordedSitting(pki=case.pki))
    printer, store = press(PaperStore(pool)), PaperStore(pool)
    await printer.issue(manuscript.of_record(sitting.record()))
    floor_record.record_again(sitting)
    await printer.issue(manuscript.of_record(sitting.record()))
    notices = await store.of_meeting(MEETING, BODY.id)
    assert [notice.line for notice in notices] == [len(sitting.lines) - 3, len(sitting.lines) - 1]
    assert await store.of_meeting("khac", BODY.id) == await store.of_meeting(MEETING, "khac") == []
    assert await store.sha256("certificate", notices[0].id, "pdf") is None


async def test_a_paper_that_takes_long_is_issued_all_the_same(
    case: Case, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll of a million ballots is proven for a minute within a transaction: nobody is taken for frozen."""
    monkeypatch.setattr(database, "LONGEST_IDLE_MS", 300)
    monkeypatch.setattr(database, "BEAT_SECONDS", 0.05)
    async with await open_pool(database_url, "signing", 4) as impatient:
        await press(PaperStore(impatient), SlowShop(impatient)).issue(case.manuscript)
        assert await impatient.fetchval("select count(*) from paper where sha256 is not null") == 1
