"""What happened, as seen from outside: every request with its answer, what was to be seen meanwhile, what was left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from services.rules.jws import PublicKey

BALLOT, ACT, FLOOR = "ballot", "act", "floor"
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
        return self.status in (200, 201)

    @property
    def told(self) -> bool:
        """Whether the answer says if it was done."""
        return self.status not in OPEN_STATUSES


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What was to be seen between two moments. `of`: `poll`, `ledger`, `floor ledger` or `hall`; `body` as it came."""

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
    log of the turns.
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
