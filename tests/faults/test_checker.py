"""The checker itself: it finds nothing where nothing is wrong, and by its name whatever is broken on purpose."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.checker import CHECKS, complaints
from tests.faults.history import BALLOT, FLOOR, Glimpse, History, Sent
from tests.faults.ledger_book import Book

pytestmark = pytest.mark.asyncio(loop_scope="session")

Break = Callable[[History], History]
BREAKS: dict[str, list[Break]] = {check.__name__: [] for check in CHECKS}


def breaks(check: str) -> Callable[[Break], Break]:
    """Breaks a history such that this check must complain."""

    def kept(made: Break) -> Break:
        BREAKS[check].append(made)
        return made

    return kept


def _with_lines(history: History, lines: list[bytes]) -> History:
    """The same with another ledger, its head and checkpoint as they were."""
    head, *_, foot = history.left.ledger.splitlines()
    return replace(history, left=replace(history.left, ledger=b"\n".join([head, *lines, foot, b""])))


def _ballots(history: History) -> list[int]:
    return Book(history.left.ledger).places("ballot")


def _one(history: History, kind: str) -> Sent:
    return next(each for each in history.sent if each.kind == kind and each.taken)


# --- Of answers --------------------------------------------------------------------------------------------------


@breaks("answers_are_messages")
def _a_fault_of_ours(history: History) -> History:
    return replace(history, sent=(*history.sent, replace(_one(history, BALLOT), status=500, body=b"{}")))


@breaks("answers_are_messages")
def _an_answer_cut_short(history: History) -> History:
    sent = _one(history, BALLOT)
    return replace(history, sent=(*history.sent, replace(sent, body=sent.body[:-5])))


@breaks("acknowledged_is_in_the_ledger")
@breaks("close_is_a_cut")
@breaks("same_figures_everywhere")
@breaks("what_was_refused_is_not_kept")
@breaks("streams_are_the_ledger")
@breaks("nothing_is_overwritten")
def _a_ballot_dropped(history: History) -> History:
    lines = Book(history.left.ledger).lines
    # The last one of its voter: it counts.
    return _with_lines(history, [line for at, line in enumerate(lines) if at != _ballots(history)[-1]])


@breaks("acknowledged_is_in_the_ledger")
def _a_receipt_of_another(history: History) -> History:
    first, second = [each for each in history.ballots() if each.taken][:2]
    return replace(history, sent=(*history.sent, replace(first, body=second.body)))


@breaks("same_bytes_same_receipt")
def _two_receipts_for_one_ballot(history: History) -> History:
    first = _one(history, BALLOT)
    other = next(each for each in history.ballots() if each.taken and each.body != first.body)
    return replace(history, sent=(*history.sent, replace(first, body=other.body)))


@breaks("same_bytes_same_receipt")
def _new_twice(history: History) -> History:
    sent = next(each for each in history.ballots() if each.status == 201)
    return replace(history, sent=(*history.sent, sent))


@breaks("what_was_refused_is_not_kept")
def _kept_and_refused(history: History) -> History:
    sent = _one(history, BALLOT)
    return replace(history, sent=(*history.sent, replace(sent, status=409, final=True)))


@breaks("acts_are_done_once")
def _an_act_undone(history: History) -> History:
    book = Book(history.left.ledger)
    gone = book.places("poll.announced")[0]
    return _with_lines(history, [line for at, line in enumerate(book.lines) if at != gone])


@breaks("floor_acts_are_in_their_ledger")
def _a_wish_lost(history: History) -> History:
    head, *lines, foot = history.left.floor.splitlines()
    index = json.loads(_one(history, FLOOR).body)["receipt"]["index"]
    floor = b"\n".join([head, *lines[:index], *lines[index + 1 :], foot, b""])
    return replace(history, left=replace(history.left, floor=floor))


# --- Of ledgers --------------------------------------------------------------------------------------------------


@breaks("one_ballot_a_voter")
@breaks("close_is_a_cut")
@breaks("streams_are_the_ledger")
def _a_ballot_doubled(history: History) -> History:
    lines, at = Book(history.left.ledger).lines, _ballots(history)[0]
    return _with_lines(history, [*lines[: at + 1], lines[at], *lines[at + 1 :]])


@breaks("close_is_a_cut")
def _a_ballot_late(history: History) -> History:
    book, at = Book(history.left.ledger), _ballots(history)[0]
    cut = book.places("poll.closed", book.said[at]["poll"])[0]
    moved = [line for place, line in enumerate(book.lines) if place != at]
    return _with_lines(history, [*moved[:cut], book.lines[at], *moved[cut:]])


@breaks("close_is_a_cut")
def _a_ballot_sent_after_the_close_counts(history: History) -> History:
    close = next(each for each in history.sent if each.name == "close" and each.taken)
    late = [
        replace(each, began=each.began + close.ended, ended=each.ended + close.ended)
        if each.kind == BALLOT and each.about == close.about
        else each
        for each in history.sent
    ]
    return replace(history, sent=tuple(late))


@breaks("ballots_are_as_they_were_signed")
def _a_ballot_nobody_sent(history: History) -> History:
    raw = json.loads(Book(history.left.ledger).lines[_ballots(history)[0]])["jws"].encode()
    return replace(history, sent=tuple(each for each in history.sent if each.raw != raw))


@breaks("ballots_are_as_they_were_signed")
def _a_ballot_with_another_signature(history: History) -> History:
    book, at = Book(history.left.ledger), _ballots(history)[0]
    said = book.said[at]
    body, _, _ = said["jws"].rpartition(".")
    other = book.said[_ballots(history)[1]]["jws"].rpartition(".")[2]
    line = json.dumps({**said, "jws": f"{body}.{other}"}, separators=(",", ":")).encode()
    return _with_lines(history, [*book.lines[:at], line, *book.lines[at + 1 :]])


@breaks("time_goes_forward")
def _time_taken_back(history: History) -> History:
    book = Book(history.left.ledger)
    said = {**book.said[-1], "at": book.said[0]["at"] - 1}
    return _with_lines(history, [*book.lines[:-1], json.dumps(said).encode()])


@breaks("nothing_is_overwritten")
def _a_line_rewritten(history: History) -> History:
    book = Book(history.left.ledger)
    line = book.lines[0].replace("Biểu quyết".encode(), b"Bieu quyet")
    return _with_lines(history, [line, *book.lines[1:]])


@breaks("nothing_is_overwritten")
def _a_ledger_that_was_longer_once(history: History) -> History:
    """A store that lost its last commits."""
    head, *lines, foot = history.left.ledger.splitlines()
    return replace(
        history,
        glimpses=(*history.glimpses, Glimpse("ledger", "", 1, 2, history.left.ledger)),
        left=replace(history.left, ledger=b"\n".join([head, *lines[:-3], foot, b""])),
    )


@breaks("floor_is_what_the_rules_make_of_it")
def _the_floor_bent(history: History) -> History:
    head, *lines, foot = history.left.floor.splitlines()
    at = next(at for at, line in enumerate(lines) if b'"kind":"act"' in line)
    said = json.loads(lines[at])
    said["news"] = []
    lines[at] = json.dumps(said).encode()
    return replace(history, left=replace(history.left, floor=b"\n".join([head, *lines, foot, b""])))


# --- Of figures --------------------------------------------------------------------------------------------------


def _bent(raw: bytes, *way: str) -> bytes:
    """JSON with one approval more, at the end of the way."""
    said = json.loads(raw)
    counts = said
    for name in way:
        counts = counts[name]
    counts["approve"] += 1
    return json.dumps(said).encode()


def _first(history: History) -> str:
    book = Book(history.left.ledger)
    return str(book.said[book.places("poll.counted")[0]]["poll"])


@breaks("same_figures_everywhere")
def _another_figure_over_http(history: History) -> History:
    poll = _first(history)
    polls = {**history.left.polls, poll: _bent(history.left.polls[poll], "decision", "counts")}
    return replace(history, left=replace(history.left, polls=polls))


@breaks("same_figures_everywhere")
def _another_figure_in_the_hall(history: History) -> History:
    hall = _bent(history.left.hall, "polls", _first(history), "decision", "counts")
    return replace(history, left=replace(history.left, hall=hall))


@breaks("same_figures_everywhere")
def _another_figure_on_paper(history: History) -> History:
    sheets = {
        poll: text.replace("Tán thành    ", "Tán thành   1") for poll, text in history.left.sheets.items()
    }
    return replace(history, left=replace(history.left, sheets=sheets))


@breaks("same_figures_everywhere")
def _another_figure_on_the_stream(history: History) -> History:
    entries = []
    for at, message in history.left.streams["voting"]:
        said = json.loads(message)
        if '"poll.counted"' in said.get("line", ""):
            said["line"] = _bent(said["line"].encode(), "decision", "counts").decode()
        entries.append((at, json.dumps(said).encode()))
    return replace(history, left=replace(history.left, streams={**history.left.streams, "voting": entries}))


@breaks("nobody_sees_totals_before_the_cut")
def _totals_seen_early(history: History) -> History:
    poll = {**json.loads(history.left.polls[_first(history)]), "state": "open"}
    glimpse = Glimpse("poll", poll["id"], 1, 2, json.dumps(poll).encode())
    return replace(history, glimpses=(*history.glimpses, glimpse))


@breaks("nobody_sees_totals_before_the_cut")
def _ballots_read_early(history: History) -> History:
    head, *lines, foot = history.left.ledger.splitlines()
    early = b"\n".join([head, *lines[: _ballots(history)[0] + 1], foot, b""])
    return replace(history, glimpses=(*history.glimpses, Glimpse("ledger", "", 1, 2, early)))


@breaks("nobody_sees_totals_before_the_cut")
def _ballots_told_on_the_stream(history: History) -> History:
    told = ("0-9999", Book(history.left.ledger).lines[_ballots(history)[0]])
    streams = {**history.left.streams, "meeting": [*history.left.streams["meeting"], told]}
    return replace(history, left=replace(history.left, streams=streams))


@breaks("streams_are_the_ledger")
def _an_entry_lost_on_the_stream(history: History) -> History:
    entries = history.left.streams["voting"]
    streams = {**history.left.streams, "voting": [*entries[:1], *entries[2:]]}
    return replace(history, left=replace(history.left, streams=streams))


@breaks("everything_is_finished")
def _never_counted(history: History) -> History:
    book = Book(history.left.ledger)
    gone = book.places("poll.counted")[0]
    return _with_lines(history, [line for at, line in enumerate(book.lines) if at != gone])


@breaks("everything_is_finished")
def _a_certificate_missing(history: History) -> History:
    return replace(history, left=replace(history.left, papers={}))


@breaks("certificates_are_proven")
def _a_certificate_forged(history: History) -> History:
    poll = _first(history)
    files = dict(history.left.papers[poll])
    files["ledger.jsonl"] = files["ledger.jsonl"].replace(b"poll.closed", b"poll.closeD")
    return replace(history, left=replace(history.left, papers={**history.left.papers, poll: files}))


@breaks("turns_are_proven")
def _a_turn_log_forged(history: History) -> History:
    turns = history.left.turns.replace(b'"payload":"e', b'"payload":"f')
    return replace(history, left=replace(history.left, turns=turns))


@breaks("turns_are_proven")
@breaks("floor_acts_are_in_their_ledger")
def _the_last_line_of_the_floor_lost(history: History) -> History:
    head, *lines, foot = history.left.floor.splitlines()
    floor = b"\n".join([head, *lines[:-1], foot, b""])
    return replace(history, left=replace(history.left, floor=floor))


@breaks("certificates_are_proven")
def _a_receipt_missing(history: History) -> History:
    raw = _one(history, BALLOT).raw
    return replace(history, sent=tuple(each for each in history.sent if each.raw != raw))


async def test_nothing_is_wrong_where_nothing_broke(quiet: History) -> None:
    """No complaint; and ballots, acts and wishes to speak were there to be lost, and a certificate."""
    assert await asyncio.to_thread(complaints, quiet) == {}
    assert {each.kind for each in quiet.sent if each.taken} == {"ballot", "act", "floor"}
    assert {each.of for each in quiet.glimpses} == {"poll", "ledger", "floor ledger", "hall"}
    assert quiet.left.papers


@pytest.mark.parametrize(
    ("check", "made"),
    [(check, made) for check, all_made in BREAKS.items() for made in all_made],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
async def test_a_broken_history_is_caught(quiet: History, check: str, made: Break) -> None:
    """By the check that is there for it."""
    assert check in await asyncio.to_thread(complaints, made(quiet))


async def test_every_check_is_tried() -> None:
    """No check that has never been seen to complain."""
    assert [check for check, made in BREAKS.items() if not made] == []


async def test_the_tree_is_counted_as_it_is_printed(quiet: History) -> None:
    """Our own root of the whole ledger is the one that its checkpoint names."""
    book = Book(quiet.left.ledger)
    assert book.leaves[0] == hashlib.sha256(b"\0" + book.lines[0]).digest()
    assert f"\n{len(book.lines)}\n" in book.checkpoint
