"""What the pages say of this very house: where it is, and what a phone must trust to believe so."""

import html
import io
import plistlib
import uuid
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

AUTHORITY = "plenary-ca.crt"
PROFILE = "plenary-ca.mobileconfig"


@dataclass(frozen=True, slots=True)
class House:
    """`address`: where people find it, without a slash at the end. `authority`: the certificate (DER) of its local
    authority; empty if browsers trust it anyway.
    """

    address: str = ""
    authority: bytes = b""

    @property
    def fingerprint(self) -> str:
        """The authority's SHA-256 as systems show it, 32 pairs with colons; empty without an authority."""
        return sha256(self.authority).digest().hex(":").upper() if self.authority else ""


def of(address: str, authority: Path | None) -> House:
    """The house at this address, with the local authority in a PEM file (none: it needs none)."""
    if authority is None:
        return House(address)
    certificate = x509.load_pem_x509_certificate(authority.read_bytes())
    return House(address, certificate.public_bytes(Encoding.DER))


def told(page: bytes, house: House) -> bytes:
    """A built page, with what it says of the house filled into the `<meta>` that wait for it."""
    for name, value in (("address", house.address), ("fingerprint", house.fingerprint)):
        empty = f'<meta name="plenary-{name}" content="">'
        page = page.replace(empty.encode(), empty.replace('""', f'"{html.escape(value)}"').encode())
    return page


def qr(address: str) -> bytes:
    """An address as a QR code, SVG, dark on white whatever the page's colours are."""
    drawn = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(drawn, kind="svg", border=4, light="#fff", dark="#000", omitsize=True, xmldecl=False)
    return drawn.getvalue()


def profile(house: House) -> bytes:
    """The authority as iPhones and Macs install it: a configuration profile with this one certificate."""
    subject = x509.load_der_x509_certificate(house.authority).subject
    name = str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    identity = sha256(house.authority).hexdigest()[:16]
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"plenary.trust.{identity}.certificate",
        "PayloadUUID": _uuid(house.authority, "certificate"),
        "PayloadDisplayName": name,
        "PayloadCertificateFileName": AUTHORITY,
        "PayloadContent": house.authority,
    }
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": f"plenary.trust.{identity}",
            "PayloadUUID": _uuid(house.authority, "profile"),
            "PayloadDisplayName": "Plenary: chứng thư của phòng họp",
            "PayloadDescription": (
                "Để điện thoại tin máy chủ của phòng họp này. Chỉ có giá trị với địa chỉ trong mạng nội bộ. / "
                "Lets this device trust the meeting room's server. Good for addresses of the local network only."
            ),
            "PayloadRemovalDisallowed": False,
            "PayloadContent": [payload],
        }
    )


def _uuid(authority: bytes, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, sha256(authority).hexdigest() + name)).upper()
