"""Acts of the chair and secretary on a poll, signed by the actor; and the definition, signed to open it."""

from collections.abc import Callable
from typing import Annotated

import msgspec

from services.refusal import Refused
from services.rules import jws
from services.rules.ballot import Holder
from services.wire import ActName, ActPayload, PollDefinition

ACT_TYP = "plenary-act+jws"
ACT_CTY = "application/vnd.plenary.act+json"
DEFINITION_TYP = "plenary-poll+jws"
DEFINITION_CTY = "application/vnd.plenary.poll+json"
LIMIT = 65_536

HolderOf = Callable[[str], Holder]


class ActWrong(Refused):
    """The signed act is not the one asked for: {what}."""

    code = "act_wrong"
    vi = "Hành vi được ký không đúng với yêu cầu: {what}."


class ServerHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The protected header of an act of the ledger itself (the deadline), exactly; `kid` is the log key."""

    alg: str
    typ: str
    cty: str
    kid: str
    iat: Annotated[int, msgspec.Meta(ge=0, le=9_007_199_254_740_991)]


_acts = msgspec.json.Decoder(ActPayload)
_definitions = msgspec.json.Decoder(PollDefinition)
_server_headers = msgspec.json.Decoder(ServerHeader)


def read_act(raw: bytes, holder_of: HolderOf) -> tuple[ActPayload, Holder]:
    """A genuine act and who signed it. Raises as `jws.split`, `jws.verify`, and `holder_of` do."""
    parts = jws.split(raw, ACT_TYP, ACT_CTY, LIMIT)
    holder = holder_of(parts.header.x5t_S256)
    jws.verify(parts, holder.key)
    return jws.parse(parts.payload, _acts), holder


def read_definition(raw: bytes, holder_of: HolderOf) -> tuple[PollDefinition, bytes, Holder]:
    """A genuine definition, its exact payload bytes, and who signed it."""
    parts = jws.split(raw, DEFINITION_TYP, DEFINITION_CTY, LIMIT)
    holder = holder_of(parts.header.x5t_S256)
    jws.verify(parts, holder.key)
    return jws.parse(parts.payload, _definitions), parts.payload, holder


def must_be(payload: ActPayload, act: ActName, meeting: str, poll: str, definition: str) -> None:
    """Raise ActWrong unless the act says this act, this poll of this meeting, this definition ("" before opening)."""
    expected = {"act": act, "meeting": meeting, "poll": poll, "definition": definition}
    for name, value in expected.items():
        if getattr(payload, name) != value:
            raise ActWrong(what=name)


def sign_by_server(payload: ActPayload, key: jws.PrivateKey, log_key: str, now_s: int) -> str:
    """An act of the ledger itself, signed with the ledger's Ed25519 key."""
    header = ServerHeader(alg="EdDSA", typ=ACT_TYP, cty=ACT_CTY, kid=log_key, iat=now_s)
    return jws.compact(header, msgspec.json.encode(payload), key, "EdDSA")


def read_server_act(raw: bytes, key: jws.PublicKey, log_key: str) -> ActPayload:
    """A genuine act of the ledger itself. Raises NotWellFormed, SignatureWrong, ActWrong."""
    pieces = raw.split(b".")
    if len(raw) > LIMIT or len(pieces) != 3:
        raise jws.NotWellFormed(what="three parts expected")
    header = jws.parse(jws.b64_decode(pieces[0]), _server_headers)
    if (header.alg, header.typ, header.cty, header.kid) != ("EdDSA", ACT_TYP, ACT_CTY, log_key):
        raise ActWrong(what="header")
    jws.verify_bytes("EdDSA", key, jws.b64_decode(pieces[2]), raw[: len(pieces[0]) + 1 + len(pieces[1])])
    return jws.parse(jws.b64_decode(pieces[1]), _acts)
