"""A ballot that a passkey confirmed, taken in: whose passkey it is, and what it says; pure."""

from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from services.rules import jws, step_up
from services.rules.assertion import Enrolled
from services.rules.ballot import Ballot, Question
from services.voting.errors import StepUpForeign, StepUpMissing, StepUpUnasked
from services.wire import PasskeyVoucher, StepUpEvidence


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What came beside a ballot; `voucher` was found to be the meeting desk's own word."""

    evidence: StepUpEvidence
    voucher: PasskeyVoucher


def confirmed(asked: Question, ballot: Ballot, given: Confirmation | None) -> StepUpEvidence | UnsetType:
    """What goes into the ledger beside a genuine ballot.

    Raises StepUpUnasked, StepUpForeign, and what step_up.verify raises.
    """
    if given is None:
        return UNSET
    demand, voucher = asked.definition.step_up, given.voucher
    if isinstance(demand, UnsetType):
        raise StepUpUnasked
    if (voucher.body, voucher.member) != (asked.definition.body.id, ballot.payload.voter):
        raise StepUpForeign
    if voucher.public_key != given.evidence.public_key:
        raise StepUpForeign
    # How far it has counted is not compared: the challenge is the ballot's own, and nobody can use it for another.
    enrolled = Enrolled(jws.b64_decode(voucher.public_key.encode()), 0, voucher.backup_eligible)
    step_up.verify(given.evidence, step_up.payload_of(ballot.raw), enrolled, step_up.site(demand))
    return given.evidence


def is_lacking(asked: Question, evidence: StepUpEvidence | UnsetType) -> bool:
    """Whether the question demands what is not there."""
    demand = asked.definition.step_up
    return not isinstance(demand, UnsetType) and demand.when == "required" and isinstance(evidence, UnsetType)


def must_not_demand(asked: Question) -> None:
    """Raise StepUpMissing where a ballot must not stand without a confirmation."""
    if is_lacking(asked, UNSET):
        raise StepUpMissing
