"""What makes bytes a ballot: signed by the voter's own key over exactly this question.

The same function serves the ballot box, the recount and the stranger's check. The order is fixed: size, strict
parse, credential by thumbprint, signature, and only then the payload against the poll. The header's `iat` is the
phone's clock: it must be an integer, and nothing depends on it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from services.refusal import Refused
from services.rules import jws
from services.wire import BallotPayload, PollDefinition

TYP = "plenary-ballot+jws"
CTY = "application/vnd.plenary.ballot+json"
LARGEST = 65_536


class ForeignPoll(Refused):
    """The ballot was signed for another question."""

    code = "ballot_foreign_poll"
    vi = "Phiếu được ký cho một nội dung biểu quyết khác."


class ForeignMeeting(Refused):
    """The ballot was signed for another meeting."""

    code = "ballot_foreign_meeting"
    vi = "Phiếu được ký cho một phiên họp khác."


class NotYourKey(Refused):
    """The ballot names another voter than the owner of the key."""

    code = "ballot_other_voter"
    status = 403
    vi = "Phiếu ghi tên đại biểu khác với chủ chứng thư số."


class LabelWrong(Refused):
    """The words signed are not the words of this choice."""

    code = "ballot_label"
    vi = "Nội dung lựa chọn được ký không khớp với lựa chọn hiển thị."


class CredentialUnknown(Refused):
    """The certificate is not enrolled here."""

    code = "credential_unknown"
    status = 403
    vi = "Chứng thư số chưa được đăng ký tại đây."


class CredentialRevoked(Refused):
    """The certificate was revoked or replaced."""

    code = "credential_revoked"
    status = 403
    vi = "Chứng thư số đã bị thu hồi hoặc thay thế."


class CredentialExpired(Refused):
    """The certificate is not valid at this time."""

    code = "credential_expired"
    status = 403
    vi = "Chứng thư số không có hiệu lực vào thời điểm này."


class NotOnRoll(Refused):
    """The member is not on the roll of this vote."""

    code = "not_on_roll"
    status = 403
    vi = "Đại biểu không có tên trong danh sách biểu quyết."


@dataclass(frozen=True, slots=True)
class Holder:
    """An enrolled key and whose it is; times in milliseconds."""

    thumbprint: str
    member: str
    key: jws.PublicKey
    not_before: int
    not_after: int
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a ballot must answer: the definition, its hash, the labels by choice, and who may vote."""

    definition: PollDefinition
    hash: str
    labels: dict[str, str]
    voters: frozenset[str]


class Ballot(msgspec.Struct, frozen=True, gc=False):
    """A ballot found genuine: the bytes as they came, and what they say."""

    raw: bytes
    payload: BallotPayload
    thumbprint: str


class Unsigned(msgspec.Struct, frozen=True, gc=False):
    """A ballot that its voter has not signed yet: what it says, and whose key is to sign it."""

    payload: BallotPayload
    holder: Holder


_payloads = msgspec.json.Decoder(BallotPayload)


def question(definition: PollDefinition, definition_hash: str, voters: frozenset[str]) -> Question:
    """The question of a definition, prepared for many ballots."""
    labels = {str(option.choice): option.label for option in definition.options}
    return Question(definition, definition_hash, labels, voters)


def read(raw: bytes, asked: Question, holder_of: Callable[[str], Holder], limit: int = LARGEST) -> Ballot:
    """The genuine ballot in these bytes.

    Raises NotWellFormed, AlgorithmWrong, SignatureWrong, whatever `holder_of` raises for a thumbprint it does not
    know or take, and the refusals of this module.
    """
    # 1. Size and strict parse.
    parts = jws.split(raw, TYP, CTY, limit)
    # 2. The credential, by thumbprint: nothing in the message is trusted.
    holder = holder_of(parts.header.x5t_S256)
    # 3. The signature over the bytes as they came.
    jws.verify(parts, holder.key)
    # 4. Only now what they say, against the poll.
    return Ballot(raw, _read_payload(parts, holder, asked), holder.thumbprint)


def read_unsigned(
    signing_input: str, asked: Question, holder_of: Callable[[str], Holder], limit: int = LARGEST
) -> Unsigned:
    """A ballot that is still to be signed: everything about it but the signature. Raises as `read`."""
    parts = jws.split(signing_input.encode() + b".", TYP, CTY, limit)
    holder = holder_of(parts.header.x5t_S256)
    if parts.header.alg not in jws.algorithm_of(holder.key):
        raise jws.AlgorithmWrong
    return Unsigned(_read_payload(parts, holder, asked), holder)


def _read_payload(parts: jws.Parts, holder: Holder, asked: Question) -> BallotPayload:
    payload = jws.parse(parts.payload, _payloads)
    must_answer(payload, asked)
    if payload.voter != holder.member:
        raise NotYourKey
    if payload.voter not in asked.voters:
        raise NotOnRoll
    return payload


def must_answer(payload: BallotPayload, asked: Question) -> None:
    """Raise unless the payload answers this question in its own words."""
    if payload.poll != asked.hash:
        raise ForeignPoll
    if payload.meeting != asked.definition.meeting:
        raise ForeignMeeting
    if asked.labels.get(payload.choice) != payload.label:
        raise LabelWrong


def must_be_valid(holder: Holder, at: int) -> None:
    """Raise CredentialExpired unless the certificate is valid at that time (milliseconds)."""
    if not holder.not_before <= at <= holder.not_after:
        raise CredentialExpired
