"""The floor's ledger read by others: any run of it proves itself, and every checkpoint continues the one before."""

import itertools
from pathlib import Path

import msgspec
import pytest

from services.floor import archive
from services.kit.keys import load_ed25519
from services.rules import merkle, note
from services.rules.errors import CheckpointWrong, NotProven
from services.rules.note import open_proof, verify_place
from services.wire import FloorDone, Receipt
from tests.support.floor_desk import Convene, FloorDesk, asking, lines_of
from tests.support.told_desk import CHAIR, MEETING


async def _read(desk: FloorDesk, query: str = "") -> tuple[dict[str, object], list[bytes], str]:
    """Head, lines and checkpoint of a run."""
    headers = desk.headers("001")
    async with desk.client.get(f"/floor/meetings/{MEETING}/ledger{query}", headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "application/x-ndjson")
        head, *lines, foot = (await answer.read()).splitlines()
    return msgspec.json.decode(head), lines, msgspec.json.decode(foot)["checkpoint"]


async def test_every_run_proves_itself(desk: FloorDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any line to any other, page by page: it begins at or before the first, and its checkpoint is of it."""
    monkeypatch.setattr(archive, "PAGE", 2)
    await desk.open_lane()
    for voter in desk.voters:
        await desk.ask_to_speak(voter)
    whole = await lines_of(desk)
    for start, end in itertools.product(range(len(whole)), repeat=2):
        head, lines, signed = await _read(desk, f"?start={start}&end={end}")
        first = head["start"]
        assert isinstance(first, int)
        assert first <= start
        assert lines == whole[first : max(first, end)]
        checkpoint = note.open_checkpoint(signed, str(head["log_key"]))
        tree = merkle.Frontier().append([merkle.leaf_hash(line) for line in whole[: first + len(lines)]])
        assert (checkpoint.size, checkpoint.root) == (tree.size, tree.root())
    assert (await _read(desk))[1] == whole


async def test_a_ledger_that_has_not_begun_is_empty(desk: FloorDesk) -> None:
    """A head, no lines, and a checkpoint over nothing."""
    head, lines, signed = await _read(desk)
    assert (head["start"], lines) == (0, [])
    assert note.open_checkpoint(signed, desk.log_key).size == 0


async def test_receipts_are_of_one_ledger_that_only_grows(hall: Convene) -> None:
    """Every receipt's checkpoint is the beginning of every later one, whichever worker gave it."""
    desks = await hall()
    answers = [await desks[0].open_lane()]
    for place, voter in enumerate(desks[0].voters):
        answers.append(await desks[place % 2].ask_to_speak(voter))
    leaves = [merkle.leaf_hash(line) for line in await lines_of(desks[0])]
    heads = [verify_place(one.receipt, desks[0].log_key) for one in answers]
    async with desks[1].client.get(
        f"/floor/meetings/{MEETING}/checkpoint", headers=desks[1].headers(CHAIR)
    ) as answer:
        heads.append(note.open_checkpoint(await answer.text(), desks[0].log_key))
    for old, new in itertools.pairwise(heads):
        proof = merkle.consistency_proof(leaves, old.size, new.size)
        merkle.verify_consistency(old.size, new.size, proof, old.root, new.root)
    assert heads[-1].size == len(leaves)


async def test_the_ledgers_of_votes_and_floor_cannot_be_taken_for_each_other(
    desk: FloorDesk, tmp_path: Path
) -> None:
    """The name of the floor's ledger is its own: a checkpoint of the other, signed by the same key, proves nothing."""
    await desk.open_lane()
    raw = desk.sign("001", asking())
    _, body = await desk.post("001", raw)
    receipt = msgspec.json.decode(body, type=FloorDone).receipt
    assert open_proof(receipt.proof).checkpoint.startswith(f"plenary.local/{MEETING}/floor\n")
    of_votes = note.log_key(f"plenary.local/{MEETING}", load_ed25519(tmp_path / "ledger.key").public_key())
    with pytest.raises(CheckpointWrong):
        verify_place(receipt, of_votes)
    posing = Receipt(poll="p", index=receipt.index, entry=receipt.entry, proof=receipt.proof)
    with pytest.raises(NotProven):
        note.verify_receipt(posing, desk.log_key)
