"""Ledgers that were meddled with."""

import json
from dataclasses import replace

from tests.faults.breaking import ballots, breaks, left, with_lines
from tests.faults.history import BALLOT, Glimpse, History
from tests.faults.ledger_book import Book


@breaks("one_ballot_a_voter")
@breaks("close_is_a_cut")
@breaks("streams_are_the_ledger")
def _a_ballot_doubled(history: History) -> History:
    lines, at = Book(history.left.ledger).lines, ballots(history)[0]
    return with_lines(history, [*lines[: at + 1], lines[at], *lines[at + 1 :]])


@breaks("close_is_a_cut")
def _a_ballot_late(history: History) -> History:
    book, at = Book(history.left.ledger), ballots(history)[0]
    cut = book.places("poll.closed", book.said[at]["poll"])[0]
    moved = [line for place, line in enumerate(book.lines) if place != at]
    return with_lines(history, [*moved[:cut], book.lines[at], *moved[cut:]])


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
    raw = json.loads(Book(history.left.ledger).lines[ballots(history)[0]])["jws"].encode()
    return replace(history, sent=tuple(each for each in history.sent if each.raw != raw))


@breaks("ballots_are_as_they_were_signed")
def _a_ballot_with_another_signature(history: History) -> History:
    book, at = Book(history.left.ledger), ballots(history)[0]
    said = book.said[at]
    body, _, _ = said["jws"].rpartition(".")
    other = book.said[ballots(history)[1]]["jws"].rpartition(".")[2]
    line = json.dumps({**said, "jws": f"{body}.{other}"}, separators=(",", ":")).encode()
    return with_lines(history, [*book.lines[:at], line, *book.lines[at + 1 :]])


@breaks("time_goes_forward")
def _time_taken_back(history: History) -> History:
    book = Book(history.left.ledger)
    said = {**book.said[-1], "at": book.said[0]["at"] - 1}
    return with_lines(history, [*book.lines[:-1], json.dumps(said).encode()])


@breaks("nothing_is_overwritten")
def _a_line_rewritten(history: History) -> History:
    book = Book(history.left.ledger)
    line = book.lines[0].replace("Biểu quyết".encode(), b"Bieu quyet")
    return with_lines(history, [line, *book.lines[1:]])


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
    return left(history, floor=b"\n".join([head, *lines, foot, b""]))
