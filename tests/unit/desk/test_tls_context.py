"""What a worker shows follows its files, and a broken file takes nothing away."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding
from structlog.testing import capture_logs

from services.desk import tls_context
from services.kit.background import stop
from services.kit.settings import Settings
from tests.support.certificates import NOW, Issued, issue
from tests.support.waiting import until


@asynccontextmanager
async def shown(directory: Path) -> AsyncIterator[Callable[[], bytes]]:
    """A server that follows the files: what it shows (DER) to who connects now."""
    settings = Settings(
        tls_certificate=str(directory / "own.pem"),
        tls_key=str(directory / "own.key"),
        public_url="https://localhost",
    )
    context = tls_context.context(settings)
    assert context is not None
    following = asyncio.create_task(tls_context.follow(context, settings, _now, every=0.005))
    runner = web.AppRunner(web.Application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield lambda: ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port), timeout=10))
    finally:
        await stop([following])
        await runner.cleanup()


async def test_a_new_certificate_is_shown_to_who_comes_next(tmp_path: Path) -> None:
    """No restart."""
    first, second = issue(["localhost"]), issue(["localhost"])
    first.write(tmp_path, "own")
    async with shown(tmp_path) as certificate:
        assert await asyncio.to_thread(certificate) == _der(first)
        second.write(tmp_path, "own")
        await until(lambda: _shows(certificate, second))


@pytest.mark.parametrize("wrong", [b"", b"no certificate", None])
async def test_a_wrong_file_takes_nothing_away(tmp_path: Path, wrong: bytes | None) -> None:
    """Broken, or not of its key: what was loaded is shown until it is mended."""
    first, second = issue(["localhost"]), issue(["localhost"])
    first.write(tmp_path, "own")
    other, _ = issue(["localhost"]).write(tmp_path, "other")
    async with shown(tmp_path) as certificate:
        with capture_logs() as said:
            (tmp_path / "own.pem").write_bytes(other.read_bytes() if wrong is None else wrong)
            await until(lambda: _said(said, "tls.not_loaded"))
            assert await asyncio.to_thread(certificate) == _der(first)
            second.write(tmp_path, "own")
            await until(lambda: _shows(certificate, second))


@pytest.mark.parametrize("wrong", ["it is over", "it is for somebody else"])
async def test_a_certificate_that_no_browser_takes_is_not_shown(tmp_path: Path, wrong: str) -> None:
    """Whole, with its key, and worse than the one before: that one is shown until it is mended."""
    good = issue(["localhost"])
    good.write(tmp_path, "own")
    async with shown(tmp_path) as certificate:
        with capture_logs() as said:
            days, name = (1, "localhost") if wrong == "it is over" else (90, "other.example")
            issue([name], since=NOW - timedelta(days=2), days=days).write(tmp_path, "own")
            await until(lambda: _said(said, "tls.not_loaded"))
            assert await asyncio.to_thread(certificate) == _der(good)


@pytest.mark.parametrize("half", ["own.pem", "own.key"])
async def test_a_pair_replaced_while_it_is_read_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half: str
) -> None:
    """One of the two files changes between the trial and the loading: a good pair is shown all the time."""
    first, second, third = (issue(["localhost"]) for _ in range(3))
    first.write(tmp_path, "own")
    (tmp_path / "next").mkdir()
    third.write(tmp_path / "next", "own")
    load = ssl.SSLContext.load_cert_chain

    def meanwhile(context: ssl.SSLContext, *files: Any) -> None:
        load(context, *files)
        (tmp_path / half).write_bytes((tmp_path / "next" / half).read_bytes())

    async with shown(tmp_path) as certificate:
        monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", meanwhile)
        with capture_logs() as said:
            second.write(tmp_path, "own")
            await until(lambda: _shows(certificate, second))
            # The half of the third that is there now is no pair with the rest: it is said, and changes nothing.
            await until(lambda: _said(said, "tls.not_loaded"))
            assert await asyncio.to_thread(certificate) == _der(second)
            third.write(tmp_path, "own")
            await until(lambda: _shows(certificate, third))


def _now() -> int:
    return int(NOW.timestamp() * 1000)


async def _said(logs: list[MutableMapping[str, Any]], event: str) -> bool:
    return any(each["event"] == event for each in logs)


async def _shows(certificate: Callable[[], bytes], wanted: Issued) -> bool:
    return await asyncio.to_thread(certificate) == _der(wanted)


def _der(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(Encoding.DER)
