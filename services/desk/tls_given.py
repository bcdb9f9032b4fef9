"""The body's own certificate: read and checked at start, so that what is wrong with it is said then, in one line."""

import ipaddress
import ssl
import stat
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.desk.tls_authority import TlsRefused

log = structlog.get_logger(__name__)

_SOON = timedelta(days=21)


def check(certificate: Path, key: Path, host: str, now: datetime) -> str:
    """The name under which people reach us: `host`, which the certificate must name; if that is empty, its first.

    `certificate`: PEM, the server's own first, then its issuers. Raises TlsRefused.
    """
    # 1. Both files, and that they belong together.
    _must_be_key_of(_chain(certificate)[0], key)
    # 2. For a server, now, as we are called.
    name = must_be_taken(certificate, host, now)
    # 3. As OpenSSL will take them.
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise TlsRefused(
            f"OpenSSL không nhận chứng thư {certificate} / OpenSSL does not take {certificate}: {error.reason or error}"
        ) from error
    return name


def must_be_taken(certificate: Path, host: str, now: datetime) -> str:
    """As `check`, of the certificate alone: whether browsers take it for us now. Raises TlsRefused."""
    chain = _chain(certificate)
    _must_be_of_a_server(chain[0], certificate)
    _must_be_current(chain, certificate, now)
    return _name(chain[0], certificate, host)


def _chain(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise TlsRefused(
            f"không đọc được {path} / cannot read {path}: {error.strerror} (PLENARY_TLS_CERTIFICATE)"
        ) from error
    except ValueError as error:
        raise TlsRefused(
            f"{path} không có chứng thư dạng PEM / {path} holds no certificate in PEM (PLENARY_TLS_CERTIFICATE)"
        ) from error


def _must_be_key_of(leaf: x509.Certificate, path: Path) -> None:
    try:
        if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            raise TlsRefused(
                f"ai cũng đọc được khóa {path}: chmod 600 / {path} may be read by everybody: set its mode to 0600"
            )
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise TlsRefused(
            f"không đọc được {path} / cannot read {path}: {error.strerror} (PLENARY_TLS_KEY)"
        ) from error
    except TypeError as error:
        raise TlsRefused(
            f"khóa {path} có mật khẩu: lưu không mật khẩu, quyền 0600"
            f" / {path} is locked by a passphrase: store it without one, mode 0600"
        ) from error
    except ValueError as error:
        raise TlsRefused(
            f"{path} không có khóa bí mật dạng PEM / {path} holds no private key in PEM (PLENARY_TLS_KEY)"
        ) from error
    if key.public_key() != leaf.public_key():
        raise TlsRefused(
            f"{path} không phải khóa của chứng thư đầu tiên trong PLENARY_TLS_CERTIFICATE"
            f" / {path} is not the key of the first certificate in PLENARY_TLS_CERTIFICATE"
        )


def _must_be_of_a_server(leaf: x509.Certificate, path: Path) -> None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        raise TlsRefused(
            f"{path} không phải chứng thư máy chủ (thiếu serverAuth)"
            f" / {path} is no certificate of a server: its extended key usage lacks serverAuth"
        )


def _must_be_current(chain: Sequence[x509.Certificate], path: Path, now: datetime) -> None:
    for each in chain:
        if now < each.not_valid_before_utc:
            since = each.not_valid_before_utc
            raise TlsRefused(
                f"chứng thư {path} chưa có hiệu lực, đồng hồ máy chậm?"
                f" / {path} is not valid before {since:%Y-%m-%d %H:%M} UTC"
            )
        if now > each.not_valid_after_utc:
            until = each.not_valid_after_utc
            raise TlsRefused(f"chứng thư {path} đã hết hạn / {path} expired on {until:%Y-%m-%d %H:%M} UTC")
    until = min(each.not_valid_after_utc for each in chain)
    if now > until - _SOON:
        log.warning("tls.expires_soon", certificate=str(path), until=f"{until:%Y-%m-%d}")


def _name(leaf: x509.Certificate, path: Path, host: str) -> str:
    try:
        said = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise TlsRefused(
            f"chứng thư {path} không ghi tên máy nào, trình duyệt không nhận"
            f" / {path} names no host (subjectAltName): browsers do not take it"
        ) from None
    hosts = [each.lower() for each in said.get_values_for_type(x509.DNSName)]
    addresses = [str(each) for each in said.get_values_for_type(x509.IPAddress)]
    if host:
        if not _is_named(host.lower(), hosts, addresses):
            raise TlsRefused(
                f"chứng thư {path} không phải cho {host} (PLENARY_PUBLIC_URL)"
                f" / {path} is for {', '.join(hosts + addresses)}, not for {host}"
            )
        return host
    plain = [each for each in hosts if not each.startswith("*.")] + addresses
    if not plain:
        raise TlsRefused(
            f"chứng thư {path} chỉ có tên đại diện: nêu tên của máy này trong PLENARY_PUBLIC_URL"
            f" / {path} is for {', '.join(hosts)}: say in PLENARY_PUBLIC_URL which of them we are"
        )
    return plain[0]


def _is_named(host: str, hosts: Sequence[str], addresses: Sequence[str]) -> bool:
    try:
        return str(ipaddress.ip_address(host)) in addresses
    except ValueError:
        return host in hosts or f"*.{host.partition('.')[2]}" in hosts
