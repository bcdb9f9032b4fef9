"""What a screen shows after each event."""

from functools import reduce

import msgspec
import pytest

from services.live.snapshot import EMPTY, fold, screen_message
from services.rules import jws
from services.wire import CountAlarm, PollRechecked, PollVoided, SeatsChanged, Snapshot, StreamEvent
from tests.unit.live import stories


def shown(*events: StreamEvent) -> Snapshot:
    return reduce(fold, events, EMPTY)


def test_open_poll_has_its_definition() -> None:
    """While one can vote, the chair's signed question and the deadline are on the screen."""
    poll = shown(stories.announced(0), stories.opened(1)).polls["p1"]
    assert (poll.state, poll.title, poll.definition) == ("open", "Thông qua Nghị quyết", "d.e.f")
    assert (poll.deadline, poll.present, poll.received) == (60_000, 2, 0)
    assert poll.definition_sha256 == jws.digest(b"d.e.f")


def test_clock_stands_while_held() -> None:
    """A held poll has no deadline; a resumed one has its own again."""
    held = shown(stories.announced(0), stories.opened(1), stories.held(2))
    assert (held.polls["p1"].state, held.polls["p1"].deadline) == ("held", None)
    resumed = fold(held, stories.resumed(3)).polls["p1"]
    assert (resumed.state, resumed.deadline, resumed.definition) == ("open", 70_000, "d.e.f")


def test_closed_poll_keeps_its_hash_and_gets_its_decision() -> None:
    """After the cut the question's text goes, its hash stays; the decision comes when it was counted."""
    before = shown(stories.announced(0), stories.opened(1), stories.received(2, 1), stories.closed(3))
    poll = before.polls["p1"]
    assert (poll.state, poll.definition, poll.deadline, poll.received) == ("closed", "", None, 1)
    assert poll.decision is None
    assert fold(before, stories.counted(4)).polls["p1"].decision == stories.decision()
    assert fold(before, CountAlarm(index=4, meeting="hall", poll="p1")).polls["p1"].alarm


def test_roll_is_summed_up() -> None:
    """Screens get the roll's hash and size, not its names."""
    event = stories.rolled(0, members=5)
    after = shown(event)
    assert after.roll is not None
    assert (after.roll.sha256, after.roll.revision, after.roll.entries) == (event.sha256, 2, 5)
    assert screen_message(after, event) == after.roll


def test_presence_and_certificates() -> None:
    """The last word on a member counts; a certificate is found by its poll."""
    after = shown(stories.came(0, "d1"), stories.came(1, "d1", present=False), stories.certified(0))
    assert not after.presence["d1"].present
    assert after.certificates["p1"].certificate == "c1"


def test_a_signed_edition_is_shown_with_its_certificate() -> None:
    """Of a certificate that the screen knows; a screen is told, without the request that caused it."""
    event = msgspec.structs.replace(stories.countersigned(1), request="r-12345678")
    after = shown(stories.certified(0), event)
    assert after.certificates["p1"].signed == "S" * 43
    assert screen_message(after, event) == stories.countersigned(1)
    assert shown(stories.countersigned(0)).certificates == {}


def test_sealed_turn_logs_are_shown_as_they_came() -> None:
    """Each with its line; a screen is told of it, without the request that caused it."""
    event = msgspec.structs.replace(stories.sealed(1, line=31), request="r-12345678")
    after = shown(stories.sealed(0), event)
    assert [(each.line, each.record) for each in after.records] == [(24, "nk-24"), (31, "nk-31")]
    assert screen_message(after, event) == stories.sealed(1, line=31)


def test_minutes_are_shown_as_they_came_and_once_they_are_signed() -> None:
    """Each edition with its number; the signed edition with the one that it is of; a screen is told of both."""
    issued = msgspec.structs.replace(stories.minuted(1, edition=2), request="r-12345678")
    after = shown(stories.minuted(0), issued)
    assert [(each.edition, each.minutes, each.signed) for each in after.minutes] == [
        (1, "bb-1", ""),
        (2, "bb-2", ""),
    ]
    assert screen_message(after, issued) == stories.minuted(1, edition=2)
    signed = fold(after, stories.minutes_signed(2))
    assert [each.signed for each in signed.minutes] == ["S" * 43, ""]
    assert screen_message(signed, stories.minutes_signed(2)) == stories.minutes_signed(2)


def test_ballots_move_the_count_only() -> None:
    """Of ballots received nothing stays but how many voters have voted."""
    before = shown(stories.announced(0), stories.opened(1))
    after = fold(before, stories.received(2, 7))
    assert after.polls["p1"] == msgspec.structs.replace(before.polls["p1"], received=7)
    assert stories.HASH not in msgspec.json.encode(after).decode()


def test_ballot_line_is_refused() -> None:
    """A ballot that strayed onto the stream is not understood, so no screen ever sees it."""
    with pytest.raises(msgspec.ValidationError):
        fold(EMPTY, stories.smuggled_ballot(0))


def test_unknown_poll_has_no_count() -> None:
    """Ballots of a poll that was never told of show nothing."""
    assert fold(EMPTY, stories.received(0, 3)) == EMPTY


def test_request_is_not_shown() -> None:
    """Screens are not told which request caused an event."""
    event = stories.begun()
    message = screen_message(fold(EMPTY, event), event)
    assert message is not None
    assert event.request not in msgspec.json.encode(message).decode()


def test_seats_are_told_by_their_revision() -> None:
    """A screen learns that the seats stand otherwise, not the plan, which only seat maps ask for."""
    event = SeatsChanged(index=3, request="r", meeting="hall", revision=2)
    after = shown(event)
    assert after.seats == 2
    assert screen_message(after, event) == SeatsChanged(index=3, meeting="hall", revision=2)


def test_while_outside_certificates_are_asked_about_it_says_how_many_and_how_long() -> None:
    """With the cut; no more once it was found, counted or annulled."""
    cut = msgspec.structs.replace(stories.closed(3), rechecking=2, recheck_until=50_000)
    before = shown(stories.announced(0), stories.opened(1), stories.received(2, 1), cut)
    assert (before.polls["p1"].rechecking, before.polls["p1"].recheck_until) == (2, 50_000)
    found = stories.line(4, "closed", PollRechecked(at=31, poll="p1", found=()))
    voided = stories.line(4, "voided", PollVoided(at=31, poll="p1", jws="a.b.c", second="a.b.d"))
    for event in (found, stories.counted(4), voided):
        after = fold(before, event).polls["p1"]
        assert (after.rechecking, after.recheck_until) == (0, None)
