"""Access tokens: short-lived, signed by one service, checked by all without asking (compact JWS, EdDSA)."""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.refusal import Refused
from services.rules import jws
from services.wire import Token

TYP = "plenary-token+jws"
LIMIT = 4096


class TokenWrong(Refused):
    """The access token is not valid here. Sign in again."""

    code = "token_wrong"
    status = 401
    vi = "Mã truy cập không hợp lệ. Xin đăng nhập lại."


class TokenExpired(Refused):
    """The access token has expired. Sign in again."""

    code = "token_expired"
    status = 401
    vi = "Mã truy cập đã hết hạn. Xin đăng nhập lại."


class TokenHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The protected header of a token, exactly."""

    alg: str
    typ: str


_HEADER = TokenHeader("EdDSA", TYP)
_headers = msgspec.json.Decoder(TokenHeader)
_tokens = msgspec.json.Decoder(Token)


def issue(token: Token, key: Ed25519PrivateKey) -> str:
    """The token as text for an Authorization header."""
    return jws.compact(_HEADER, msgspec.json.encode(token), key, "EdDSA")


def verify(text: str, key: Ed25519PublicKey, now_s: int) -> Token:
    """The token's content, if it is ours and still good. Raises TokenWrong, TokenExpired."""
    # aiohttp gives bytes of a header that are no text as lone surrogates: no token of ours has any.
    raw = text.encode(errors="replace")
    pieces = raw.split(b".")
    if len(raw) > LIMIT or len(pieces) != 3:
        raise TokenWrong
    try:
        if jws.parse(jws.b64_decode(pieces[0]), _headers) != _HEADER:
            raise TokenWrong
        signed = raw[: len(pieces[0]) + 1 + len(pieces[1])]
        jws.verify_bytes("EdDSA", key, jws.b64_decode(pieces[2]), signed)
        token = jws.parse(jws.b64_decode(pieces[1]), _tokens)
    except (jws.NotWellFormed, jws.SignatureWrong) as error:
        raise TokenWrong from error
    if token.exp <= now_s:
        raise TokenExpired
    return token
