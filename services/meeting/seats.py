"""The hall: each place, whose it is, and whether they are there."""

from collections.abc import Iterable, Mapping

from services.wire import Presence, RollEntry, Seat


def plan(entries: Iterable[RollEntry], presence: Mapping[str, Presence]) -> list[Seat]:
    """The seats in the order of the roll; those without a seat have an empty one."""
    return [
        Seat(
            seat=entry.seat,
            member=entry.member,
            name=entry.name,
            group=entry.group,
            presence=presence.get(entry.member),
        )
        for entry in entries
    ]
