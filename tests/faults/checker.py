"""The one checker: every invariant of the design proven again, from outside, of one history.

It reads what clients were told, what was to be seen meanwhile and what is left in the end, and never looks into a
database. Each check is by itself, so that a history which is broken in one way is told by the name of that way.
"""

from collections.abc import Callable, Iterator

from tests.faults.checks_of_answers import (
    acknowledged_is_in_the_ledger,
    acts_are_done_once,
    answers_are_messages,
    floor_acts_are_in_their_ledger,
    same_bytes_same_receipt,
    what_was_refused_is_not_kept,
)
from tests.faults.checks_of_figures import (
    certificates_are_proven,
    everything_is_finished,
    nobody_sees_totals_before_the_cut,
    same_figures_everywhere,
    streams_are_the_ledger,
    turns_are_proven,
)
from tests.faults.checks_of_ledgers import (
    ballots_are_as_they_were_signed,
    close_is_a_cut,
    floor_is_what_the_rules_make_of_it,
    nothing_is_overwritten,
    one_ballot_a_voter,
    time_goes_forward,
)
from tests.faults.checks_of_outside import begun_ballots_come_once, what_was_told_of_begun_ballots_is_so
from tests.faults.checks_of_papers import (
    minutes_name_all_polls,
    signatures_stand,
    signed_editions_are_proven,
    signed_once,
)
from tests.faults.history import History

Check = Callable[[History], Iterator[str]]

CHECKS: tuple[Check, ...] = (
    answers_are_messages,
    acknowledged_is_in_the_ledger,
    same_bytes_same_receipt,
    what_was_refused_is_not_kept,
    acts_are_done_once,
    floor_acts_are_in_their_ledger,
    ballots_are_as_they_were_signed,
    one_ballot_a_voter,
    close_is_a_cut,
    time_goes_forward,
    nothing_is_overwritten,
    floor_is_what_the_rules_make_of_it,
    same_figures_everywhere,
    nobody_sees_totals_before_the_cut,
    streams_are_the_ledger,
    everything_is_finished,
    certificates_are_proven,
    turns_are_proven,
    begun_ballots_come_once,
    what_was_told_of_begun_ballots_is_so,
    signatures_stand,
    signed_once,
    signed_editions_are_proven,
    minutes_name_all_polls,
)


def complaints(history: History) -> dict[str, list[str]]:
    """By check, what is wrong; nothing if all is well. A check that cannot even be made is a complaint too."""
    found: dict[str, list[str]] = {}
    for check in CHECKS:
        try:
            wrong = list(check(history))
        except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
            wrong = [f"cannot be read: {type(error).__name__}: {error}"]
        if wrong:
            found[check.__name__] = wrong
    return found


def must_hold(history: History) -> None:
    """Raise AssertionError with every complaint."""
    found = complaints(history)
    said = [f"{name}: {what}" for name, whats in found.items() for what in whats[:5]]
    assert not said, "\n".join(said)
