"""What happened, as seen from outside: every request with its answer, what was to be seen meanwhile, what was left."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from services.rules.jws import PublicKey

BALLOT, ACT, FLOOR = "ballot", "act", "floor"
# A ballot begun at a signing service; what was prepared for a person to sign; what they signed; minutes asked for.
INTENT, BEGUN, SIGNATURE, MINUTES_ASKED = "intent", "begun", "signature", "minutes"
# What the server said when it was asked for a voter's receipts, not when it was given a ballot.
RECEIPT = "receipt"
# What says nothing about whether it was done.
OPEN_STATUSES = frozenset({0, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Sent:
    """One try of one request. `began` and `ended` are our own count of moments; `status` 0: no whole answer came.

    `kind`: what it is; `name`: which act; `about`: the poll, or the floor's meeting; `final`: sent when all was quiet.
    """

    kind: str
    who: str
    about: str
    raw: bytes
    began: int
    ended: int
    status: int
    body: bytes
    name: str = ""
    final: bool = False

    @property
    def taken(self) -> bool:
        """Whether it was acknowledged."""
        return self.status in (200, 201, 202)

    @property
    def told(self) -> bool:
        """Whether the answer says if it was done."""
        return self.status not in OPEN_STATUSES


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What was to be seen between two moments, as it came. `of`: `poll`, `ledger`, `floor ledger`, `hall` or
    `signatures`."""

    of: str
    about: str
    began: int
    ended: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Left:
    """What is left in the end.

    `ledger`, `floor`: ledger files. `polls`, `results`: JSON by poll. `papers`: by poll, its files by name. `hall`: a
    Snapshot. `streams`: by service, (id, message) in order. `sheets`: by poll, the text of its PDF. `turns`: the sealed
    log of the turns. `signed`: by the id of a paper that persons signed, who did (SignaturesShown), its file and both
    files of its signed edition, by name; `minutes`: every edition (a list of MinutesNotice), and the first one's file.
    `time_trust`: whose word counts for time.
    """

    ledger: bytes
    floor: bytes
    polls: Mapping[str, bytes]
    results: Mapping[str, bytes]
    papers: Mapping[str, Mapping[str, bytes]]
    sheets: Mapping[str, str]
    hall: bytes
    streams: Mapping[str, list[tuple[str, bytes]]]
    trust: bytes
    turns: bytes
    signed: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    minutes: tuple[bytes, bytes] = (b"[]", b"")
    time_trust: bytes = b""


@dataclass(frozen=True, slots=True)
class History:
    """A run. `keys`: who holds which key, by thumbprint; `log_key`, `floor_key`: the ledgers' own."""

    meeting: str
    keys: Mapping[str, tuple[str, PublicKey]]
    log_key: str
    floor_key: str
    sent: tuple[Sent, ...]
    glimpses: tuple[Glimpse, ...]
    left: Left

    def ballots(self) -> list[Sent]:
        """Every try of every ballot."""
        return [each for each in self.sent if each.kind == BALLOT]

    def receipts(self) -> list[Sent]:
        """Every receipt that somebody holds."""
        return [each for each in self.sent if each.kind in (BALLOT, RECEIPT) and each.taken]

    def begun(self) -> dict[tuple[str, str], dict[str, bool]]:
        """By voter and poll, what was to be signed at a service: each signing input, and if it was acknowledged."""
        found: dict[tuple[str, str], dict[str, bool]] = {}
        for each in self.sent:
            if each.kind == INTENT:
                words = str(json.loads(each.raw)["input"])
                mine = found.setdefault((each.who, each.about), {})
                mine[words] = mine.get(words, False) or each.taken
        return found


@dataclass
class Notebook:
    """Writes a history down while it happens."""

    sent: list[Sent] = field(default_factory=list)
    glimpses: list[Glimpse] = field(default_factory=list)
    _moments: "count[int]" = field(default_factory=lambda: count(1))

    def now(self) -> int:
        """A moment later than all before."""
        return next(self._moments)

    def taken(self, kind: str) -> int:
        """How many requests of a kind were acknowledged so far, each once."""
        return len({each.raw for each in self.sent if each.kind == kind and each.taken})
