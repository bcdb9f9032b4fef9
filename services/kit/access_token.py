"""Access tokens: short-lived, signed by one service, checked by all without asking (compact JWS, EdDSA). And vouchers,
by which the meeting desk says whose a passkey is."""

from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.refusal import Refused
from services.rules import jws
from services.wire import PasskeyVoucher, Token

T = TypeVar("T")

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
_VOUCHES = TokenHeader("EdDSA", "plenary-passkey+jws")
_tokens = msgspec.json.Decoder(Token)
_vouchers = msgspec.json.Decoder(PasskeyVoucher)


def issue(token: Token, key: Ed25519PrivateKey) -> str:
    """The token as text for an Authorization header."""
    return jws.compact(_HEADER, msgspec.json.encode(token), key, "EdDSA")


def vouch(voucher: PasskeyVoucher, key: Ed25519PrivateKey) -> str:
    """The voucher for a passkey as text, by the same key."""
    return jws.compact(_VOUCHES, msgspec.json.encode(voucher), key, "EdDSA")


def read_voucher(text: str, key: Ed25519PublicKey, now_s: int) -> PasskeyVoucher:
    """The voucher's content, if it is ours and still good. Raises TokenWrong, TokenExpired."""
    voucher = _read(text, key, _VOUCHES, _vouchers)
    if voucher.exp <= now_s:
        raise TokenExpired
    return voucher


def verify(text: str, key: Ed25519PublicKey, now_s: int) -> Token:
    """The token's content, if it is ours and still good. Raises TokenWrong, TokenExpired."""
    token = _read(text, key, _HEADER, _tokens)
    if token.exp <= now_s:
        raise TokenExpired
    return token


def _read(text: str, key: Ed25519PublicKey, header: TokenHeader, decoder: msgspec.json.Decoder[T]) -> T:
    # aiohttp gives bytes of a header that are no text as lone surrogates: no token of ours has any.
    raw = text.encode(errors="replace")
    pieces = raw.split(b".")
    if len(raw) > LIMIT or len(pieces) != 3:
        raise TokenWrong
    try:
        if jws.parse(jws.b64_decode(pieces[0]), _headers) != header:
            raise TokenWrong
        signed = raw[: len(pieces[0]) + 1 + len(pieces[1])]
        jws.verify_bytes("EdDSA", key, jws.b64_decode(pieces[2]), signed)
        return jws.parse(jws.b64_decode(pieces[1]), decoder)
    except (jws.NotWellFormed, jws.SignatureWrong) as error:
        raise TokenWrong from error
