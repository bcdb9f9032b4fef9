"""Figures that differ, or were seen too early; papers that are missing or forged."""

import json
from dataclasses import replace

from tests.faults.breaking import ballots, breaks, left, one, with_floor, with_lines
from tests.faults.history import BALLOT, Glimpse, History
from tests.faults.ledger_book import Book


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
    return left(history, polls=polls)


@breaks("same_figures_everywhere")
def _another_figure_in_the_hall(history: History) -> History:
    hall = _bent(history.left.hall, "polls", _first(history), "decision", "counts")
    return left(history, hall=hall)


@breaks("same_figures_everywhere")
def _another_figure_on_paper(history: History) -> History:
    sheets = {
        poll: text.replace("Tán thành    ", "Tán thành   1") for poll, text in history.left.sheets.items()
    }
    return left(history, sheets=sheets)


@breaks("same_figures_everywhere")
def _another_figure_on_the_stream(history: History) -> History:
    entries = []
    for at, message in history.left.streams["voting"]:
        said = json.loads(message)
        if '"poll.counted"' in said.get("line", ""):
            said["line"] = _bent(said["line"].encode(), "decision", "counts").decode()
        entries.append((at, json.dumps(said).encode()))
    return left(history, streams={**history.left.streams, "voting": entries})


@breaks("nobody_sees_totals_before_the_cut")
def _totals_seen_early(history: History) -> History:
    poll = {**json.loads(history.left.polls[_first(history)]), "state": "open"}
    glimpse = Glimpse("poll", poll["id"], 1, 2, json.dumps(poll).encode())
    return replace(history, glimpses=(*history.glimpses, glimpse))


@breaks("nobody_sees_totals_before_the_cut")
def _ballots_read_early(history: History) -> History:
    head, *lines, foot = history.left.ledger.splitlines()
    early = b"\n".join([head, *lines[: ballots(history)[0] + 1], foot, b""])
    return replace(history, glimpses=(*history.glimpses, Glimpse("ledger", "", 1, 2, early)))


@breaks("nobody_sees_totals_before_the_cut")
def _ballots_told_on_the_stream(history: History) -> History:
    told = ("0-9999", Book(history.left.ledger).lines[ballots(history)[0]])
    streams = {**history.left.streams, "meeting": [*history.left.streams["meeting"], told]}
    return left(history, streams=streams)


@breaks("streams_are_the_ledger")
def _an_entry_lost_on_the_stream(history: History) -> History:
    entries = history.left.streams["voting"]
    streams = {**history.left.streams, "voting": [*entries[:1], *entries[2:]]}
    return left(history, streams=streams)


@breaks("everything_is_finished")
def _never_counted(history: History) -> History:
    book = Book(history.left.ledger)
    gone = book.places("poll.counted")[0]
    return with_lines(history, [line for at, line in enumerate(book.lines) if at != gone])


@breaks("everything_is_finished")
def _a_certificate_missing(history: History) -> History:
    return left(history, papers={})


@breaks("certificates_are_proven")
def _a_certificate_forged(history: History) -> History:
    poll = _first(history)
    files = dict(history.left.papers[poll])
    files["ledger.jsonl"] = files["ledger.jsonl"].replace(b"poll.closed", b"poll.closeD")
    return left(history, papers={**history.left.papers, poll: files})


@breaks("turns_are_proven")
def _a_turn_log_forged(history: History) -> History:
    turns = history.left.turns.replace(b'"payload":"e', b'"payload":"f')
    return left(history, turns=turns)


@breaks("turns_are_proven")
@breaks("floor_acts_are_in_their_ledger")
def _the_last_line_of_the_floor_lost(history: History) -> History:
    return with_floor(history, Book(history.left.floor).lines[:-1])


@breaks("certificates_are_proven")
def _a_receipt_missing(history: History) -> History:
    raw = one(history, BALLOT).raw
    return replace(history, sent=tuple(each for each in history.sent if each.raw != raw))
