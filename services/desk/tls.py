"""Which certificate this machine shows, settled at start and kept good while it runs.

Keys of phones need a secure context: off loopback we speak HTTPS, with the body's own certificate or with one of the
local authority (docs/decisions/0011-tls.md).
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from services.desk import machine, tls_authority, tls_given
from services.desk.tls_authority import Names, TlsRefused
from services.kit.clock import Clock
from services.kit.settings import Settings
from services.pages import house as pages_house
from services.pages.house import House

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 600.0
# Ours is made anew soon after the machine has another address, or the clock that was wrong at the start is right.
LOOK_AT_OURS_SECONDS = 30.0


def settled(settings: Settings, clock: Clock) -> Settings:
    """The settings with certificate, key and public address resolved; as they are where HTTPS is not ours to speak.

    `settings` have their port. Raises TlsRefused, KeyRefused.
    """
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise TlsRefused(
            "PLENARY_TLS_CERTIFICATE và PLENARY_TLS_KEY đi cùng nhau: đặt cả hai hoặc không đặt"
            " / PLENARY_TLS_CERTIFICATE and PLENARY_TLS_KEY go together: set both or neither"
        )
    is_given = bool(settings.tls_certificate)
    if not is_given and (settings.behind_proxy or machine.is_loopback(settings.host)):
        _must_be_found(settings)
        return settings
    if settings.public_url and urlsplit(settings.public_url).scheme != "https":
        raise TlsRefused(
            "PLENARY_PUBLIC_URL phải bắt đầu bằng https://: không có HTTPS thì điện thoại không ký được (nếu có proxy"
            " HTTPS phía trước thì đặt PLENARY_BEHIND_PROXY=true)"
            " / PLENARY_PUBLIC_URL must begin with https://: on any address but loopback we speak HTTPS, without which"
            " no phone can sign (or set PLENARY_BEHIND_PROXY=true if something in front does)"
        )
    return _with_given(settings, clock) if is_given else _with_local(settings, clock)


def _must_be_found(settings: Settings) -> None:
    """Our own address is none behind a proxy; and what is issued with it stays so: links, QR codes, certificates."""
    if settings.behind_proxy and not settings.public_url:
        raise TlsRefused(
            "PLENARY_BEHIND_PROXY=true thì phải đặt cả PLENARY_PUBLIC_URL: địa chỉ https:// mà người dùng gõ; nó được"
            " in trên thư mời, mã QR và giấy chứng nhận"
            " / PLENARY_BEHIND_PROXY=true wants PLENARY_PUBLIC_URL, too: the https:// address that people type; it"
            " stands on invites, QR codes and certificates"
        )


def has_local_authority(settings: Settings) -> bool:
    """Whether these resolved settings show a certificate of the local authority."""
    return bool(settings.tls_certificate) and Path(settings.tls_certificate) == _local(settings)


def house(settings: Settings) -> House:
    """What the pages say of this house, by its resolved settings."""
    authority = _local(settings).with_name(tls_authority.AUTHORITY) if has_local_authority(settings) else None
    return pages_house.of(settings.address, authority)


def _local(settings: Settings) -> Path:
    return settings.data / "keys" / tls_authority.CERTIFICATE


def _with_given(settings: Settings, clock: Clock) -> Settings:
    certificate, key = (
        Path(each).expanduser().resolve() for each in (settings.tls_certificate, settings.tls_key)
    )
    wished = urlsplit(settings.public_url).hostname or ""
    name = tls_given.check(certificate, key, wished, tls_authority.now_utc(clock()))
    return replace(
        settings,
        tls_certificate=str(certificate),
        tls_key=str(key),
        public_url=settings.public_url or _url(name, settings.port),
    )


def _with_local(settings: Settings, clock: Clock) -> Settings:
    directory = settings.data / "keys"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = _names(settings)
    tls_authority.ensure(directory, names, tls_authority.now_utc(clock()))
    first = _first(settings, names, tls_authority.vouched(directory, names))
    return replace(
        settings,
        tls_certificate=str(directory / tls_authority.CERTIFICATE),
        tls_key=str(directory / tls_authority.KEY),
        public_url=settings.public_url or _url(first, settings.port),
    )


def _names(settings: Settings) -> Names:
    """What the machine is called now: as people are told, as it listens, and as it is found."""
    told = urlsplit(settings.public_url).hostname or ""
    given = [machine.host_or_address(each) for each in (told, settings.host) if each]
    hosts = [*(each for each in given if isinstance(each, str)), *machine.names(), "localhost"]
    listening = machine.addresses(settings.host)
    addresses = [
        *(each for each in given if not isinstance(each, str) and not each.is_unspecified),
        *listening,
        *machine.LOOPBACK,
    ]
    return Names(tuple(dict.fromkeys(hosts)), tuple(dict.fromkeys(addresses)))


def _first(settings: Settings, names: Names, vouched: Names) -> str:
    """What people are told: as is wished, or else the best address of the machine. Raises TlsRefused."""
    wished = urlsplit(settings.public_url).hostname
    known = [*map(str, vouched.addresses), *vouched.hosts]
    others = [str(each) for each in names.addresses if not each.is_loopback]
    told = wished or next((each for each in others if each in known), "" if others else known[0])
    if told not in known:
        raise TlsRefused(
            f"gốc tin cậy nội bộ có trước khi máy này là {told or others[0]} nên không bảo chứng được: dùng chứng thư"
            f" riêng (PLENARY_TLS_CERTIFICATE), hoặc xóa {tls_authority.AUTHORITY}, {tls_authority.AUTHORITY_KEY} trong"
            f" {settings.data / 'keys'} rồi cài gốc mới cho mọi điện thoại"
            f" / the local authority was made before this machine was {told or others[0]}, and may not vouch for that:"
            f" use a certificate of your own (PLENARY_TLS_CERTIFICATE), or remove {tls_authority.AUTHORITY} and"
            f" {tls_authority.AUTHORITY_KEY} there and install the new authority on every phone"
        )
    if missing := [each for each in [*names.hosts, *map(str, names.addresses)] if each not in known]:
        log.warning("tls.not_vouched_for", names=missing)
    return told


def _url(name: str, port: int) -> str:
    host = f"[{name}]" if ":" in name else name
    return f"https://{host}" if port == 443 else f"https://{host}:{port}"


async def keep_good(settings: Settings, clock: Clock) -> None:
    """For ever: issue the certificate anew before it lapses or when the machine's addresses change.

    Workers see the new file by themselves. What cannot be done now is said and tried again.
    """
    every = LOOK_AT_OURS_SECONDS if has_local_authority(settings) else LOOK_AGAIN_SECONDS
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(renewed, settings, clock)
        except Exception:
            log.exception("tls.not_renewed")


def renewed(settings: Settings, clock: Clock) -> None:
    """Look once: renew a certificate of ours, warn of one of the body's own that is about to lapse."""
    now = tls_authority.now_utc(clock())
    if not has_local_authority(settings):
        wished = urlsplit(settings.public_url).hostname or ""
        tls_given.check(Path(settings.tls_certificate), Path(settings.tls_key), wished, now)
    elif tls_authority.ensure(settings.data / "keys", _names(settings), now):
        log.info("tls.renewed", certificate=settings.tls_certificate)
