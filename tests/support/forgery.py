"""Signed messages written by hand, as somebody would who holds a key and means no good."""

import json
from typing import Any

from services.desk.device import Ask, Device
from services.rules import jws
from services.rules.jws import P256_ORDER, b64_decode, b64_encode


class Forger:
    """Writes ballots of one device, any part of them altered."""

    def __init__(self, device: Device, asked: Ask) -> None:
        """`asked`: what the genuine ballot answers."""
        self.device = device
        self.genuine = device.ballot(asked, "approve")
        parts = [b64_decode(piece) for piece in self.genuine.split(b".")]
        self.header: dict[str, Any] = json.loads(parts[0])
        self.payload: dict[str, Any] = json.loads(parts[1])
        self.raw_header, self.raw_payload, self.signature = parts

    def signed(self, header: bytes, payload: bytes) -> bytes:
        """Exactly these bytes, signed with the device's key."""
        text = b64_encode(header) + b"." + b64_encode(payload)
        return text + b"." + b64_encode(jws.sign_bytes(self.device.algorithm, self.device.key, text))

    def said(self, **changed: Any) -> bytes:
        """A well-signed ballot whose payload says something else; `...` leaves a member out."""
        return self.signed(self.raw_header, _json({**self.payload, **changed}))

    def headed(self, **changed: Any) -> bytes:
        """A well-signed ballot under another header; `...` leaves a member out, `__` in a name is `#`."""
        named = {name.replace("__", "#"): value for name, value in changed.items()}
        return self.signed(_json({**self.header, **named}), self.raw_payload)

    def with_signature(self, signature: bytes) -> bytes:
        """The genuine ballot with another signature."""
        return self.genuine.rpartition(b".")[0] + b"." + b64_encode(signature)

    def rs(self, r: int | None = None, s: int | None = None) -> bytes:
        """The genuine ballot with another r or s (ES256)."""
        old_r, old_s = self.signature[:32], self.signature[32:]
        return self.with_signature(
            (old_r if r is None else r.to_bytes(32)) + (old_s if s is None else s.to_bytes(32))
        )

    def high_s(self) -> bytes:
        """The twin of the genuine signature, which plain ECDSA would take as well."""
        return self.rs(s=P256_ORDER - int.from_bytes(self.signature[32:]))

    def repeated(self, part: str, name: str) -> bytes:
        """A well-signed ballot in which a member of the header or the payload stands twice."""
        wanted, raw = (self.header, self.raw_header) if part == "header" else (self.payload, self.raw_payload)
        twice = raw[:-1] + b"," + _json({name: wanted[name]})[1:]
        return self.signed(*((twice, self.raw_payload) if part == "header" else (self.raw_header, twice)))


def _json(members: dict[str, Any]) -> bytes:
    kept = {name: value for name, value in members.items() if value is not ...}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def unused_bits(piece: bytes) -> bytes:
    """The same value in base64url with a bit set that belongs to no byte (the piece must not fill its last quad)."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(piece) % 4, "no unused bits"
    return piece[:-1] + bytes([alphabet[alphabet.index(piece[-1]) + 1]])
