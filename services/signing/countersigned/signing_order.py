"""Whose turn it is to sign, and how that is shown: rules on values, without IO."""

from typing import Literal

import msgspec

from services.access import ForeignBody
from services.rules import countersigning, jws
from services.rules.text import must_be_legible
from services.signing.countersigned.errors import (
    KeyCannotSignPages,
    OutOfTurn,
    ReasonMissing,
    RoleMissing,
    SamePersonTwice,
    SignedAlready,
    StampAwaited,
)
from services.signing.countersigned.steps import EditionRow, SignerRow
from services.wire import SignatureBegun, SignaturesShown, SignerShown, SigningRole, Token

Awaited = Literal["secretary", "chair", "stamp", "seal", ""]


def must_may(who: Token, body: str, begun: SignatureBegun, presiding: str) -> None:
    """Raise unless this person of the body may sign so. Raises ForeignBody, RoleMissing, ReasonMissing, TextUnclean."""
    if who.body != body:
        raise ForeignBody
    must_have(who, begun.role)
    reason = begun.instead.strip()
    if begun.role == "chair" and presiding not in ("", who.sub) and not reason:
        raise ReasonMissing(member=presiding)
    must_be_legible(reason, place="reason")


def must_have(who: Token, role: SigningRole) -> None:
    """Raise RoleMissing unless this person signs in this role: when they begin, and when they have signed."""
    if role not in who.roles:
        raise RoleMissing


def must_be_free(who: Token, role: SigningRole, signers: dict[SigningRole, SignerRow]) -> None:
    """Raise unless nobody signed in this role, the secretary before the chair, and nobody twice. Raises SignedAlready,
    OutOfTurn, SamePersonTwice, StampAwaited."""
    if role in signers:
        raise SignedAlready(member=signers[role].member)
    if role == "chair" and "secretary" not in signers:
        raise OutOfTurn
    if any(each.member == who.sub for each in signers.values()):
        raise SamePersonTwice
    if role == "chair" and not signers["secretary"].level:
        raise StampAwaited


def header(
    role: SigningRole,
    chain: tuple[bytes, ...],
    now_s: int,
    types: countersigning.Types = countersigning.TYPES,
) -> str:
    """The protected header of this person's signature to come. Raises KeyCannotSignPages."""
    try:
        return countersigning.prepare(role, chain, now_s, types)
    except jws.AlgorithmWrong as error:
        raise KeyCannotSignPages from error


def show(
    certificate: str,
    presiding: str,
    signers: list[SignerRow],
    edition: EditionRow | None,
    trouble: str,
) -> SignaturesShown:
    """Who signed, and what is awaited."""
    shown = SignaturesShown(
        certificate=certificate,
        presiding=presiding,
        signed=tuple(
            SignerShown(
                role=each.role,
                member=each.member,
                name=each.name,
                at=each.signed_at,
                level=each.level,
                instead=each.instead,
            )
            for each in signers
        ),
        awaited=_awaited(signers, edition),
        trouble=trouble,
    )
    if edition is None:
        return shown
    return msgspec.structs.replace(shown, **msgspec.structs.asdict(edition))


def _awaited(signers: list[SignerRow], edition: EditionRow | None) -> Awaited:
    if edition is not None:
        return ""
    if not signers:
        return "secretary"
    if not signers[-1].level:
        return "stamp"
    return "chair" if len(signers) == 1 else "seal"
