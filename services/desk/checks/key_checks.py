"""Keys and certificates: who may read them, whether they fit together, how long they hold, tokens, anchors, HTTPS."""

import asyncio
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from services.desk import tls_authority, tls_given
from services.desk.backups import rebuilding
from services.desk.backups.catalogue import BackupRefused
from services.desk.checks.finding import Both, Finding, House, bad, good, halves, warn
from services.desk.house_keys import NEEDED
from services.desk.tls_authority import TlsRefused
from services.kit.complaint import Complaint
from services.kit.keys import KeyRefused
from services.refusal import Refused
from services.rules.credential import load_anchors
from services.signing import authority

_SECRET = (".key", ".toml", ".pin", ".secret")
_SOON = timedelta(days=30)
_HTTPS = "HTTPS"
# What phones are shown; all else that lapses is what seals papers.
_NEW_TLS: dict[str, Both] = {
    "tls-ca": (
        "xóa keys/tls-ca.pem và keys/tls-ca.key, chạy lại plenary run, cài gốc tin cậy mới cho điện thoại từ /trust",
        "remove keys/tls-ca.pem and tls-ca.key, start again, install the new one on every phone from the page /trust",
    ),
    "tls": (
        "chạy lại plenary run: nó tự cấp chứng thư mới",
        "start plenary run again: it makes a new one by itself",
    ),
    _HTTPS: (
        "xin chứng thư mới, ghi đè hai tệp PLENARY_TLS_CERTIFICATE và PLENARY_TLS_KEY; không cần khởi động lại",
        "get a new one, write it over PLENARY_TLS_CERTIFICATE and PLENARY_TLS_KEY; no restart is needed",
    ),
}
_RESTORE = (
    "đừng chạy plenary run (nó sẽ tạo khóa mới); khôi phục khóa từ bản sao lưu: plenary restore",
    "do not start (it would make new keys): bring the keys back from a backup, plenary restore",
)


async def files(house: House) -> list[Finding]:
    """Every secret is there, and nobody but its owner reads it."""
    keys = house.settings.data / "keys"
    if not keys.is_dir():
        try:
            rebuilding.must_not_be_between(house.settings.data)
        except BackupRefused as refused:
            todo = ("gõ lại lệnh plenary restore đó", "type that plenary restore again")
            return [bad("keys.files", halves(refused), todo)]
        return [_no_keys(house, keys)]
    missing = [name for name in NEEDED if not (keys / name).exists()]
    found = [
        bad(f"keys.{name}", (f"thiếu khóa {name}", f"the key {name} is missing"), _RESTORE)
        for name in missing
    ]
    secrets = list(_secrets(house.settings.data))
    for path in secrets:
        found += _only_owner(path)
    told = (
        f"{len(secrets)} tệp bí mật chỉ chủ của chúng đọc được",
        f"{len(secrets)} secret files are their owner's alone",
    )
    return found or [good("keys.files", *told)]


def _no_keys(house: House, keys: Path) -> Finding:
    """Before the first start there are none; where votes were held somebody took them away, or their disk."""
    if (house.settings.data / "postgres" / "PG_VERSION").exists():
        told = (
            f"có cơ sở dữ liệu mà không có khóa nào trong {keys}",
            f"a database is there, and there are no keys in {keys}",
        )
        todo = (
            "gắn đĩa chứa khóa (findmnt), hoặc plenary restore; nếu lần chạy đầu bị ngắt thì chạy lại plenary run",
            "mount the disk of the keys (findmnt), or plenary restore; start again if only the first start broke off",
        )
        return bad("keys.files", told, todo)
    told = (f"chưa có khóa nào trong {keys}", f"there are no keys in {keys} yet")
    todo = (
        "máy đã từng chạy: gắn đĩa dữ liệu, đặt đúng PLENARY_DATA; máy mới: plenary run",
        "if it ever ran here: mount the disk of the data, set PLENARY_DATA right; if it is new: plenary run",
    )
    return warn("keys.files", told, todo)


def _secrets(data: Path) -> Iterator[Path]:
    for directory in (data / "keys", data / "providers"):
        if directory.is_dir():
            yield directory
            yield from (path for path in sorted(directory.rglob("*")) if path.suffix in _SECRET)


def _only_owner(path: Path) -> list[Finding]:
    try:
        entry = path.stat()
    except FileNotFoundError:
        told = (f"liên kết {path} không dẫn tới đâu", f"the link {path} leads nowhere")
        todo = ("gắn đĩa mà nó dẫn tới (findmnt)", "mount the disk that it leads to (findmnt)")
        return [bad(f"keys.link.{path.name}", told, todo)]
    if stat.S_IMODE(entry.st_mode) & 0o077:
        mode = "700" if path.is_dir() else "600"
        told = (
            f"{path} người khác đọc được: coi như khóa đã lộ",
            f"{path} may be read by others: take the key for known to them",
        )
        todo = (
            f"chmod {mode} {path}; ai đã vào máy này có thể đã chép khóa",
            f"chmod {mode} {path}; think who was here",
        )
        return [bad(f"keys.mode.{path.name}", told, todo)]
    if entry.st_uid not in (0, os.geteuid()):
        told = (f"{path} thuộc về người dùng khác", f"{path} belongs to another user")
        return [
            warn(
                f"keys.owner.{path.name}",
                told,
                (f"chown {os.geteuid()} {path}", f"chown {os.geteuid()} {path}"),
            )
        ]
    return []


