"""A hall that votes at two workers' desks, and the one checker that proves a ledger again after every step."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from services.rules import jws, merkle, note
from services.rules.extract import open_extract
from services.voting import handlers
from services.wire import (
    ActPayload,
    BallotCast,
    BallotPayload,
    Choice,
    Counts,
    Extract,
    LedgerEntry,
    PollClosed,
)
from tests.support.pki import Pki
from tests.support.voting_desk import CHAIR, MEETING, SECRETARY, VotingDesk, assemble

Convene = Callable[..., Awaitable[list[VotingDesk]]]
Opener = Callable[..., Awaitable[Any]]

_entries: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_payloads = msgspec.json.Decoder(BallotPayload)


async def convene(
    directory: Path, database_url: str, redis_url: str, start: Opener, *, voters: int = 5, workers: int = 2
) -> list[VotingDesk]:
    """Workers of one installation: the same stores and keys, the same voters with the same devices."""
    pki = Pki()
    desks = [
        assemble(directory, database_url, redis_url, voters, f"w{place}", pki) for place in range(workers)
    ]
    for desk in desks:
        desk.client = await start(desk.root)
        desk.devices, desk._told = desks[0].devices, desks[0]._told
    await desks[0].found()
    return desks


async def send(desk: VotingDesk, poll: str, raw: bytes) -> tuple[int, bytes]:
    """One ballot sent; status and the bytes of the answer."""
    headers = {"Content-Type": "application/jose"}
    async with desk.client.post(f"/voting/polls/{poll}/ballots", data=raw, headers=headers) as answer:
        return answer.status, await answer.read()


async def send_all(
    desks: Sequence[VotingDesk], poll: str, ballots: Iterable[bytes]
) -> list[tuple[int, bytes]]:
    """Ballots sent all at once, in turn to each worker; their answers in order."""
    return await asyncio.gather(
        *(send(desk, poll, raw) for desk, raw in zip(itertools.cycle(desks), ballots, strict=False))
    )


def code_of(answer: tuple[int, bytes]) -> str:
    """The code of a refusal; "" for a receipt."""
    return str(msgspec.json.decode(answer[1]).get("code", ""))


async def lines_of(desk: VotingDesk, meeting: str = MEETING) -> list[bytes]:
    """Every line of a meeting's ledger as stored, read beside the product's own code."""
    rows = await desk.app[handlers.STORE].pool.fetch(
        "select line from entry e join ledger l on l.no = e.ledger where l.meeting = $1 order by e.index",
        meeting,
    )
    return [row["line"] for row in rows]


async def prove(desk: VotingDesk, meeting: str = MEETING) -> dict[str, Counts]:
    """Prove the whole ledger again; by poll, the count of its ballots. Raises AssertionError.

    Indexes without gap, the stored tree and the signed checkpoint are those of the lines, time never goes back,
    a voter's ballots are 1, 2, … each superseding the last, nothing stands below a cut, the running counts are right.
    """
    lines = await lines_of(desk, meeting)
    await _must_be_its_tree(desk, meeting, lines)
    entries = [_entries.decode(line) for line in lines]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    counts = recount(entries)
    for row in await desk.app[handlers.STORE].pool.fetch("select id, approve, reject, abstain from poll"):
        running = Counts(approve=row["approve"], reject=row["reject"], abstain=row["abstain"])
        assert counts.get(row["id"], Counts(approve=0, reject=0, abstain=0)) == running
    return counts


async def _must_be_its_tree(desk: VotingDesk, meeting: str, lines: list[bytes]) -> None:
    tree = merkle.Frontier().append([merkle.leaf_hash(line) for line in lines])
    _, _, stored = await desk.app[handlers.STORE].head(meeting)
    assert stored == tree
    signed = await desk.app[handlers.ARCHIVE].checkpoint(meeting)
    checkpoint = note.open_checkpoint(signed, desk.app[handlers.CHAIR].desk.key.text(meeting))
    assert (checkpoint.size, checkpoint.root) == (tree.size, tree.root())


def recount(entries: Sequence[LedgerEntry]) -> dict[str, Counts]:
    """Each voter's last ballot counted once, by a plain walk of our own."""
    last: dict[tuple[str, str], tuple[bytes, BallotPayload]] = {}
    closed: set[str] = set()
    cast: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry, PollClosed):
            assert entry.ballots == cast.get(entry.poll, 0)
            closed.add(entry.poll)
        if isinstance(entry, BallotCast):
            assert entry.poll not in closed
            cast[entry.poll] = cast.get(entry.poll, 0) + 1
            raw = entry.jws.encode()
            payload = _payloads.decode(jws.b64_decode(raw.split(b".")[1]))
            before = last.get((entry.poll, payload.voter))
            assert payload.seq == (before[1].seq + 1 if before else 1)
            assert payload.supersedes == (jws.digest(before[0]) if before else None)
            last[entry.poll, payload.voter] = raw, payload
    return {
        poll: _sum(payload.choice for (of, _), (_, payload) in last.items() if of == poll) for poll in cast
    }


def _sum(choices: Iterable[Choice]) -> Counts:
    found = list(choices)
    return Counts(
        approve=found.count("approve"), reject=found.count("reject"), abstain=found.count("abstain")
    )


async def superuser(url: str, *statements: str) -> None:
    """Do to the database what no role of ours may."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "voting"})
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def entries_of(extract: Extract) -> list[LedgerEntry]:
    """What the lines of an extract say, those that are not withheld; proven to be the ledger's."""
    return [placed.entry for placed in open_extract(extract).lines]


async def void(desk: VotingDesk, poll: str, definition: str) -> Any:
    """Chair and secretary annul a poll."""
    payload = ActPayload(
        act="void", meeting=MEETING, poll=poll, definition=definition, reason="Kiểm phiếu lệch"
    )
    voiding = {
        "act": desk.devices[CHAIR].act(payload).decode(),
        "second": desk.devices[SECRETARY].act(payload).decode(),
    }
    return await desk.ask("POST", f"/polls/{poll}/void", voiding, who=CHAIR, status=200)


async def read_ledger(desk: VotingDesk, query: str = "") -> tuple[bytes, Extract]:
    """A meeting's ledger as anybody who may read it gets it: the file, and what is in it."""
    headers = {"Authorization": f"Bearer {desk.token(CHAIR, 'chair')}"}
    async with desk.client.get(f"/voting/meetings/{MEETING}/ledger{query}", headers=headers) as answer:
        raw: bytes = await answer.read()
        assert answer.status == 200, raw
    head, *lines, foot = raw.decode().splitlines()
    said = {**msgspec.json.decode(head), **msgspec.json.decode(foot), "lines": lines}
    return raw, msgspec.convert(said, Extract)
