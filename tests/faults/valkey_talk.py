"""Looks at a connection to Valkey: each step that changes a stream or a group, and what a group is given to read."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import resp
from tests.faults.pg_talk import Hand, Step
from tests.faults.resp import Value
from tests.faults.wire import Line

# Changes what a lost message would lose: the publisher's scripts, an acknowledgement.
_STEPS = {b"EVALSHA": 3, b"EVAL": 3, b"XADD": 1, b"XACK": 1, b"XGROUP": 2, b"XTRIM": 1}
# The stream, its entries; what a group is given instead.
Given = Callable[[bytes, Value], Value]


def as_given(_: bytes, entries: Value) -> Value:
    """What a group is given to read, unchanged."""
    return entries


@dataclass
class ValkeyTalk:
    """One connection. `given`: what becomes of the entries that a group is given."""

    line: Line
    hand: Hand
    given: Given = as_given
    _in: bytes = b""
    _out: bytes = b""
    _last: bytes = b""
    _read: bytes = b""
    _waiting: Step | None = None

    async def up(self, data: bytes) -> bytes:
        """Whole commands only; a step waits here for the hand."""
        self._in += data
        on, end = b"", 0
        while (found := resp.read(self._in, end)) is not None:
            command, end = found
            words = resp.words(command)
            self._last = words[0].upper() if words else b""
            if self._last == b"XREADGROUP":
                # Of which group, and which stream: the last but one is the stream's name.
                self._read = words[2] + b" " + words[-2]
            step = self._step(words)
            if step is not None:
                await self.hand.before(step)
                self._waiting = step
            on += command.raw
        self._in = self._in[end:]
        return on

    def _step(self, words: list[bytes]) -> Step | None:
        place = _STEPS.get(self._last)
        if place is None or len(words) <= place or (self._last.startswith(b"EVAL") and _only_asks(words)):
            return None
        stream = words[place].rpartition(b"}:")[2].decode(errors="replace")
        return Step("stream", f"{self._last.decode().lower()} {stream}", self.line)

    async def down(self, data: bytes) -> bytes:
        """After a step whoever asked waits for the hand; what a group is given may be changed."""
        step, self._waiting = self._waiting, None
        if step is not None:
            await self.hand.after(step)
        if self._last != b"XREADGROUP":
            rest, self._out = self._out + data, b""
            return rest
        self._out += data
        on, end = b"", 0
        while (found := resp.read(self._out, end)) is not None:
            value, end = found
            on += self._changed(value).raw
        self._out = self._out[end:]
        return on

    def _changed(self, value: Value) -> Value:
        for entries in resp.entries_of(value):
            value = resp.mapped(value, entries, self.given(self._read, entries))
        return value


def _only_asks(words: list[bytes]) -> bool:
    """Of scripts with a stream and the term of who leads it, who adds nothing asks where it stands; so do the screens,
    of all streams of a meeting. Of scripts of work, who reads it asks whether it was held against the journal, and who
    begins to lead what there is, from a place on."""
    keys = words[3 : 3 + int(words[2])]
    if keys[0].endswith(b":held"):
        return len(words) > 7
    if keys[-1].endswith(b":puts"):
        return words[4 + len(keys)][:1] in (b"-", b"(")
    return words[2] not in (b"1", b"2") or len(words) < (9 if words[2] == b"2" else 6)
