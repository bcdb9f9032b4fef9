"""Who has a live screen now, as far as screens are told. No IO. Times are seconds of a monotonic clock.

Each worker knows its own screens; what all know together comes from outside (`company.py`). Ids go only to screens of
the desk and of observers, which are few, and after the first time only as who came and who went: so what is written
grows with the changes, not with members times screens. All others, a hall of phones, get the count with the heartbeat.
"""

from collections import Counter

from services.wire import Connected, Millis, Role

# So long a member whose last screen went still counts as connected: a reload, a worker that ends, a short gap.
GRACE_SECONDS = 5.0
DESK: frozenset[Role] = frozenset({"secretary", "chair"})
NEAR: frozenset[Role] = DESK | {"observer"}
MEMBERS: frozenset[Role] = frozenset({"secretary", "chair", "delegate"})


class Here:
    """The members who have a screen in this worker, however many each has."""

    def __init__(self) -> None:
        self._screens: Counter[str] = Counter()
        self._went: dict[str, float] = {}

    def come(self, member: str) -> None:
        """One more screen of a member."""
        self._screens[member] += 1
        self._went.pop(member, None)

    def go(self, member: str, now: float) -> None:
        """One screen less."""
        self._screens[member] -= 1
        if not self._screens[member]:
            del self._screens[member]
            self._went[member] = now

    def members(self, now: float) -> frozenset[str]:
        """Who is connected here, or was a moment ago."""
        self._went = {member: at for member, at in self._went.items() if now - at < GRACE_SECONDS}
        return frozenset(self._screens) | frozenset(self._went)


class Everywhere:
    """What screens have been told of who is connected; None while nobody can know."""

    def __init__(self) -> None:
        self._members: frozenset[str] | None = None
        self._at: Millis = 0

    def learn(self, members: frozenset[str] | None, at: Millis) -> Connected | None:
        """What near screens are told of what is known now (`at`); None if it is what they were told before."""
        before, self._members, self._at = self._members, members, at
        if members == before:
            return None
        if members is None or before is None:
            return self.whole()
        came, went = members - before, before - members
        if len(came) + len(went) >= len(members):
            return self.whole()
        return Connected(at=at, count=len(members), came=tuple(sorted(came)), went=tuple(sorted(went)))

    def whole(self) -> Connected:
        """All of it, for a near screen that joins."""
        members = None if self._members is None else tuple(sorted(self._members))
        return Connected(at=self._at, count=self._count(), members=members)

    def counted(self) -> Connected:
        """The count alone, for everybody else."""
        return Connected(at=self._at, count=self._count())

    def _count(self) -> int | None:
        return None if self._members is None else len(self._members)
