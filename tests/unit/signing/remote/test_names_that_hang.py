"""A signing service whose name nobody answers for: whoever asks it waits, and nobody else does."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from services.kit import clock
from services.signing.remote.errors import RemoteBusy
from services.signing.remote.exchange import Exchange, Manners, open_session

# More than there are threads for all else.
ASKING = 64


async def test_names_that_hang_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll is counted in the threads of the process meanwhile; those who asked are told in their own time."""
    answered, asked, right = threading.Event(), threading.Semaphore(0), socket.getaddrinfo

    def hang(host: Any, *given: Any, **named: Any) -> Any:
        if not str(host).endswith(".example.vn"):
            return right(host, *given, **named)
        asked.release()
        answered.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        async with open_session() as session:
            asking = [
                asyncio.create_task(
                    Exchange(session, clock.now, "vnpt", f"https://ky-{n}.example.vn", Manners(tries=1)).post(
                        "sign", {}, again=False
                    )
                )
                for n in range(ASKING)
            ]
            await asyncio.wait_for(asyncio.to_thread(asked.acquire), 30)
            assert await asyncio.wait_for(asyncio.to_thread(sum, [1, 2]), 30) == 3
            answered.set()
            outcomes = await asyncio.gather(*asking, return_exceptions=True)
        assert {type(each) for each in outcomes} == {RemoteBusy}
    finally:
        answered.set()
