"""Certificates rewritten by hand, part by part, and signed again: what no builder of certificates makes."""

from collections.abc import Callable

from asn1crypto import parser
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.chains import Minted

# Of a TBSCertificate (RFC 5280 4.1), as `mint` writes it.
VERSION, SERIAL, ALGORITHM, ISSUER, VALIDITY, SUBJECT, KEY, EXTENSIONS = range(8)
SEQUENCE, BITS, TEXT = 0x30, 0x03, 0x0C
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")

Parts = list[bytes]
Change = Callable[[Parts], object]


class Rewritten(Minted):
    """A certificate by its bytes, which nobody has read yet."""

    def __init__(self, minted: Minted, raw: bytes) -> None:
        """Of the same key."""
        super().__init__(minted.key, minted.certificate)
        object.__setattr__(self, "raw", raw)

    @property
    def der(self) -> bytes:
        """As rewritten."""
        return bytes(self.raw)  # type: ignore[attr-defined]


def element(tag: int, *contents: bytes) -> bytes:
    """DER of these contents under a tag of one byte."""
    return bytes(parser.emit(tag >> 6, tag >> 5 & 1, tag & 31, b"".join(contents)))


def inside(der: bytes) -> bytes:
    """What is in an element."""
    return bytes(parser.parse(der)[4])


def parts_of(der: bytes) -> Parts:
    """The elements in an element."""
    rest, found = inside(der), Parts()
    while rest:
        one = b"".join(parser.parse(rest)[3:])
        found.append(one)
        rest = rest[len(one) :]
    return found


def rewrite(minted: Minted, issuer: Minted, change: Change, algorithm: bytes = _ECDSA_SHA256) -> Rewritten:
    """The certificate with its parts changed, signed again by its issuer (P-256), the same each time."""
    parts = parts_of(minted.certificate.tbs_certificate_bytes)
    change(parts)
    parts[ALGORITHM] = algorithm
    tbs = element(SEQUENCE, *parts)
    assert isinstance(issuer.key, ec.EllipticCurvePrivateKey)
    signature = issuer.key.sign(tbs, ec.ECDSA(SHA256(), deterministic_signing=True))
    return Rewritten(minted, element(SEQUENCE, tbs, algorithm, element(BITS, b"\0", signature)))


def extended(oid: x509.ObjectIdentifier, value: bytes) -> Change:
    """The extension of this kind has this value, and is not critical."""
    kind = bytes.fromhex(
        {"2.5.29.15": "551d0f", "2.5.29.19": "551d13", "2.5.29.32": "551d20"}[oid.dotted_string]
    )
    name = element(0x06, kind)

    def change(parts: Parts) -> None:
        (all_of_them,) = parts_of(parts[EXTENSIONS])
        others = [each for each in parts_of(all_of_them) if not inside(each).startswith(name)]
        ours = element(SEQUENCE, name, element(0x04, value))
        parts[EXTENSIONS] = element(0xA3, element(SEQUENCE, *others, ours))

    return change


def with_part(place: int, *contents: bytes) -> Change:
    """Another part in its place."""
    return lambda parts: parts.__setitem__(place, b"".join(contents))


def with_key(bits: Callable[[bytes], bytes]) -> Change:
    """The bits of the key changed; they begin with the number of those that are unused."""

    def change(parts: Parts) -> None:
        algorithm, key = parts_of(parts[KEY])
        parts[KEY] = element(SEQUENCE, algorithm, element(BITS, bits(inside(key))))

    return change


def with_texts(tag: int, encoding: str) -> Change:
    """The names in the subject as texts of another kind."""

    def change(parts: Parts) -> None:
        pairs = [parts_of(parts_of(each)[0]) for each in parts_of(parts[SUBJECT])]
        said = [
            element(0x31, element(SEQUENCE, kind, element(tag, inside(text).decode().encode(encoding))))
            for kind, text in pairs
        ]
        parts[SUBJECT] = element(SEQUENCE, *said)

    return change
