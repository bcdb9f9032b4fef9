"""Answers that are lies."""

import json
from dataclasses import replace

from tests.faults.breaking import ballots, breaks, one, with_floor, with_lines
from tests.faults.history import BALLOT, FLOOR, History
from tests.faults.ledger_book import Book


@breaks("answers_are_messages")
def _a_fault_of_ours(history: History) -> History:
    return replace(history, sent=(*history.sent, replace(one(history, BALLOT), status=500, body=b"{}")))


@breaks("answers_are_messages")
def _an_answer_cut_short(history: History) -> History:
    sent = one(history, BALLOT)
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
    return with_lines(history, [line for at, line in enumerate(lines) if at != ballots(history)[-1]])


@breaks("acknowledged_is_in_the_ledger")
def _a_receipt_of_another(history: History) -> History:
    first, second = [each for each in history.ballots() if each.taken][:2]
    return replace(history, sent=(*history.sent, replace(first, body=second.body)))


@breaks("same_bytes_same_receipt")
def _two_receipts_for_one_ballot(history: History) -> History:
    first = one(history, BALLOT)
    other = next(each for each in history.ballots() if each.taken and each.body != first.body)
    return replace(history, sent=(*history.sent, replace(first, body=other.body)))


@breaks("same_bytes_same_receipt")
def _new_twice(history: History) -> History:
    sent = next(each for each in history.ballots() if each.status == 201)
    return replace(history, sent=(*history.sent, sent))


@breaks("what_was_refused_is_not_kept")
def _kept_and_refused(history: History) -> History:
    sent = one(history, BALLOT)
    return replace(history, sent=(*history.sent, replace(sent, status=409, final=True)))


@breaks("acts_are_done_once")
def _an_act_undone(history: History) -> History:
    book = Book(history.left.ledger)
    gone = book.places("poll.announced")[0]
    return with_lines(history, [line for at, line in enumerate(book.lines) if at != gone])


@breaks("floor_acts_are_in_their_ledger")
def _a_wish_lost(history: History) -> History:
    lines = Book(history.left.floor).lines
    index = json.loads(one(history, FLOOR).body)["receipt"]["index"]
    return with_floor(history, [*lines[:index], *lines[index + 1 :]])
