"""The order of things when members are invited to enrol a key."""

import asyncio
from collections.abc import Sequence

from services.kit.clock import Clock
from services.signing import invite
from services.signing.books import Opens
from services.signing.errors import InviteeUnknown
from services.wire import Invite

_HOUR_MS = 3_600_000
# A member just added is known here a moment later, over the stream: try this often before refusing.
_TRIES = 40
_INTERVAL_SECONDS = 0.05


class InviteDesk:
    """Hands out codes."""

    def __init__(self, store: Opens, clock: Clock, invite_hours: int, tries: int = _TRIES) -> None:
        self._store = store
        self._clock = clock
        self._life_ms = invite_hours * _HOUR_MS
        self._tries = tries

    async def invite(self, body: str, members: Sequence[str], by: str) -> list[Invite]:
        """Fresh codes for these members, in their order; older unused ones are cancelled.

        Raises InviteeUnknown.
        """
        for _ in range(self._tries - 1):
            try:
                return await self._invite(body, members, by)
            except InviteeUnknown:
                await asyncio.sleep(_INTERVAL_SECONDS)
        return await self._invite(body, members, by)

    async def _invite(self, body: str, members: Sequence[str], by: str) -> list[Invite]:
        now = self._clock()
        expires_at = now + self._life_ms
        codes = {member: invite.fresh_code() for member in members}
        hashes = {member: invite.fingerprint(code) for member, code in codes.items()}
        async with self._store.transaction() as books:
            # 1. Only members of this body; two who invite the same member follow one another.
            known = await books.lock_members(body, list(codes))
            for member in codes:
                if member not in known:
                    raise InviteeUnknown(member=member)
            # 2. A member has one code at a time, and we keep but its hash.
            await books.cancel_invites(body, list(codes), now)
            await books.add_invites(body, hashes, by, now, expires_at)
        # 3. Committed. If this answer is lost, nobody has the codes: inviting again cancels them.
        return [Invite(member=member, code=code, expires_at=expires_at) for member, code in codes.items()]
