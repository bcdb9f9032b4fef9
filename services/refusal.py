"""The one way in which Plenary says no.

A rule refuses by raising a subclass of `Refused`. The class docstring is the English text, `vi` the Vietnamese one,
`code` the stable word on the wire, `status` the HTTP status (RFC 9110). Everything else that is raised is our own
fault: it is logged, and its text is shown to nobody.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from services.refusal_words import WORDS

REFUSALS: dict[str, type["Refused"]] = {}

Fact = str | int | bool

# The facts that say something, and are not the name or the number of something.
_IN_WORDS = frozenset({"what", "state", "act", "reason", "role", "who", "stances", "place"})
_PLACE = re.compile(r"( \(|: |)\{(\w+)\}(\)?)")
_NUMBER = re.compile(r"\d+")
# Of no language: X.509, RSA 1024, 800 × 900, U+200B.
_SIGNS = re.compile(r"[A-Z0-9][A-Z0-9 .×+#-]*")


class Refused(Exception):
    """The request is refused."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    vi: ClassVar[str] = "Yêu cầu bị từ chối."
    words: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """What its facts are called in Vietnamese, by place, where one word has two meanings; else `refusal_words` says."""
    carries: ClassVar[dict[str, Any]] = {}
    """Members that the problem may have beside its own (RFC 9457 section 3.2), by name and type."""

    def __init__(self, **facts: Fact) -> None:
        """Facts are shown to the caller and fill `{places}` in both texts; never put a secret or a choice there."""
        super().__init__(self.code)
        self.facts = facts
        self.carried: dict[str, Any] = {}

    def carrying(self, **members: Any) -> Self:
        """The refusal with members that its class says it `carries`."""
        self.carried = members
        return self

    def __init_subclass__(cls) -> None:
        """Every subclass with a code of its own is listed, so that `proto/` can list them all."""
        super().__init_subclass__()
        if "code" in cls.__dict__:
            if cls.code in REFUSALS:
                raise TypeError(f"code {cls.code} is taken by {REFUSALS[cls.code].__name__}")
            REFUSALS[cls.code] = cls

    @property
    def text(self) -> str:
        """The Vietnamese text with its facts; one in words that has no Vietnamese is left out, with its colon or
        brackets.
        """
        return _PLACE.sub(self._filled, self.vi)

    @property
    def text_en(self) -> str:
        """The English text with its facts."""
        return " ".join((type(self).__doc__ or "").split()).format_map(_Facts(self.facts))

    def _filled(self, place: re.Match[str]) -> str:
        before, name, after = place.groups()
        if name not in self.facts:
            return place[0]
        fact = self.facts[name]
        tells = isinstance(fact, str) and name in _IN_WORDS
        said = in_vietnamese(str(fact), self.words.get(name, {})) if tells else str(fact)
        if said:
            return f"{before}{said}{after}"
        return "" if before == " (" else after

    def __str__(self) -> str:
        """Code and English text, for logs."""
        return f"{self.code}: {self.text_en}"


class _Facts(dict[str, Fact]):
    """Leaves a place without a fact as it is instead of failing while refusing."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def in_vietnamese(fact: str, words: Mapping[str, str]) -> str:
    """A fact in words as a Vietnamese sentence goes on with it: whole, or each part of a list; "" if one is unknown."""
    known = _known(fact, words)
    if known:
        return known
    for mark in (": ", ", "):
        if mark in fact:
            parts = [in_vietnamese(part, words) for part in fact.split(mark)]
            return mark.join(parts) if all(parts) else ""
    head, bracket, tail = fact.partition(" (")
    said = in_vietnamese(head, words) if bracket else ""
    return f"{said} ({tail}" if said and _SIGNS.fullmatch(tail.removesuffix(")")) else said


def _known(fact: str, words: Mapping[str, str]) -> str:
    if fact in REFUSALS:
        return _clause(REFUSALS[fact].vi)
    said = words.get(fact) or WORDS.get(fact) or WORDS.get(_NUMBER.sub("#", fact), "")
    if "#" in said:
        numbers = iter(_NUMBER.findall(fact))
        return re.sub("#", lambda _: next(numbers), said)
    return said or (fact if _SIGNS.fullmatch(fact) else "")


def _clause(sentence: str) -> str:
    """A refusal's first sentence as part of another's; "" if it tells facts of its own that are not at hand."""
    first = (
        _PLACE.sub(lambda place: "" if place[1] else place[0], sentence).partition(". ")[0].removesuffix(".")
    )
    return "" if "{" in first else first[0].lower() + first[1:] if first[1:2].islower() else first
