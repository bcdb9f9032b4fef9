"""The second road of a great poll, in a process of its own: every ballot line read and verified again, as lines come.

What is kept of a voter is their last ballot; so what is held does not grow with how often votes are changed. The
functions run in that process (see `recounting`); what has been read of a poll is forgotten with it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from services.refusal import Refused
from services.rules import ballot as rules
from services.rules import certified, jws, tally
from services.rules.ballot import CredentialUnknown, Holder, Question
from services.rules.bulk import THREADS
from services.rules.tally import Cast
from services.wire import BallotCast, Counts

# Ballots are taken meanwhile: they go first, and a fifth of the machine is enough to keep up with most of them.
STEP_BACK = 5

_ballots = msgspec.json.Decoder(BallotCast)


class Packed(msgspec.Struct, frozen=True):
    """A Holder on its way to the process: its key as SubjectPublicKeyInfo (DER)."""

    thumbprint: str
    member: str
    key: bytes
    not_before: int
    not_after: int
    linked: bool


@dataclass(frozen=True, slots=True)
class Recounted:
    """What the lines come to: the counts, each voter's ballot that counts, and whether links have cast any of them."""

    counts: Counts
    last: dict[str, Cast]
    by_links: bool


@dataclass(slots=True)
class _Road:
    """How far a poll has been read. `wrong`: why it cannot be counted at all."""

    asked: Question
    holders: dict[str, Holder] = field(default_factory=dict)
    last: dict[str, Cast] = field(default_factory=dict)
    by_links: bool = False
    wrong: str = ""


_roads: dict[str, _Road] = {}


def pack(holder: Holder) -> Packed:
    """A holder, to be handed over."""
    key = holder.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Packed(
        holder.thumbprint, holder.member, key, holder.not_before, holder.not_after, linked=holder.linked
    )


def equip() -> None:
    """Step back behind those who take ballots."""
    os.nice(STEP_BACK)


def begin(poll: str, asked: Question) -> None:
    """Read a poll from its first ballot on."""
    _roads[poll] = _Road(asked)


def learn(poll: str, holders: Sequence[Packed]) -> None:
    """Take up keys that ballots of the poll are signed with."""
    _roads[poll].holders |= {one.thumbprint: _unpacked(one) for one in holders}


def read(poll: str, lines: Sequence[bytes]) -> list[str]:
    """Read the next lines; or, if keys are not known here, name them and read nothing. A line that is not right ends
    the recount for ever."""
    road = _roads[poll]
    if road.wrong:
        return []
    try:
        entries = [_ballots.decode(line) for line in lines]
        signers = {jws.signer_of(entry.jws) for entry in entries}
        if unknown := sorted(signers - road.holders.keys()):
            return unknown
        road.by_links |= any(road.holders[each].linked for each in signers)
        for one in THREADS.verify(entries, lambda some: [_read(road, entry) for entry in some], Cast):
            _take(road, one)
    except (Refused, ValueError) as error:
        road.wrong = type(error).__name__
    return []


def give_up(poll: str, why: str) -> None:
    """The poll cannot be counted: a key that nobody knows has signed."""
    _roads[poll].wrong = why


def end(poll: str) -> Recounted | str:
    """What it comes to, or why it comes to nothing; the poll is forgotten."""
    road = _roads.pop(poll)
    if road.wrong:
        return road.wrong
    return Recounted(tally.ends(one.payload for one in road.last.values()), road.last, road.by_links)


def forget(poll: str) -> None:
    """The poll is counted no more: annulled, or counted by others."""
    _roads.pop(poll, None)


def _read(road: _Road, entry: BallotCast) -> Cast:
    raw = entry.jws.encode()

    def holder(thumbprint: str) -> Holder:
        found = road.holders.get(thumbprint)
        if found is None:
            raise CredentialUnknown
        return found

    return Cast(rules.read(raw, road.asked, holder, rules.LARGEST).payload, jws.digest(raw))


def _take(road: _Road, ballot: Cast) -> None:
    voter = ballot.payload.voter
    tally.must_follow(ballot.payload, road.last.get(voter), changes=road.asked.definition.changes)
    road.last[voter] = ballot


def _unpacked(one: Packed) -> Holder:
    key = certified.taken(load_der_public_key(one.key))
    return Holder(one.thumbprint, one.member, key, one.not_before, one.not_after, one.linked)
