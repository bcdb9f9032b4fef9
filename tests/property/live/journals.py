"""Journals of a meeting as Hypothesis draws them, and the order in which a worker may come to read them."""

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

from services.live.histories import Entry
from services.live.position import SERVICES
from services.wire import (
    AgendaChanged,
    AgendaItem,
    CountAlarm,
    Event,
    PollDeclared,
    SeatsChanged,
    StreamEvent,
)
from tests.property.live.floors import short_sittings
from tests.unit.live import stories

# `draw` of a composite strategy, or of `st.data()`.
Draw = Callable[..., Any]
POLLS = ("p1", "p2", "p3")
Journal = list[StreamEvent]
Journals = tuple[Journal, Journal, Journal, Journal]


@st.composite
def meeting_journal(draw: st.DrawFn) -> Journal:
    """What `meeting` publishes."""
    kinds = draw(
        st.lists(st.sampled_from(("came", "left", "agenda", "roll", "seats", "meeting")), max_size=12)
    )
    events: Journal = [stories.begun()]
    for index, kind in enumerate(kinds, start=1):
        member = f"d{draw(st.integers(0, 4))}"
        match kind:
            case "came" | "left":
                events.append(stories.came(index, member, present=kind == "came", at=index))
            case "agenda":
                item = AgendaItem(id=f"i{index}", position=index, title="Mục")
                events.append(AgendaChanged(index=index, meeting=stories.MEETING, items=(item,)))
            case "seats":
                events.append(SeatsChanged(index=index, meeting=stories.MEETING, revision=index))
            case "roll":
                events.append(stories.rolled(index, members=index))
            case _:
                events.append(stories.begun(index))
    return events


@st.composite
def voting_journal(draw: st.DrawFn) -> Journal:
    """What `voting` publishes: lines of several polls, and runs of ballots that skip indices."""
    events: Journal = [stories.announced(index, poll) for index, poll in enumerate(POLLS)]
    received = dict.fromkeys(POLLS, 0)
    index = len(events) - 1
    kinds = st.sampled_from(
        ("ballots", "ballots", "ballots", "open", "held", "resumed", "closed", "counted", "late")
    )
    for kind in draw(st.lists(kinds, max_size=30)):
        poll = draw(st.sampled_from(POLLS))
        first = index + 1
        index += draw(st.integers(1, 5)) if kind == "ballots" else 1
        received[poll] += index - first + 1 if kind == "ballots" else 0
        events.append(_voting_event(kind, first, index, poll, received[poll]))
    return events


def _voting_event(kind: str, first: int, index: int, poll: str, received: int) -> StreamEvent:
    match kind:
        case "ballots":
            return stories.received(index, received, poll, first)
        case "open":
            return stories.opened(index, poll)
        case "held":
            return stories.held(index, poll)
        case "resumed":
            return stories.resumed(index, poll)
        case "closed":
            return stories.closed(index, poll)
        case "counted":
            return stories.counted(index, poll)
        case "late":
            return stories.line(index, "declared", PollDeclared(at=index, poll=poll, jws="a.b.c"))
        case _:
            return CountAlarm(index=index, meeting=stories.MEETING, poll=poll)


@st.composite
def signing_journal(draw: st.DrawFn) -> Journal:
    """What `signing` publishes."""
    papers = draw(st.lists(st.sampled_from((*POLLS, "")), unique=True))
    return [
        stories.certified(index, poll) if poll else stories.sealed(index) for index, poll in enumerate(papers)
    ]


floor_journal: st.SearchStrategy[Journal] = short_sittings.map(lambda sitting: list(sitting.events))
journals: st.SearchStrategy[Journals] = st.tuples(
    meeting_journal(), voting_journal(), signing_journal(), floor_journal
)


def read_in_some_order(draw: Draw, journals: Journals) -> list[tuple[int, StreamEvent]]:
    """All events, in order within each stream, the streams mixed as drawn."""
    tickets = [stream for stream, events in enumerate(journals) for _ in events]
    waiting = [iter(events) for events in journals]
    return [(stream, next(waiting[stream])) for stream in draw(st.permutations(tickets))]


def entry(stream: int, event: Event) -> Entry:
    """As it stands on the stream."""
    assert len(SERVICES) == 4
    return Entry(stream, event.index + 1, msgspec.json.encode(event))
