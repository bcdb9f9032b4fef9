"""Examples of what is said of passkeys, for the vectors of messages."""

from typing import Any

from services import wire

_AT = 1_795_000_000_000
_HASH = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
_CHALLENGE = wire.PasskeyChallenge(
    challenge="1795000120000.AAAA.BBBB", site="bieuquyet.example.vn", expires_at=_AT + 120_000
)
_PASSKEY = wire.Passkey(
    id=_HASH,
    member="an",
    name="iPhone của An",
    transports=("internal", "hybrid"),
    backup_eligible=True,
    backed_up=True,
    created_at=_AT,
    used_at=0,
    replayed_at=0,
)

_EVIDENCE = wire.StepUpEvidence(
    authenticator_data="AAEC", client_data="e30", signature="MAA", public_key="pQEC"
)
MESSAGES: dict[str, tuple[Any, ...]] = {
    "passkey": (_PASSKEY,),
    "passkey-asserted": (
        wire.PasskeyAsserted(
            id="AAEC", client_data="e30", authenticator_data="AAEC", signature="MAA", person="AwQF"
        ),
    ),
    "passkey-challenge": (_CHALLENGE,),
    "passkey-logged": (
        wire.PasskeyLogged(passkey=_HASH, member="an", what="removed", at=_AT, by="thu-ky"),
        wire.PasskeyLogged(passkey=_HASH, member="an", what="replayed", at=_AT),
    ),
    "passkey-made": (
        wire.PasskeyMade(client_data="e30", attestation="oA", transports=("internal",), name="iPhone của An"),
    ),
    "passkey-wanted": (
        wire.PasskeyWanted(
            challenge=_CHALLENGE,
            person="AwQF",
            member="an",
            name="Nguyễn Văn An",
            house="bieuquyet.example.vn",
            known=("AAEC",),
        ),
    ),
    "recovery": (
        wire.Recovery(member="an", thumbprint=_HASH, replaces=_HASH, passkey=_HASH, at=_AT),
        wire.Recovery(member="an", thumbprint=_HASH, replaces="", passkey=_HASH, at=_AT),
    ),
    "step-up": (_EVIDENCE,),
    "confirmed-ballot": (
        wire.ConfirmedBallot(ballot="e30.e30.AAEC", evidence=_EVIDENCE, voucher="e30.e30.AAEC"),
    ),
    "passkey-voucher": (
        wire.PasskeyVoucher(
            body="hdnd",
            member="an",
            public_key="pQEC",
            backup_eligible=True,
            iat=_AT // 1000,
            exp=_AT // 1000,
        ),
    ),
    "passkey-vouched": (
        wire.PasskeyVouched(id="AAEC", transports=("internal",), public_key="pQEC", voucher="e30.e30.AAEC"),
    ),
}
