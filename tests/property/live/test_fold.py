"""The snapshot is a fold that may be interrupted, handed on and mixed, and never learns a choice."""

from functools import reduce

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.live.snapshot import EMPTY, fold
from services.wire import Snapshot
from tests.property.live.journals import Journals, journals, read_in_some_order
from tests.unit.live import stories


@given(journals, st.data())
def test_prefix_then_rest(meeting: Journals, data: st.DataObject) -> None:
    """The fold of any prefix, sent as a snapshot and read back, then the rest, is the fold of all."""
    events = [event for _, event in read_in_some_order(data.draw, meeting)]
    cut = data.draw(st.integers(0, len(events)))
    sent = msgspec.json.encode(reduce(fold, events[:cut], EMPTY))
    resumed = reduce(fold, events[cut:], msgspec.json.decode(sent, type=Snapshot))
    assert resumed == reduce(fold, events, EMPTY)


@given(journals, st.data())
def test_streams_may_be_mixed(meeting: Journals, data: st.DataObject) -> None:
    """Two workers that read the streams in different orders show the same."""
    one = reduce(fold, [event for _, event in read_in_some_order(data.draw, meeting)], EMPTY)
    other = reduce(fold, [event for _, event in read_in_some_order(data.draw, meeting)], EMPTY)
    assert one == other


@given(journals)
def test_no_leaf_and_no_request(meeting: Journals) -> None:
    """Neither the hash of a ballot nor a voter's request is in any snapshot."""
    shown = EMPTY
    for event in (event for journal in meeting for event in journal if event.request != "r-12345678"):
        shown = fold(shown, event)
    text = msgspec.json.encode(shown).decode()
    assert "r-87654321" not in text
    assert '"leaves"' not in text
    assert all(poll.received < 1_000 for poll in shown.polls.values())
    assert stories.MEETING in text or not shown.polls
