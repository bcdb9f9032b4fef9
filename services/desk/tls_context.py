"""What a worker shows to who connects: the certificate in two files, read again whenever they change."""

import asyncio
import ssl
from pathlib import Path

import structlog

from services.kit.settings import Settings

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 30.0


def context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS of a worker (1.2 or newer, the ciphers of Python's defaults); None if it speaks plain HTTP."""
    if not settings.tls_certificate:
        return None
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.set_alpn_protocols(["http/1.1"])
    made.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return made


async def follow(made: ssl.SSLContext, settings: Settings, every: float = LOOK_AGAIN_SECONDS) -> None:
    """For ever: when a file has changed, show the new certificate to who connects from then on."""
    files = (Path(settings.tls_certificate), Path(settings.tls_key))
    seen = _marks(files)
    while True:
        await asyncio.sleep(every)
        now = _marks(files)
        if now == seen:
            continue
        try:
            # Tried elsewhere first: a context that fails to load has lost what it had.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*files)
            made.load_cert_chain(*files)
        except (OSError, ssl.SSLError) as error:
            # Half of a change, or a wrong one: what was loaded stays, and we look again.
            log.warning("tls.not_loaded", error=str(error))
        else:
            seen = now
            log.info("tls.loaded", certificate=str(files[0]))


def _marks(files: tuple[Path, ...]) -> tuple[tuple[int, int, int] | None, ...]:
    return tuple(map(_mark, files))


def _mark(file: Path) -> tuple[int, int, int] | None:
    try:
        entry = file.stat()
    except OSError:
        return None
    return entry.st_ino, entry.st_mtime_ns, entry.st_size
