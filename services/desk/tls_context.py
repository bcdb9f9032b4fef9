"""What a worker shows to who connects: the certificate in two files, read again whenever they change."""

import asyncio
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from services.desk import tls_given
from services.desk.tls_authority import TlsRefused, now_utc
from services.kit.clock import Clock
from services.kit.settings import Settings

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 30.0


def context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS of a worker (1.2 or newer, the ciphers of Python's defaults); None if it speaks plain HTTP."""
    if not settings.tls_certificate:
        return None
    return _loaded(_files(settings))


async def follow(
    made: ssl.SSLContext, settings: Settings, clock: Clock, every: float = LOOK_AGAIN_SECONDS
) -> None:
    """For ever: when a file has changed, show the new certificate to who connects from then on.

    One that no browser would take for us, over or of another name, is no better than a broken one.
    """
    files = _files(settings)
    host = urlsplit(settings.public_url).hostname or ""
    seen = _marks(files)
    while True:
        await asyncio.sleep(every)
        now = _marks(files)
        if now == seen:
            continue
        try:
            tls_given.must_be_taken(files[0], host, now_utc(clock()))
            fresh = _loaded(files)
        except (OSError, ssl.SSLError, TlsRefused) as error:
            # Half of a change, or a wrong one: what was loaded stays, and we look again.
            log.warning("tls.not_loaded", error=str(error))
        else:
            _show(made, fresh)
            seen = now
            log.info("tls.loaded", certificate=str(files[0]))


def _loaded(files: tuple[Path, Path]) -> ssl.SSLContext:
    """A context of its own for what stands in the files now. Raises OSError, ssl.SSLError if they are no pair."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.set_alpn_protocols(["http/1.1"])
    made.load_cert_chain(*files)
    return made


def _show(made: ssl.SSLContext, fresh: ssl.SSLContext) -> None:
    """From now on each handshake that begins in `made` goes on in `fresh`.

    Nothing is loaded into a context in use: files replaced one after the other could leave it with half a pair or none.
    """

    def go_on(connection: ssl.SSLObject, _name: str | None, _made: ssl.SSLContext) -> None:
        connection.context = fresh

    made.sni_callback = go_on


def _files(settings: Settings) -> tuple[Path, Path]:
    return Path(settings.tls_certificate), Path(settings.tls_key)


def _marks(files: tuple[Path, ...]) -> tuple[tuple[int, int, int] | None, ...]:
    return tuple(map(_mark, files))


def _mark(file: Path) -> tuple[int, int, int] | None:
    try:
        entry = file.stat()
    except OSError:
        return None
    return entry.st_ino, entry.st_mtime_ns, entry.st_size
