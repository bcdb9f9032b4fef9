"""Takes the parts of a roll call out of decoded JSON; every refusal names the path and the line."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from services.desk.places import Malformed, Place, Places
from services.meeting.sheet import ROWS_MOST
from services.rules.errors import RuleUnsound, TextUnclean
from services.rules.majority import must_be_sound
from services.rules.text import must_be_legible
from services.wire import CHOICES, Choice, Rule

LONGEST = 500
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_FIGURES = ("roll", "participating", "approve", "reject", "abstain")
_KINDS = {dict: "an object", list: "a list", str: "text", int: "a whole number"}


@dataclass(frozen=True, slots=True)
class Voter:
    """One entry of the roll: the id in the file, the id in Plenary, and the shown name."""

    original: str
    member: str
    name: str
    group: str
    seat: str


class Reader:
    """Reads one file's values, knowing where they stand."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def refuse(self, place: Place, what: str) -> Malformed:
        """The refusal of a value."""
        return self._places.refusal(place, what)

    def kind(self, value: Any, wanted: type, place: Place) -> Any:
        """The value, if it is of that kind (a truth value is no number)."""
        if type(value) is not wanted:
            raise self.refuse(place, f"must be {_KINDS[wanted]}")
        return value

    def member(self, value: dict[str, Any], name: str, place: Place) -> Any:
        """A member that must be there."""
        if name not in value:
            raise self.refuse(place, f"{name!r} is missing")
        return value[name]

    def text(self, value: Any, place: Place, longest: int = LONGEST, *, empty: bool = False) -> str:
        """A text in NFC, its white space folded."""
        text = " ".join(unicodedata.normalize("NFC", self.kind(value, str, place)).split())
        if not text and not empty:
            raise self.refuse(place, "must not be empty")
        if len(text) > longest:
            raise self.refuse(place, f"longer than {longest} characters")
        return self.clean(text, place)

    def clean(self, text: str, place: Place) -> str:
        """The text, if voters may see it."""
        try:
            must_be_legible(text)
        except TextUnclean as error:
            raise self.refuse(place, f"character {error.facts['at']}: {error.facts['what']}") from error
        return text

    def optional(self, value: dict[str, Any], name: str, place: Place) -> str:
        """A text that may be left out."""
        return self.text(value[name], (*place, name), 20_000, empty=True) if name in value else ""

    def day(self, value: Any) -> date:
        """The day of the vote."""
        try:
            return date.fromisoformat(self.kind(value, str, ("date",)))
        except ValueError as error:
            raise self.refuse(("date",), "must be a date like 2025-12-10") from error

    def rule(self, value: Any) -> Rule:
        """The rule, if a vote can pass by it and can fail."""
        try:
            rule = msgspec.convert(value, Rule, strict=True)
            must_be_sound(rule)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$")
            raise self.refuse(_below(("rule",), where.rstrip("`")), what) from error
        except RuleUnsound as error:
            raise self.refuse(("rule", str(error.facts["what"])), "can never be met, or always is") from error
        return rule

    def options(self, value: Any) -> tuple[Choice, ...]:
        """The choices that there were, each once."""
        found: list[Choice] = []
        for at, each in enumerate(self.kind(value, list, ("options",))):
            choice = self.choice(each, ("options", at), CHOICES)
            if choice in found:
                raise self.refuse(("options", at), f"{choice!r} stands twice")
            found.append(choice)
        if "approve" not in found:
            raise self.refuse(("options",), "'approve' is missing")
        return tuple(found)

    def choice(self, value: Any, place: Place, known: tuple[Choice, ...]) -> Choice:
        """One of the known choices."""
        for each in known:
            if value == each:
                return each
        raise self.refuse(place, f"unknown choice {str(value)[:40]!a}")

    def roll(self, value: Any) -> tuple[Voter, ...]:
        """The roll, each id and each seat once."""
        entries = self.kind(value, list, ("roll",))
        if not entries:
            raise self.refuse(("roll",), "there is nobody on the roll")
        if len(entries) > ROWS_MOST:
            raise self.refuse(("roll", ROWS_MOST), f"more than {ROWS_MOST} entries")
        originals = self._originals(entries)
        taken = {each for each in originals if _ID.fullmatch(each)}
        voters = tuple(
            self._voter(entry, original, at, taken)
            for at, (entry, original) in enumerate(zip(entries, originals, strict=True))
        )
        self._once([voter.seat for voter in voters], "seat")
        return voters

    def _originals(self, entries: list[Any]) -> list[str]:
        ids = []
        for at, entry in enumerate(entries):
            place: Place = ("roll", at)
            value = self.member(self.kind(entry, dict, place), "id", place)
            text = unicodedata.normalize("NFC", self.kind(value, str, (*place, "id")))
            if not text:
                raise self.refuse((*place, "id"), "must not be empty")
            ids.append(self.clean(text, (*place, "id")))
        self._once(ids, "id")
        return ids

    def _once(self, values: list[str], name: str) -> None:
        first: dict[str, int] = {}
        for at, value in enumerate(values):
            if value and first.setdefault(value, at) != at:
                raise self.refuse(("roll", at, name), f"{value!r} stands at $.roll[{first[value]}] already")

    def _voter(self, entry: dict[str, Any], original: str, at: int, taken: set[str]) -> Voter:
        place: Place = ("roll", at)
        name = self.text(self.member(entry, "name", place), (*place, "name"))
        group, seat = (
            self.text(entry.get(each, ""), (*place, each), empty=True) for each in ("group", "seat")
        )
        if _ID.fullmatch(original):
            return Voter(original, original, name, group, seat)
        shown = original if len(original) <= 80 else original[:79] + "…"
        named = f"{name[: LONGEST - 3 - len(shown)].rstrip()} ({shown})"
        return Voter(original, _safe_id(original, taken), named, group, seat)

    def ballots(self, value: Any, options: tuple[Choice, ...], members: dict[str, str]) -> dict[str, Choice]:
        """The ballots by member id; `members` maps the ids of the file's roll."""
        cast: dict[str, Choice] = {}
        for name, choice in self.kind(value, dict, ("ballots",)).items():
            original = unicodedata.normalize("NFC", name)
            if original not in members:
                raise self.refuse(("ballots", name), "this person is not on the roll")
            if members[original] in cast:
                raise self.refuse(("ballots", name), "a second ballot of this person")
            cast[members[original]] = self.choice(choice, ("ballots", name), options)
        return cast

    def chair(self, top: dict[str, Any], members: dict[str, str]) -> str:
        """The member who presided, if the file names one."""
        named = top.get("chair", "")
        if named == "":
            return ""
        original = unicodedata.normalize("NFC", self.kind(named, str, ("chair",)))
        if original not in members:
            raise self.refuse(("chair",), "this person is not on the roll")
        return members[original]

    def published(self, value: Any) -> dict[str, int]:
        """The figures that were published."""
        figures = self.kind(value, dict, ("published",))
        for name in _FIGURES:
            if self.kind(figures.get(name, 0), int, ("published", name)) < 0:
                raise self.refuse(("published", name), "must not be negative")
        return {name: figures[name] for name in _FIGURES if name in figures}


def _below(place: Place, path: str) -> Place:
    return (*place, *(part for part in path.split(".") if part))


def _safe_id(original: str, taken: set[str]) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", unicodedata.normalize("NFKD", original).replace("đ", "d")).strip(
        "-"
    )[:32]
    hashed = sha256(original.encode()).hexdigest()
    # Sixteen digits of the hash: a stranger with the file finds the same id again.
    safe = f"{words or 'x'}.{hashed[:16]}"
    while safe in taken:
        safe = f"x.{(hashed := sha256(hashed.encode()).hexdigest())[:16]}"
    taken.add(safe)
    return safe
