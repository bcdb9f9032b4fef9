"""JSON read strictly, and where in the text each value stands: for refusals that name the place.

Refused beyond RFC 8259's grammar: repeated members, numbers that are not whole, NaN, and bytes that are not UTF-8. A
byte order mark is passed over.
"""

import json
import re
from typing import Any

from services.kit.complaint import Complaint

Place = tuple[str | int, ...]

# A file with as many voters as a roll may have, and long texts, is a megabyte.
LARGEST = 16 * 1024 * 1024
MOST_VALUES = 1_000_000
DEEPEST = 64
# Possessive, so that a text is walked once: no part of it is looked at again for another way to match it.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)


class Malformed(Complaint):
    """The file is not what it must be; the text names the place."""


class Places:
    """The lines on which the values of a JSON text begin. Made from text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        """Walk the text once.

        Raises Malformed for a repeated member, a number that is not whole, and more levels or values than any roll
        call has.
        """
        self._lines: dict[Place, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._tokens = _TOKEN.finditer(text)
        self._value((), self._next())

    def refusal(self, place: Place, what: str) -> Malformed:
        """A refusal naming the place; for one that is not in the text, the nearest that is above it."""
        known = place
        while known and known not in self._lines:
            known = known[:-1]
        return Malformed(f"line {self._lines.get(known, 1)}, {shown(place)}: {what}")

    def _next(self) -> str:
        match = next(self._tokens)
        self._line += self._text.count("\n", self._at, match.start())
        self._at = match.start()
        return match.group()

    def _value(self, place: Place, mark: str) -> None:
        self._lines[place] = self._line
        if len(self._lines) > MOST_VALUES:
            raise self.refusal(place, f"more than {MOST_VALUES} values")
        if mark in "{[" and len(place) >= DEEPEST:
            raise Malformed(f"line {self._line}: more than {DEEPEST} levels deep")
        if mark == "{":
            self._object(place)
        elif mark == "[":
            self._list(place)
        elif mark[0] in "-0123456789NI" and not re.fullmatch(r"-?[0-9]{1,18}", mark):
            raise self.refusal(place, f"must be a whole number, not {mark[:40]}")

    def _object(self, place: Place) -> None:
        while (mark := self._next()) != "}":
            if mark == ",":
                mark = self._next()
            inner = (*place, json.loads(mark))
            if inner in self._lines:
                first = self._lines[inner]
                raise Malformed(f"line {self._line}, {shown(inner)}: stands on line {first} already")
            self._next()
            self._value(inner, self._next())

    def _list(self, place: Place) -> None:
        index = 0
        while (mark := self._next()) != "]":
            if mark == ",":
                mark = self._next()
            self._value((*place, index), mark)
            index += 1


def shown(place: Place) -> str:
    """A place as people write it: `$.roll[3].id`, `$.ballots["Đ 1"]`."""
    words = ["$"]
    for step in place:
        if isinstance(step, int):
            words.append(f"[{step}]")
        elif re.fullmatch(r"[A-Za-z_]+", step):
            words.append(f".{step}")
        else:
            words.append(f"[{json.dumps(step[:80], ensure_ascii=not step.isprintable())}]")
    return "".join(words)


def read_json(raw: bytes) -> tuple[Any, Places]:
    """The value in these bytes, and where its parts stand. Raises Malformed; at once if there are more than LARGEST."""
    if len(raw) > LARGEST:
        raise Malformed(f"larger than any roll call: more than {LARGEST} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Malformed(f"line {line}: byte {error.start + 1} is not UTF-8 text") from error
    try:
        # Numbers stay text here: the walk below looks at each and says where the wrong one stands.
        value = json.loads(text, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise Malformed(f"line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from error
    except RecursionError:
        raise Malformed(f"more than {DEEPEST} levels deep") from None
    return value, Places(text)


def _whole(digits: str) -> int:
    # A number of a million digits costs minutes to read; whatever is longer than this is refused by the walk.
    return int(digits) if len(digits) <= 19 else 0
