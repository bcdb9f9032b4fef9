"""How many screens one person follows with in one worker: beyond that, the oldest make room for the newest.

Whoever has a good token could otherwise fill the hall with screens that nobody looks at. The newest stays, because a
phone that comes back is the newest, whoever else has its token.
"""

from services.live.screen import Screen

# A person has a phone and perhaps two other screens; the screens on the walls may share one observer.
MOST = 100
Person = tuple[str, str]


class OwnScreens:
    """The screens in this worker, by person (body, member), the oldest first."""

    def __init__(self) -> None:
        self._of: dict[Person, dict[Screen, None]] = {}

    def come(self, person: Person, screen: Screen, last_words: bytes) -> None:
        """One more; if there are too many now, the oldest ends with these words."""
        own = self._of.setdefault(person, {})
        own[screen] = None
        if len(own) > MOST:
            oldest = next(iter(own))
            del own[oldest]
            oldest.dismiss(last_words)

    def go(self, person: Person, screen: Screen) -> None:
        """One less."""
        own = self._of[person]
        own.pop(screen, None)
        if not own:
            del self._of[person]
