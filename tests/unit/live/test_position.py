"""Positions: one way to write each, everything else is no position."""

import pytest

from services.live.position import SERVICES, START, Position, history_in, parse


def test_round_trip() -> None:
    """A position is read back from its text."""
    at = Position(meeting=12, voting=4711, signing=3, floor=40)
    assert str(at) == "m12.v4711.s3.f40"
    assert parse(str(at)) == at
    assert parse("m0.v0.s0.f0") == START
    longest = Position(*(999_999_999_999_999 for _ in SERVICES))
    assert parse(str(longest)) == longest


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "12",
        "m1.v2",
        "m1.v2.s3",
        "m1.v2.s3.x4",
        "m1.v2.s3.f4.x5",
        "v2.m1.s3.f4",
        "m1.v2.s3.f4 ",
        "m1.v2.s3.f4\n",
        " m1.v2.s3.f4",
        "m01.v2.s3.f4",
        "m-1.v2.s3.f4",
        "m+1.v2.s3.f4",
        "m1,v2,s3,f4",
        "M1.V2.S3.F4",
        "m١.v2.s3.f4",
        "m1.v2.s3.f1e3",
        "m1.v2.s3.f9999999999999999",
        "m" + "1" * 100 + ".v2.s3.f4",
        "m1.v2.s3.f4.h",
        "m1.v2.s3.f4.hzzzzzzzz",
        "m1.v2.s3.f4.h0badcaf",
        "m1.v2.s3.f4.h0BADCAFE",
        "m1.v2.s3.f4.h0badcafe0",
        "x.hzz",
        ".h0badcafe",
    ],
)
def test_malformed(text: str | None) -> None:
    """A malformed Last-Event-ID is none, and has no history."""
    assert parse(text) is None
    assert history_in(text) == 0


def test_order() -> None:
    """A position covers another only if it does so in every stream; two join to the least that covers both."""
    here, there = Position(1, 5, 0), Position(2, 4, 0)
    assert not here.covers(there)
    assert not there.covers(here)
    assert here.joined(there) == Position(2, 5, 0)
    assert here.joined(there).covers(here)
    assert here.moved(2, 7) == Position(1, 5, 7)
