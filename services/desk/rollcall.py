"""A recorded roll call, read strictly: what is refused is refused before anything is created, with its place.

A file is JSON: `title body date rule options roll ballots`, and if known `title_en chair published source note`.
Text is brought to NFC and its white space folded, as records come from many systems; after that it must be clean,
for it will be shown to voters and printed. Ids that Plenary does not take are given a safe one, made from their hash;
the shown name then ends in the id of the file, so that results can be joined back.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from services.desk.places import LARGEST, Malformed, read_json
from services.desk.rollcall_reader import LONGEST, Reader, Voter
from services.wire import CHOICES, Choice, Counts, Rule


@dataclass(frozen=True, slots=True)
class RollCall:
    """A recorded vote. `ballots` by Plenary's member ids; `chair` is empty if the file names nobody."""

    title: str
    title_en: str
    body: str
    date: date
    rule: Rule
    options: tuple[Choice, ...]
    roll: tuple[Voter, ...]
    ballots: dict[str, Choice]
    chair: str
    published: dict[str, int]
    text: str

    @property
    def counts(self) -> Counts:
        """What the ballots of the file add up to."""
        found = Counter(self.ballots.values())
        return Counts(**{choice: found[choice] for choice in CHOICES})

    def contradictions(self) -> list[str]:
        """Where the published figures differ from those of the file's own ballots, in words."""
        counts = msgspec.to_builtins(self.counts)
        ours = {**counts, "roll": len(self.roll), "participating": len(self.ballots)}
        return [
            f"{name}: published {figure}, by the file's ballots {ours[name]}"
            for name, figure in self.published.items()
            if ours[name] != figure
        ]


def load(path: Path) -> RollCall:
    """The roll call in a file. Raises Malformed, naming the place."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise Malformed(f"{path}: {error.strerror}") from error
    try:
        return parse(raw)
    except Malformed as error:
        raise Malformed(f"{path}: {error}") from error.__cause__


def parse(raw: bytes) -> RollCall:
    """The roll call in these bytes. Raises Malformed, naming the place."""
    value, places = read_json(raw)
    reader = Reader(places)
    top = reader.kind(value, dict, ())
    rule = reader.rule(reader.member(top, "rule", ()))
    options = reader.options(reader.member(top, "options", ()))
    roll = reader.roll(reader.member(top, "roll", ()))
    members = {voter.original: voter.member for voter in roll}
    title = reader.text(reader.member(top, "title", ()), ("title",), longest=20_000)
    return RollCall(
        title=title if len(title) <= LONGEST else title[: LONGEST - 1] + "…",
        title_en=reader.optional(top, "title_en", ())[:LONGEST].rstrip(),
        body=reader.text(reader.member(top, "body", ()), ("body",)),
        date=reader.day(reader.member(top, "date", ())),
        rule=rule,
        options=options,
        roll=roll,
        ballots=reader.ballots(reader.member(top, "ballots", ()), options, members),
        chair=reader.chair(top, members),
        published=reader.published(top.get("published", {})),
        text=title if len(title) > LONGEST else "",
    )
