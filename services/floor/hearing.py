"""What the server has heard so far, as one number: a refusal that rests on it is looked at again only when it grows."""

import asyncio

from services.floor.store import Store
from services.roster.keyring import LOOK_SECONDS


class Hearing:
    """Waits for news of meetings: presence, agendas, rolls, roles, keys."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looks: dict[str, asyncio.Task[int]] = {}

    async def look(self, meeting: str) -> int:
        """How many pieces of news have been heard of a meeting and its body, a moment from now. All who ask within
        that moment share one look: hopeless acts cost themselves a wait, and the store one read."""
        look = self._looks.get(meeting)
        if look is None:
            look = self._looks[meeting] = asyncio.create_task(self._look(meeting))
        return await asyncio.shield(look)

    async def _look(self, meeting: str) -> int:
        await asyncio.sleep(LOOK_SECONDS)
        # Whoever asks from here on may wait for news that this read is too early for.
        del self._looks[meeting]
        return await self._store.heard(meeting)
