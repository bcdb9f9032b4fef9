"""PostgreSQL's protocol as far as it takes to see each durable step: what is about to be committed, and that it is.

A step is a COMMIT of a transaction that has written, or the end of a statement that writes by itself. At each one a
Hand may do something: before it is passed on (the commit is lost) or when the store has answered and nobody has been
told (the commit is kept, its answer is lost).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tests.faults.wire import Line

_WRITES = re.compile(
    r"(?is)\b(insert\s+into|delete\s+from)\s+(\w+)|\bupdate\s+(\w+)(?:\s+(?:as\s+)?\w+)?\s+set\s+(\w+)"
)
# What the lines and messages being written say they are.
_KINDS = re.compile(rb'"(?:kind|type|act)":"([a-z.]{3,24})"')
_NAME = re.compile(rb"application_name\0plenary ([a-z]+)\0")
_LONGEST = 8_192
_SPECIAL = frozenset({80877102, 80877103, 80877104})


@dataclass(frozen=True, slots=True)
class Step:
    """A durable step: of which service, and what it writes. `line`: the connection on which it is asked for."""

    service: str
    what: str
    line: Line

    @property
    def name(self) -> str:
        """What tells steps of one kind from those of another."""
        return f"{self.service}: {self.what}"


class Hand(Protocol):
    """May do something at a step; whatever it raises (Gone) ends the connection."""

    async def before(self, step: Step) -> None:
        """The step is asked for and not yet passed on."""

    async def after(self, step: Step) -> None:
        """The store has answered; nobody has been told."""


@dataclass
class PgTalk:
    """One connection to PostgreSQL."""

    line: Line
    hand: Hand
    service: str = ""
    _in: bytes = b""
    _out: bytes = b""
    _started: bool = False
    _statements: dict[bytes, str] = field(default_factory=dict)
    _in_transaction: bool = False
    _writes: dict[str, None] = field(default_factory=dict)
    _current: str = ""
    _waiting: Step | None = None
    _held: bytes = b""

    # --- From the service ----------------------------------------------------------------------------------------

    async def up(self, data: bytes) -> bytes:
        """Whole messages only; a step waits here for the hand."""
        self._in += data
        on = b""
        for kind, message in self._messages():
            step = self._step(kind, message[5:])
            if step is not None:
                await self.hand.before(step)
                self._waiting = step
            on += message
        return on

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        while True:
            start = 1 if self._started else 0
            if len(self._in) < start + 4:
                return
            end = start + int.from_bytes(self._in[start : start + 4], "big")
            if len(self._in) < end:
                return
            message, self._in = self._in[:end], self._in[end:]
            if not self._started:
                self._begin(message)
                yield b"", message
            else:
                yield message[:1], message

    def _begin(self, message: bytes) -> None:
        self._started = int.from_bytes(message[4:8], "big") not in _SPECIAL
        found = _NAME.search(message)
        self.service = found[1].decode() if found else "desk"

    def _step(self, kind: bytes, said: bytes) -> Step | None:
        """The durable step that this message asks for, if it does."""
        match kind:
            case b"P":
                name, text, _ = said.split(b"\0", 2)
                self._statements[name] = text.decode(errors="replace")
            case b"B":
                self._note(self._statements.get(said.split(b"\0", 2)[1], ""), said)
            case b"Q":
                return self._asked(said.rstrip(b"\0").decode(errors="replace"))
            case b"S" if not self._in_transaction:
                return self._taken()
            case _:
                pass
        return None

    def _asked(self, text: str) -> Step | None:
        """BEGIN, COMMIT, ROLLBACK, or a statement without arguments."""
        self._note(text, b"")
        word = text.strip()[:8].upper()
        if word.startswith("ROLLBACK"):
            self._writes.clear()
        return self._taken() if word.startswith("COMMIT") or not self._in_transaction else None

    def _note(self, text: str, said: bytes) -> None:
        for verb, table, changed, column in _WRITES.findall(text):
            self._writes.setdefault(
                f"{verb.split()[0].lower()} {table}" if table else f"update {changed} {column}"
            )
        # The evidence of a whole poll says everything.
        if "insert into" in text.lower() and len(said) < _LONGEST:
            for name in dict.fromkeys(_KINDS.findall(said)):
                self._writes.setdefault(name.decode())

    def _taken(self) -> Step | None:
        what, self._writes = ", ".join(self._writes), {}
        return Step(self.service, what, self.line) if what else None

    # --- From the store ------------------------------------------------------------------------------------------

    async def down(self, data: bytes) -> bytes:
        """The answer to a step is held until it is whole and the hand has let it go."""
        self._out += data
        on, self._held = self._held, b""
        while len(self._out) >= 1:
            size = self._size()
            if size is None:
                break
            message, self._out = self._out[:size], self._out[size:]
            on += message
            if message[:1] == b"Z":
                self._in_transaction = message[5:6] != b"I"
                step, self._waiting = self._waiting, None
                if step is not None:
                    await self.hand.after(step)
        if self._waiting is not None:
            on, self._held = b"", on
        return on

    def _size(self) -> int | None:
        """The length of the next whole message. The answer to a request for encryption is one byte."""
        if not self._started:
            return 1
        if len(self._out) < 5:
            return None
        size = 1 + int.from_bytes(self._out[1:5], "big")
        return size if len(self._out) >= size else None
