"""Who is next, picked by hand one after the other: each order of speakers in the words in which people ask for it.

Written beside the product, on plain JSON; slow, and without any of its tricks.
"""

from fractions import Fraction
from typing import Any

Json = dict[str, Any]


def queue(floor: Any, lane: Json) -> list[Json]:
    """All who wait in a lane, next first: as arranged by the desk, then whoever the algorithm picks next, and so on."""
    waiting = sorted(floor.waiting(lane), key=lambda each: each["number"])
    by_id = {each["id"]: each for each in waiting}
    line = [by_id[each] for each in lane["arranged"] if each in by_id]
    rest = [each for each in waiting if each not in line]
    turns = [
        each for each in floor.turns.values() if each["item"] == lane["item"] and each["state"] != "dropped"
    ]
    speeches = [each for each in turns if each["lane"] == lane["lane"] and each["role"] == "speech"]
    while rest:
        chosen = _next(floor, lane, rest, [*speeches, *line], turns)
        rest.remove(chosen)
        line.append(chosen)
    return line


def _next(floor: Any, lane: Json, rest: list[Json], heard: list[Json], turns: list[Json]) -> Json:
    match lane["rules"]["order"]:
        case "alternating":
            return _other_side(rest, heard)
        case "groups":
            spent = floor.spent_groups(lane)
            return _least(rest, heard, lane, lambda each: each["group"], spent)
        case "quoted":
            name = lane["rules"]["quoted_by"]
            return _least(rest, heard, lane, lambda each: _value(floor, each, name), set())
        case "fewest_turns":
            return min(rest, key=lambda each: (sum(who(one) == who(each) for one in heard), each["number"]))
        case "askers_first":
            asked = {who(each) for each in turns if each["lane"] == "question" and each["role"] == "speech"}
            return min(rest, key=lambda each: (who(each) not in asked, each["number"]))
        case _:
            return rest[0]


def _other_side(rest: list[Json], heard: list[Json]) -> Json:
    """The side that did not speak last; who takes no side when all who wait registered later."""
    earliest = rest[0]
    if earliest["stance"] == "other":
        return earliest
    sides = [each["stance"] for each in heard if each["stance"] != "other"]
    if not sides:
        return earliest
    due = "against" if sides[-1] == "for" else "for"
    return next((each for each in rest if each["stance"] == due), None) or earliest


def _least(rest: list[Json], heard: list[Json], lane: Json, side_of: Any, spent: set[str]) -> Json:
    """The side with the fewest speeches for its share, sides without time last; in a side as registered."""

    def key(each: Json) -> tuple[bool, Fraction, int]:
        side = side_of(each)
        had = sum(side_of(one) == side for one in heard)
        return side in spent, Fraction(had, lane["rules"]["shares"].get(side, 1)), each["number"]

    return min(rest, key=key)


def _value(floor: Any, each: Json, name: str) -> str:
    if name == "group":
        return str(each["group"])
    return str(floor.roll.get(each["member"], {"attributes": {}})["attributes"].get(name, ""))


def who(each: Json) -> tuple[str, str]:
    """A member, or a guest by name."""
    return (each["member"], "") if each["member"] else ("", each["name"])
