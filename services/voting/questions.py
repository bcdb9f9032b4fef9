"""The questions being asked, kept in memory: a definition never changes once it is signed."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from services.rules import ballot as rules
from services.rules.ballot import Holder, Question
from services.rules.jws import b64_decode
from services.voting.errors import PollNotOpen
from services.voting.poll_row import PollRow
from services.voting.rolls import Keyring, RollInForce, Rolls
from services.voting.store import Store
from services.wire import PollDefinition

KEPT = 512

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

    async def asked(self, poll: str) -> Asked:
        """The question of a poll. Raises PollUnknown, and PollNotOpen before it was ever opened."""
        found = self._asked.get(poll)
        return found if found is not None else await self.load(await self._store.poll(poll))

    async def load(self, poll: PollRow) -> Asked:
        """The question of a stored poll. Raises PollNotOpen."""
        row = poll.row
        if not row["definition"]:
            raise PollNotOpen
        roll = await self._rolls.by_hash(row["meeting"], row["roll"])
        definition = read_definition(row["jws"])
        body = str(row["body"])
        if self._keyring.epoch(body) < 0:
            await self._keyring.refresh(body)
        voters = frozenset(entry.member for entry in roll.roll.entries)
        asked = Asked(
            no=poll.no,
            poll=row["id"],
            ledger=row["ledger"],
            meeting=row["meeting"],
            body=body,
            question=rules.question(definition, row["definition"], voters),
            roll=roll,
            holder_of=lambda thumbprint: self._keyring.holder(body, thumbprint),
        )
        if len(self._asked) >= KEPT:
            self._asked.pop(next(iter(self._asked)))
        self._asked[asked.poll] = asked
        return asked


def read_definition(compact: bytes) -> PollDefinition:
    """What a stored definition says; its signature was verified when it was stored."""
    return _definitions.decode(b64_decode(compact.split(b".")[1]))
