"""Certificates of other authorities behind ballots, asked about again after the cut: what becomes of those ballots.

A link is a credential of our own authority for a key that another authority certified, too; its certificate says so.
After the cut every link that has cast a ballot is asked about with what is known later than that, and a line of the
ledger says what was found. A ballot cast when the certificate behind its key was revoked already does not count,
whatever the question says; of those that nobody can tell about, the signed question decides. When a ballot was cast is
the ledger's word: the time in a signature is its signer's own. Times in milliseconds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec import UNSET, UnsetType

from services.rules import jws
from services.rules.ballot import Holder
from services.rules.extract import Placed
from services.rules.fold import History
from services.rules.proof_errors import RecheckWrong
from services.rules.tally import Cast
from services.wire import BallotCast, PollDefinition, PollRechecked, RecheckCounts, Rechecked, UnknownStatus

# Clocks of authorities and of the house differ, and theirs show whole seconds.
TOLERANCE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Stood:
    """A ballot as it stands in the ledger: whose, its hash, with which credential, when."""

    voter: str
    sha256: str
    thumbprint: str
    at: int


@dataclass(frozen=True, slots=True)
class Noted:
    """What is to be said of a voter's last ballot: why, and whether it was excluded."""

    why: Literal["revoked", "unknown"]
    excluded: bool
    found: Rechecked


@dataclass(frozen=True, slots=True)
class Weighed:
    """What became of the ballots: the hashes of those that do not count, what is said of whom, and the figures."""

    excluded: frozenset[str] = frozenset()
    noted: Mapping[str, Noted] = field(default_factory=dict)
    counts: RecheckCounts | UnsetType = UNSET


NOTHING = Weighed()


def matter(told: Literal["wanted", "found"], definition: str, cut: int) -> str:
    """What an envelope between voting and signing is about: what is told of which question, after which cut."""
    return f"recheck.{told} {definition} {cut}"


def links(holders: Mapping[str, Holder], signers: Collection[str]) -> tuple[str, ...]:
    """Those of the signers that are links, in order of thumbprint."""
    return tuple(sorted(each for each in set(signers) if (one := holders.get(each)) and one.linked))


def read(
    history: History, definition: PollDefinition, cast: Sequence[Cast], holders: Mapping[str, Holder]
) -> Weighed:
    """What becomes of the ballots of a poll, by its own lines. Raises RecheckWrong."""
    if not may_weigh(history, holders):
        return NOTHING
    stood = [stands(placed, one) for placed, one in zip(history.ballots, cast, strict=True)]
    return judge(history, definition, stood, links(holders, [each.thumbprint for each in stood]))


def may_weigh(history: History, holders: Mapping[str, Holder]) -> bool:
    """Whether there is anything to weigh: some key is a link, or the ledger says that one was asked about."""
    return history.rechecked is not None or any(each.linked for each in holders.values())


def judge(
    history: History, definition: PollDefinition, stood: Sequence[Stood], asked: Sequence[str]
) -> Weighed:
    """What becomes of these ballots; `asked`: all links that have cast any. Raises RecheckWrong."""
    if history.rechecked is None:
        if asked:
            raise RecheckWrong(what="nobody was asked")
        return NOTHING
    must_be_right(history.rechecked, asked, history.closed.at)
    return weigh(history.rechecked, stood, policy_of(definition))


def policy_of(definition: PollDefinition) -> UnknownStatus:
    """What the question says of ballots whose certificates nobody can tell about; they count if it says nothing."""
    return "count" if isinstance(definition.unknown_status, UnsetType) else definition.unknown_status


def must_be_right(line: PollRechecked, asked: Sequence[str], cut: int) -> None:
    """Raise RecheckWrong unless the line speaks of exactly these links, of each with what its finding needs."""
    _must(bool(asked), "no ballot was cast with a link")
    _must([each.thumbprint for each in line.found] == list(asked), "others than those who cast ballots")
    for each in line.found:
        must_be_founded(each, cut, line.at)


def must_be_founded(found: Rechecked, cut: int, at: int) -> None:
    """Raise RecheckWrong unless a finding that is written down at `at` was asked for after the cut, and is of its kind:
    good by something newer than the cut, revoked by something and since some time, unknown for some reason."""
    _must(found.checked_at + TOLERANCE_MS >= cut, "asked before the cut")
    _must(found.checked_at <= at + TOLERANCE_MS, "asked after it was written down")
    _must(len(set(found.evidence)) == len(found.evidence), "evidence twice")
    revoked, reason = found.revoked_at > 0, bool(found.why)
    match found.kind:
        case "good":
            _must(
                bool(found.evidence and found.outside) and not revoked and not reason, "good without evidence"
            )
            _must(found.known_at + TOLERANCE_MS >= cut, "good by nothing newer than the cut")
        case "revoked":
            founded = bool(found.evidence and found.outside) and found.known_at > 0
            _must(founded and revoked, "revoked without evidence")
        case "unknown":
            _must(reason and not revoked, "unknown without a reason")


def weigh(line: PollRechecked, stood: Sequence[Stood], policy: UnknownStatus) -> Weighed:
    """What becomes of each ballot: an excluded one takes no other's place, so that of a voter who changed their vote
    the last that was good counts."""
    found = {each.thumbprint: each for each in line.found}
    said = [_said(found.get(each.thumbprint), each, policy) for each in stood]
    excluded = frozenset(
        one.sha256 for one, noted in zip(stood, said, strict=True) if noted and noted.excluded
    )
    last = {one.voter: (one, noted) for one, noted in zip(stood, said, strict=True)}
    noted = {voter: noted for voter, (_, noted) in last.items() if noted is not None}
    return Weighed(
        excluded,
        noted,
        RecheckCounts(
            checked=sum(one.thumbprint in found for one, _ in last.values()),
            revoked=sum(each.why == "revoked" for each in noted.values()),
            unknown=sum(each.why == "unknown" for each in noted.values()),
            policy=policy,
        ),
    )


def _said(found: Rechecked | None, ballot: Stood, policy: UnknownStatus) -> Noted | None:
    if found is None or found.kind == "good":
        return None
    if found.kind == "unknown":
        return Noted("unknown", policy == "exclude", found)
    # Revoked later: it was good when the ballot was cast, and that is what counts.
    return Noted("revoked", True, found) if found.revoked_at <= ballot.at else None


def stands(placed: Placed, cast: Cast) -> Stood:
    """A ballot as it stands in the ledger. Raises RecheckWrong for another line."""
    if not isinstance(placed.entry, BallotCast):
        raise RecheckWrong(what="no ballot")
    return Stood(cast.payload.voter, cast.sha256, jws.signer_of(placed.entry.jws), placed.entry.at)


def _must(right: bool, what: str) -> None:
    if not right:
        raise RecheckWrong(what=what)