async def certificates(house: House) -> list[Finding]:
    """The authority and the seal fit together, lead to the anchors, hold; a key on a token answers."""
    keys = house.settings.data / "keys"
    if not (keys / "seal.pem").exists():
        return []
    found = [each for name in ("root", "delegates", "seal") for each in _holding(keys / f"{name}.pem", house)]
    try:
        # It issues one certificate in memory and throws it away: so the keys work, also those on a token.
        await asyncio.to_thread(authority.load, keys, house.settings.address, house.clock())
    except (Complaint, KeyRefused, Refused, OSError, ValueError) as error:
        told = (
            f"khóa và chứng thư của cơ quan không dùng được: {error}",
            f"the authority cannot be used: {error}",
        )
        todo = (
            "đồng hồ sai: sửa đồng hồ; token: cắm lại, kiểm tra tệp PIN; tệp bị đổi: plenary restore",
            "a wrong clock: set it; a token: plug it in, check the file of its PIN; changed files: plenary restore",
        )
        return [*found, bad("certificates.authority", told, todo)]
    return [
        *found,
        good(
            "certificates.authority",
            "khóa, chứng thư, gốc tin cậy khớp nhau",
            "keys, certificates, anchors fit",
        ),
    ]


def _holding(path: Path, house: House) -> list[Finding]:
    try:
        certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (OSError, ValueError):
        told = (f"không đọc được chứng thư {path.name}", f"{path.name} cannot be read as a certificate")
        return [bad(f"certificates.{path.stem}", told, _RESTORE)]
    now, until = _now(house), certificate.not_valid_after_utc
    if now < certificate.not_valid_before_utc:
        told = (
            f"chứng thư {path.stem} chưa có hiệu lực: đồng hồ máy chậm?",
            f"{path.stem} is not valid yet: is this clock slow?",
        )
        return [
            bad(f"certificates.{path.stem}", told, ("sửa đồng hồ: timedatectl", "set the clock: timedatectl"))
        ]
    return [_until(f"certificates.{path.stem}", path.stem, until, now)]


def _until(check: str, name: str, until: datetime, now: datetime) -> Finding:
    day = f"{until:%d/%m/%Y}"
    todo = _NEW_TLS.get(name) or (
        f"thay {name}.pem trước ngày đó (docs/signatures.md); giấy chứng nhận đã cấp vẫn kiểm tra được",
        f"replace {name}.pem before (docs/signatures.md); what it sealed before stays good",
    )
    if now > until:
        return bad(check, (f"chứng thư {name} đã hết hạn {day}", f"{name} expired on {until:%Y-%m-%d}"), todo)
    told = (f"chứng thư {name} còn hạn đến {day}", f"{name} is valid until {until:%Y-%m-%d}")
    return warn(check, told, todo) if until - now < _SOON else good(check, *told)


async def https(house: House) -> list[Finding]:
    """What phones are shown: the body's own certificate, or the local authority's."""
    settings, keys = house.settings, house.settings.data / "keys"
    if settings.tls_certificate:
        try:
            host = urlsplit(settings.public_url).hostname or ""
            name = tls_given.check(Path(settings.tls_certificate), Path(settings.tls_key), host, _now(house))
        except TlsRefused as error:
            todo = (
                "sửa đúng điều vừa nêu; hết hạn hoặc sai tên thì xin chứng thư mới, đặt PLENARY_TLS_CERTIFICATE",
                "mend what it says; if it is over or for another name: a new one, PLENARY_TLS_CERTIFICATE",
            )
            vi, en = halves(error)
            return [bad("https", (f"chứng thư HTTPS không dùng được: {vi}", f"HTTPS: {en}"), todo)]
        leaf = x509.load_pem_x509_certificates(Path(settings.tls_certificate).read_bytes())[0]
        found = _until("https", _HTTPS, leaf.not_valid_after_utc, _now(house))
        return [found, good("https.name", f"HTTPS cho tên {name}", f"HTTPS for {name}")]
    if settings.behind_proxy or house.is_only_here:
        return [good("https", "máy này không tự phục vụ HTTPS", "HTTPS is not ours to speak here")]
    if not (keys / tls_authority.CERTIFICATE).exists():
        return []
    return _holding(keys / tls_authority.AUTHORITY, house) + _holding(keys / tls_authority.CERTIFICATE, house)


async def anchors(house: House) -> list[Finding]:
    """Anchors are read as strictly as verifiers read them."""
    found = []
    for check, path in (
        ("anchors.trust", house.settings.data / "keys" / "trust.pem"),
        ("anchors.tsa", Path(house.settings.tsa_trust) if house.settings.tsa_trust else None),
    ):
        if path is None or (check == "anchors.trust" and not path.parent.is_dir()):
            continue
        try:
            count = len(load_anchors(path.read_bytes()))
            found.append(
                good(check, f"{count} gốc tin cậy trong {path.name}", f"{count} anchors in {path.name}")
            )
        except (OSError, Refused) as error:
            told = (f"gốc tin cậy {path} không đọc được: {error}", f"{path} holds no anchors: {error}")
            found.append(
                bad(check, told, ("khôi phục tệp này từ bản sao lưu", "bring this file back from a backup"))
            )
    return found


def _now(house: House) -> datetime:
    return datetime.fromtimestamp(house.clock() / 1000, UTC)
