"""Requests, turns and lanes for tests of the orders."""

from typing import Any

from msgspec.structs import replace

from services.wire import Lane, LaneRules, SpeakRequest, Stance, Turn

_REQUEST = SpeakRequest(id="r", item="i", lane="speech", member="", name="X", number=0, at=0)
_TURN = Turn(
    id="t", item="i", lane="speech", member="", name="X", planned_ms=None, called_at=0, state="ended"
)


def lane(**rules: Any) -> Lane:
    """The speech lane of an item, by these rules."""
    return Lane(item="i", lane="speech", title="", rules=LaneRules(**rules))


def request(number: int, who: str, group: str = "", stance: Stance = "other") -> SpeakRequest:
    """A request of a member, named `<who><number>`."""
    return replace(_REQUEST, id=f"{who}{number}", number=number, member=who, group=group, stance=stance)


def turn(who: str, **told: Any) -> Turn:
    """A speech of a member that is over; `told` says otherwise."""
    return replace(_TURN, member=who, **told)
