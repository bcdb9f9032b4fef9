"""The protocol of Redis (RESP2 and RESP3) as far as it takes to cut a stream of bytes into whole values, and to write
them again in another order."""

from dataclasses import dataclass
from typing import Any

_AGGREGATES = b"*~>%"


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its bytes as they came; of an aggregate also its parts (of a map key, value, key, value …)."""

    raw: bytes
    parts: tuple["Value", ...] = ()

    @property
    def kind(self) -> bytes:
        """The first byte."""
        return self.raw[:1]

    @property
    def text(self) -> bytes:
        """What a string holds."""
        return self.raw.split(b"\r\n", 1)[1][:-2] if self.kind in b"$=" else self.raw[1:-2]

    def of(self, parts: tuple["Value", ...]) -> "Value":
        """The same kind of aggregate, of other parts."""
        number = len(parts) // (2 if self.kind == b"%" else 1)
        head = self.kind + str(number).encode() + b"\r\n"
        return Value(head + b"".join(part.raw for part in parts), parts)


def read(data: bytes, at: int = 0) -> tuple[Value, int] | None:
    """The value that begins at `at`, and where it ends; None if it is not whole yet."""
    end = data.find(b"\r\n", at)
    if end < 0:
        return None
    kind, number = data[at : at + 1], data[at + 1 : end]
    end += 2
    if kind in b"$=!":
        last = end if number == b"-1" else end + int(number) + 2
        return (Value(data[at:last]), last) if last <= len(data) else None
    if kind not in _AGGREGATES or number == b"-1":
        return Value(data[at:end]), end
    parts: list[Value] = []
    for _ in range(int(number) * (2 if kind == b"%" else 1)):
        found = read(data, end)
        if found is None:
            return None
        part, end = found
        parts.append(part)
    return Value(data[at:end], tuple(parts)), end


def words(command: Value) -> list[bytes]:
    """A command as its words."""
    return [part.text for part in command.parts]


def entries_of(value: Value) -> list[Any]:
    """Every list of stream entries in a value, `[[id, [field, value …]] …]`, wherever it stands."""
    if value.parts and all(_is_entry(part) for part in value.parts):
        return [value]
    return [found for part in value.parts for found in entries_of(part)]


def _is_entry(value: Value) -> bool:
    return len(value.parts) == 2 and b"-" in value.parts[0].text and bool(value.parts[1].parts)


def mapped(value: Value, old: Value, new: Value) -> Value:
    """The value with `new` in place of `old`."""
    if value is old:
        return new
    if not value.parts:
        return value
    return value.of(tuple(mapped(part, old, new) for part in value.parts))
