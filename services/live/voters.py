"""Whose ballot is in the ledger, by poll, for the seat map of the desk and of the hall; never how they voted. No IO."""

import sys

from services.wire import BallotsReceived, PollChanged, PollState, ReceivedFrom, StreamEvent

# Once a result is declared or annulled nobody asks any more who is still to vote.
_ASKED: frozenset[PollState] = frozenset({"announced", "open", "held", "closing", "closed"})


class Voters:
    """The voters of the polls under way, in the order in which their ballots came; and those not yet told of."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, None]] = {}
        self._new: dict[str, list[str]] = {}

    def hear(self, event: StreamEvent) -> None:
        """Keep whose first ballot came, and forget polls that are decided."""
        if isinstance(event, BallotsReceived):
            # The same ids in every poll of a sitting.
            voters = [sys.intern(voter) for voter in event.voters]
            self._of.setdefault(event.poll, {}).update(dict.fromkeys(voters))
            self._new.setdefault(event.poll, []).extend(voters)
        elif isinstance(event, PollChanged) and event.state not in _ASKED:
            self._of.pop(event.poll, None)
            self._new.pop(event.poll, None)

    def new(self, poll: str) -> list[ReceivedFrom]:
        """Those not told of before; nothing if there are none."""
        voters = self._new.pop(poll, None)
        return [ReceivedFrom(poll=poll, voters=tuple(voters))] if voters else []

    def whole(self) -> list[ReceivedFrom]:
        """All so far, of every poll under way."""
        return [ReceivedFrom(poll=poll, voters=tuple(voters)) for poll, voters in self._of.items()]
