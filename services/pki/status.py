"""The status of certificates, remembered: slow questions beside the ballots' path, quick answers.

What is remembered is remembered of one certificate, under one version of the trust anchors, for one purpose. Good is
good until the first of what says so runs out, and never longer than a few minutes; unknown is asked again soon.
"""

import asyncio

from services.kit.clock import Clock
from services.pki.inquiry import Inquirer, Key, Question, Status

LONGEST_MEMORY = 20_000


class StatusBook:
    """Asks, and remembers. One for each worker."""

    def __init__(self, inquirer: Inquirer, clock: Clock) -> None:
        self._inquirer = inquirer
        self._clock = clock
        self._known: dict[Key, Status] = {}
        self._asking: dict[tuple[Key, int], asyncio.Task[Status]] = {}

    def remembered(self, question: Question) -> Status | None:
        """What is known at this moment, without asking anybody."""
        known, now = self._known.get(question.key), self._clock()
        # A clock that was set back makes what was checked "later" worth nothing.
        return known if known is not None and known.checked_at <= now < known.expires_at else None

    async def status(self, question: Question) -> Status:
        """What is known, or is found out now; two who ask the same ask once.

        Raises what paths.build raises: a path that is not good has no status.
        """
        known = self.remembered(question)
        return known if known is not None else await self.ask(question)

    async def ask(self, question: Question) -> Status:
        """Find it out anew, whatever is remembered. Raises as `status`."""
        # Who wants what is newer does not share the answer of who asked before.
        key = question.key, question.newer
        if key not in self._asking:
            task = self._asking[key] = asyncio.create_task(self._ask(question))
            task.add_done_callback(lambda _: self._asking.pop(key))
        return await asyncio.shield(self._asking[key])

    async def _ask(self, question: Question) -> Status:
        status = await self._inquirer.ask(question, self._clock())
        if len(self._known) >= LONGEST_MEMORY:
            self._known.clear()
        self._known[question.key] = status
        return status
