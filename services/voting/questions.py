"""The questions being asked, kept in memory: a definition never changes once it is signed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from services.kit.problem import NotReady
from services.roster.keyring import Keyring
from services.roster.rolls import RollInForce, Rolls
from services.rules import ballot as rules
from services.rules.ballot import Holder, Question
from services.rules.jws import b64_decode
from services.voting.errors import PollNotOpen, PollUnknown
from services.voting.poll_row import PollRow
from services.voting.store import Store
from services.wire import PollDefinition

KEPT = 512
KEPT_ROLLS = 64
LOOK_SECONDS = 0.05

K = TypeVar("K")
V = TypeVar("V")

_definitions = msgspec.json.Decoder(PollDefinition)


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll that was opened: where it is kept, what it asks, and who holds which key."""

    no: int
    poll: str
    ledger: int
    meeting: str
    body: str
    question: Question
    roll: RollInForce
    holder_of: Callable[[str], Holder]


class Questions:
    """Opened polls by id."""

    def __init__(self, store: Store, rolls: Rolls, keyring: Keyring) -> None:
        self._store = store
        self._rolls = rolls
        self._keyring = keyring
        self._asked: dict[str, Asked] = {}
        self._loading: dict[str, asyncio.Task[Asked]] = {}
        self._looks: dict[str, asyncio.Task[None]] = {}
        self._kept_rolls: dict[tuple[str, str], tuple[RollInForce, frozenset[str]]] = {}

    async def asked(self, poll: str) -> Asked:
        """The question of a poll. Raises PollUnknown, and PollNotOpen before it was ever opened.

        The first ballots of a poll come all at once: they share one reading.
        """
        found = self._asked.get(poll)
        if found is not None:
            return found
        loading = self._loading.get(poll)
        if loading is None:
            loading = self._loading[poll] = asyncio.create_task(self._find(poll))
            loading.add_done_callback(lambda _: self._loading.pop(poll))
        return await asyncio.shield(loading)

    def must_stand(self, asked: Asked, definition: str) -> None:
        """Raise NotReady, and forget the question, unless the poll that stands under its number asks this one.

        To be asked under the ledger's lock. A database that lost its last commits may have another poll there by now,
        or another question: whoever sends the same again finds what there is.
        """
        if asked.question.hash != definition:
            self._asked.pop(asked.poll, None)
            raise NotReady(what="question")

    async def look_again(self, asked: Asked) -> None:
        """For what answers another question than the one that is remembered: raise NotReady, and forget it, if that is
        gone. All who ask meanwhile share one look, and nobody makes us look more often."""
        look = self._looks.get(asked.poll)
        if look is None:
            look = self._looks[asked.poll] = asyncio.create_task(self._look(asked))
            look.add_done_callback(lambda _: self._looks.pop(asked.poll))
        await asyncio.shield(look)

    async def _look(self, asked: Asked) -> None:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            stands = (await self._store.poll(asked.poll)).row["definition"]
        except PollUnknown:
            stands = ""
        self.must_stand(asked, stands)

    async def load(self, poll: PollRow) -> Asked:
        """The question of a stored poll. Raises PollNotOpen."""
        row = poll.row
        if not row["definition"]:
            raise PollNotOpen
        roll, voters = await self._roll(row["meeting"], row["roll"])
        body = str(row["body"])
        if self._keyring.epoch(body) < 0:
            await self._keyring.refresh(body)
        asked = Asked(
            no=poll.no,
            poll=row["id"],
            ledger=row["ledger"],
            meeting=row["meeting"],
            body=body,
            question=rules.question(read_definition(row["jws"]), row["definition"], voters),
            roll=roll,
            holder_of=lambda thumbprint: self._keyring.holder(body, thumbprint),
        )
        _keep(self._asked, asked.poll, asked, KEPT)
        return asked

    async def _find(self, poll: str) -> Asked:
        return await self.load(await self._store.poll(poll))

    async def _roll(self, meeting: str, sha256: str) -> tuple[RollInForce, frozenset[str]]:
        """A roll and who is on it; the polls of a sitting share one."""
        found = self._kept_rolls.get((meeting, sha256))
        if found is None:
            roll = await self._rolls.by_hash(meeting, sha256)
            found = roll, frozenset(entry.member for entry in roll.roll.entries)
            _keep(self._kept_rolls, (meeting, sha256), found, KEPT_ROLLS)
        return found


def _keep(kept: dict[K, V], key: K, value: V, most: int) -> None:
    """Keep one more, and of those that were kept at most so many: the oldest goes."""
    if len(kept) >= most:
        kept.pop(next(iter(kept)))
    kept[key] = value


def read_definition(compact: bytes) -> PollDefinition:
    """What a stored definition says; its signature was verified when it was stored."""
    return _definitions.decode(b64_decode(compact.split(b".")[1]))
