"""Evidence beside a ballot: a passkey confirmed this very payload. Offline, and as often as one likes.

The challenge is SHA-256("plenary-ballot-v1\\0" || payload). The evidence is no ballot and no signature of one: it says
that whoever held the passkey, verified by its device, confirmed these bytes on a page of the house. The signed question
asks for it and names those pages. Whose the passkey is, is the word of the house that took the ballot in: a stranger
sees that no two voters used the same.
"""

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from msgspec import UnsetType

from services.refusal import Refused
from services.rules import assertion, jws
from services.rules.assertion import Assertion, Enrolled, Flags, Site
from services.rules.assertion_errors import AssertionMalformed, AssertionUnsigned, PasskeyKeyNotTaken
from services.rules.extract import Placed
from services.rules.proof_errors import StepUpWrong
from services.rules.tally import Cast
from services.wire import BallotCast, PollDefinition, StepUpDemand, StepUpEvidence

_PREFIX = b"plenary-ballot-v1\0"


def challenge(payload: bytes) -> bytes:
    """What a passkey is asked for a ballot with these payload bytes."""
    return hashlib.sha256(_PREFIX + payload).digest()


def site(demand: StepUpDemand) -> Site:
    """On whose pages ballots are confirmed."""
    return Site(urlsplit(demand.origin).hostname or "", (demand.origin,))


def payload_of(ballot: bytes) -> bytes:
    """The payload's bytes in a compact JWS that was read before."""
    return jws.b64_decode(ballot.split(b".")[1])


def verify(evidence: StepUpEvidence, payload: bytes, enrolled: Enrolled, site: Site) -> Flags:
    """What the device said, if this passkey confirmed this payload on a page of this site.

    How far the passkey had counted is not asked (`enrolled.sign_count` of 0 takes any): that is for whoever takes the
    evidence in. Raises what assertion.verify raises; AssertionUnsigned also if the evidence names another key,
    PasskeyKeyNotTaken if the key is not written in its one way.
    """
    if _bytes(evidence.public_key) != enrolled.public_key:
        raise AssertionUnsigned
    given = Assertion(*map(_bytes, (evidence.authenticator_data, evidence.client_data, evidence.signature)))
    flags = assertion.verify(given, enrolled, site, challenge(payload))
    if assertion.spelled(assertion.key_of(enrolled.public_key)) != enrolled.public_key:
        raise PasskeyKeyNotTaken
    return flags


def read(
    ballots: Sequence[Placed],
    cast: Sequence[Cast],
    definition: PollDefinition,
    owners: dict[str, str] | None = None,
) -> Mapping[int, Flags]:
    """By ledger line, what passkeys said that confirmed ballots; `cast` are the ballots of these lines, found genuine.

    `owners`, kept by who reads in pages: whose each passkey was found to be. Raises StepUpWrong: one that was not asked
    for, is missing, does not hold, or is by the passkey of another voter.
    """
    demand, found = definition.step_up, dict[int, Flags]()
    owners = {} if owners is None else owners
    for placed, one in zip(ballots, cast, strict=True):
        entry = placed.entry
        if not isinstance(entry, BallotCast):
            raise StepUpWrong(index=placed.index, what="not a ballot")
        evidence = entry.confirmed
        if isinstance(evidence, UnsetType):
            if not isinstance(demand, UnsetType) and demand.when == "required":
                raise StepUpWrong(index=placed.index, what="not confirmed")
        elif isinstance(demand, UnsetType):
            raise StepUpWrong(index=placed.index, what="not asked for")
        else:
            found[placed.index] = _verified(
                placed.index, evidence, payload_of(entry.jws.encode()), site(demand)
            )
            if owners.setdefault(evidence.public_key, one.payload.voter) != one.payload.voter:
                raise StepUpWrong(index=placed.index, what="the passkey of another voter")
    return found


def _verified(index: int, evidence: StepUpEvidence, payload: bytes, site: Site) -> Flags:
    try:
        # Whether it could be backed up when it was made is not known here: the device says it of itself.
        said = assertion.read_flags(_bytes(evidence.authenticator_data), site)
        enrolled = Enrolled(_bytes(evidence.public_key), 0, said.backup_eligible)
        return verify(evidence, payload, enrolled, site)
    except Refused as refused:
        raise StepUpWrong(index=index, what=refused.code) from refused


def _bytes(text: str) -> bytes:
    try:
        return jws.b64_decode(text.encode())
    except jws.NotWellFormed as error:
        raise AssertionMalformed(what="base64url") from error
