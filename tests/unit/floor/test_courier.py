"""The courier connects to addresses that were checked, and to no others."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from services.floor.courier import Courier, Outcome
from services.kit import background
from tests.support.waiting import until
from tests.support.webhook_receiver import Receiver


async def sent(url: str, private: bool = True) -> Outcome:
    courier = Courier(private=private)
    try:
        return await courier.send(url, b"{}", {})
    finally:
        await courier.close()


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """From now on every name means these addresses; the names that were asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


async def test_name_that_means_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is no way around: what it means is checked, and one bad address makes the name bad."""
    asked = names(monkeypatch, "8.8.8.8", "169.254.169.254")
    assert await sent("http://hall.example/hook") == Outcome(error="webhook_address")
    assert asked == ["hall.example"]


async def test_name_that_means_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where private networks are not set, nothing reaches us through a name."""
    receiver = await Receiver().open()
    names(monkeypatch, "127.0.0.1")
    url = receiver.url.replace("127.0.0.1", "hall.example")
    assert await sent(url, private=False) == Outcome(error="webhook_address")
    assert receiver.tries == []
    # The name is looked up once for a try, and it is that address which is connected to.
    asked = names(monkeypatch, "127.0.0.1")
    receiver.fault = lambda _: 503
    assert await sent(url) == Outcome(error="http 503")
    assert asked == ["hall.example"]
    assert len(receiver.tries) == 1
    await receiver.close()


async def test_names_that_nobody_answers_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are being looked up, all else that is done in threads goes on."""
    answered, asked = threading.Event(), list[str]()

    def resolve(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        answered.wait()
        raise socket.gaierror(8, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    courier = Courier(private=True)
    sending = [asyncio.create_task(courier.send(f"http://h{n}.example/", b"{}", {})) for n in range(64)]
    try:
        await until(lambda: _true(len(asked) == 64), what="all are being looked up")
        other = asyncio.create_task(asyncio.to_thread(lambda: "done"))
        await until(lambda: _true(other.done()), what="something else is done")
    finally:
        answered.set()
        outcomes = await asyncio.gather(*sending)
        await courier.close()
    assert set(outcomes) == {Outcome(error="unreachable")}


async def _true(value: bool) -> bool:
    return value


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[::1]:9/", "http://[::ffff:127.0.0.1]:9/"])
async def test_address_without_a_name(url: str) -> None:
    """An address in the URL is asked of nobody, and checked all the same."""
    assert await sent(url, private=False) == Outcome(error="webhook_address")


async def test_nothing_is_told_of_what_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port, a port that speaks something else, a name that is none: one word for all."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert await sent(f"http://127.0.0.1:{port}/") == Outcome(error="unreachable")

    def nobody(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(8, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert await sent("http://hall.example/") == Outcome(error="unreachable")


@pytest.mark.parametrize(("text", "pause"), [("7", 7), ("9999", 60), ("soon", 0), ("", 0), ("-1", 0)])
async def test_receiver_asks_for_a_pause(text: str, pause: int) -> None:
    """Retry-After in seconds is heard, within reason."""
    receiver = await Receiver(fault=lambda _: 503, headers={"Retry-After": text}).open()
    assert await sent(receiver.url) == Outcome(error="http 503", pause=pause)
    await receiver.close()


async def test_receivers_that_swallow_what_comes() -> None:
    """However many ports take a message and say nothing, whoever else is sent one is not kept waiting for them."""
    silent = [socket.create_server(("127.0.0.1", 0)) for _ in range(16)]
    courier, receiver = Courier(private=True), await Receiver().open()
    urls = [f"http://127.0.0.1:{each.getsockname()[1]}/" for each in silent for _ in range(8)]
    sending = [asyncio.create_task(courier.send(url, b"{}", {})) for url in urls]
    swallowed: list[socket.socket] = []
    try:
        for place in range(96):
            there, _ = await asyncio.to_thread(silent[place // 8].accept)
            swallowed.append(there)
        receiver.fault = lambda _: 503
        # Whoever waits for a connection that another holds is told after four seconds that there is none.
        assert await courier.send(receiver.url, b"{}", {}) == Outcome(error="http 503")
    finally:
        await background.stop(sending)
        await courier.close()
        await receiver.close()
        for each in (*silent, *swallowed):
            each.close()
