"""The local authority: it says which server is this one, to phones that were told to trust it.

Made on the first start with HTTPS and without a certificate of the body's own, under `<data>/keys`: `tls-ca.key` and
`tls-ca.pem` (ten years), `tls.key` and `tls.pem` (what the server shows). It may only vouch for names of a local
network, so that a stolen key is worth nothing on the rest of the net (docs/decisions/0011-tls.md).
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.desk import place
from services.desk.machine import Address
from services.kit import keys
from services.kit.complaint import Complaint
from services.kit.files import write_once

CERTIFICATE, KEY = "tls.pem", "tls.key"
AUTHORITY, AUTHORITY_KEY = "tls-ca.pem", "tls-ca.key"

_AUTHORITY_LIFE = timedelta(days=3652)
# Phones take no server certificate of more than 398 days; a phone may be a day behind.
_LIFE, _SLACK = timedelta(days=396), timedelta(days=1)
_RENEW_BEFORE = timedelta(days=45)
_LOCAL_NAMES = ("localhost", "local", "lan", "internal", "home.arpa")
_LOCAL_NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip


class TlsRefused(Complaint):
    """HTTPS cannot be served with what is there; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a server is called: names, and addresses."""

    hosts: tuple[str, ...]
    addresses: tuple[Address, ...]


def ensure(directory: Path, names: Names, now: datetime) -> bool:
    """Make the authority if there is none, and a certificate for these names if the one that is there will not do.

    True if a certificate was written. Raises TlsRefused, KeyRefused.
    """
    # 1. The authority, made once: a name that it may vouch for is settled for ten years.
    key = keys.ensure(directory / AUTHORITY_KEY, ec.generate_private_key(ec.SECP256R1()))
    if not (directory / AUTHORITY).exists():
        write_once(directory / AUTHORITY, _pem(_authority(key, names, now)))
    authority = _load(directory / AUTHORITY)
    _must_fit(authority, key, now)
    # 2. The names among those asked for that it may vouch for.
    names = _vouched(authority, names)
    # 3. The server's own key, kept, so that key and certificate fit at any moment; and its certificate.
    own = keys.ensure(directory / KEY, ec.generate_private_key(ec.SECP256R1()))
    if _will_do(directory / CERTIFICATE, authority, own.public_key(), names, now):
        return False
    leaf = _leaf(authority, key, own.public_key(), names, now)
    place.write_whole(directory / CERTIFICATE, (_pem(leaf) + _pem(authority)).decode(), 0o644)
    return True


def vouched(directory: Path, names: Names) -> Names:
    """Those of the names that the authority may vouch for, in the same order."""
    return _vouched(_load(directory / AUTHORITY), names)


def _authority(key: ec.EllipticCurvePrivateKey, names: Names, now: datetime) -> x509.Certificate:
    host = names.hosts[0] if names.hosts else "plenary"
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Plenary"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Plenary – {host} – {now:%Y-%m-%d}"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = _begin(subject, subject, key.public_key(), now - _SLACK, now + _AUTHORITY_LIFE)
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .sign(key, SHA256())
    )


def _permitted(names: Names) -> list[x509.GeneralName]:
    networks = [ipaddress.ip_network(each) for each in _LOCAL_NETWORKS]
    networks += [ipaddress.ip_network(each) for each in names.addresses if not _within(each, networks)]
    hosts = dict.fromkeys((*_LOCAL_NAMES, *names.hosts))
    return [*map(x509.DNSName, hosts), *map(x509.IPAddress, networks)]


def _vouched(authority: x509.Certificate, names: Names) -> Names:
    permitted = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    domains = [each.value for each in permitted if isinstance(each, x509.DNSName)]
    networks = [
        each.value
        for each in permitted
        if isinstance(each, x509.IPAddress)
        and isinstance(each.value, ipaddress.IPv4Network | ipaddress.IPv6Network)
    ]
    return Names(
        tuple(host for host in names.hosts if any(f".{host}".endswith(f".{domain}") for domain in domains)),
        tuple(each for each in names.addresses if _within(each, networks)),
    )


def _within(address: Address, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _leaf(
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    own: ec.EllipticCurvePublicKey,
    names: Names,
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Plenary")])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    until = min(now - _SLACK + _LIFE, authority.not_valid_after_utc)
    issuer = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _begin(authority.subject, subject, own, now - _SLACK, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .add_extension(_alternative(names), critical=False)
        .sign(key, SHA256())
    )


def _alternative(names: Names) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [*map(x509.DNSName, names.hosts), *map(x509.IPAddress, names.addresses)]
    )


def _begin(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since.replace(microsecond=0))
        .not_valid_after(until.replace(microsecond=0))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _must_fit(authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, now: datetime) -> None:
    if authority.public_key() != key.public_key():
        raise TlsRefused(
            f"{AUTHORITY} và {AUTHORITY_KEY} không khớp nhau: trả lại tệp đã bị đổi, hoặc xóa cả hai rồi cài gốc tin"
            f" cậy mới cho mọi điện thoại / {AUTHORITY} and {AUTHORITY_KEY} do not fit together: put back the one that"
            " was changed, or remove both and install the new authority on every phone"
        )
    if now > authority.not_valid_after_utc:
        raise TlsRefused(
            f"gốc tin cậy nội bộ {AUTHORITY} hết hạn {authority.not_valid_after_utc:%d/%m/%Y}, đồng hồ máy báo"
            f" {now:%d/%m/%Y}: giờ sai thì sửa (timedatectl); đúng thì xóa {AUTHORITY}, {AUTHORITY_KEY}, chạy lại, cài"
            " gốc mới cho mọi điện thoại"
            f" / the local authority {AUTHORITY} lapsed on {authority.not_valid_after_utc:%Y-%m-%d}, and our clock says"
            f" {now:%Y-%m-%d}: if that is wrong, set it (timedatectl); if it is right, remove {AUTHORITY} and"
            f" {AUTHORITY_KEY}, start again and install the new one on every phone"
        )


def _will_do(
    path: Path, authority: x509.Certificate, own: ec.EllipticCurvePublicKey, names: Names, now: datetime
) -> bool:
    """Whether the certificate in this file is good for some while yet, by this authority and for just these names."""
    try:
        leaf = _load(path)
        leaf.verify_directly_issued_by(authority)
    except (TlsRefused, ValueError, TypeError, InvalidSignature):
        return False
    said = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    # No certificate outlives its authority: the last one is not renewed in vain.
    until = leaf.not_valid_after_utc - _RENEW_BEFORE
    is_last = leaf.not_valid_after_utc == authority.not_valid_after_utc
    # A clock behind the authority itself is wrong (a machine without its battery): it makes nothing better.
    is_behind = now < authority.not_valid_before_utc
    is_current = is_behind or (leaf.not_valid_before_utc <= now and (is_last or now <= until))
    return is_current and leaf.public_key() == own and set(said) == set(_alternative(names))


def _load(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TlsRefused(
            f"không đọc được chứng thư {path} / {path} cannot be read as a certificate"
        ) from error


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def now_utc(milliseconds: int) -> datetime:
    """A moment of our clock as certificates write it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
