"""Clients that misbehave beside a sitting: bodies that never end, connections that break in the middle of a ballot, the
same ballot to all workers at once; and workers that are asked to go while ballots come."""

import asyncio
import contextlib
import signal
import socket
from urllib.parse import urlsplit

import aiohttp

from tests.faults.faults import receipts
from tests.faults.history import BALLOT, Sent
from tests.faults.house import WORKERS, House, kill, socket_directory
from tests.faults.stage import JOSE, Play
from tests.faults.wire import RESET
from tests.support.waiting import until

SLOW = 300


async def bodies_that_never_end(house: House, play: Play) -> None:
    """Some hundred connections begin a ballot and send a byte now and then: whoever is quicker is served as ever."""
    address = urlsplit(house.url)
    poll = await _open_poll(play)
    head = (
        f"POST /voting/polls/{poll}/ballots HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Content-Type: {JOSE}\r\nContent-Length: 2000\r\n\r\n"
    ).encode()
    async with contextlib.AsyncExitStack() as held:
        for _ in range(SLOW):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
            held.callback(writer.transport.abort)
            writer.write(head + b"e")
        await receipts(play, 6)


async def ballots_that_break_off(house: House, play: Play) -> None:
    """A reset in the middle of a ballot's body, again and again; what came in part is nothing."""
    address = urlsplit(house.url)
    for place in range(6):
        await receipts(play, 1)
        poll = play.polls[await _open_poll(play)]
        raw = play.hall.devices[play.chair].ballot(poll.ask, "reject", b"x", 90 + place)
        head = (
            f"POST /voting/polls/{poll.poll}/ballots HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Content-Type: {JOSE}\r\nContent-Length: {len(raw)}\r\n\r\n"
        ).encode()
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(head + raw[: len(raw) // 2])
        await writer.drain()
        made: socket.socket = writer.get_extra_info("socket")
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()
        # It is asked about in the end like any other: nobody has it.
        began = play.book.now()
        play.book.sent.append(Sent(BALLOT, play.chair, poll.poll, raw, began, play.book.now(), 0, b""))


async def the_same_ballot_to_all_workers(house: House, play: Play) -> None:
    """At the same instant, by their own doors: one line, one receipt."""
    sockets = socket_directory(house.data)
    who = play.delegates[1]
    await _open_poll(play)
    async with contextlib.AsyncExitStack() as doors:
        sessions = [
            await doors.enter_async_context(
                aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(sockets / f"{n}.sock")))
            )
            for n in range(WORKERS)
        ]
        for _ in range(10):
            poll = play.polls[await _open_poll(play)]
            cast = poll.cast.setdefault(who, [])
            raw = play.hall.devices[who].ballot(
                poll.ask, "approve", cast[-1] if cast else None, len(cast) + 1
            )
            sent = await asyncio.gather(*(_post(play, each, poll.poll, who, raw) for each in sessions * 2))
            if any(each.taken for each in sent):
                cast.append(raw)
            if play.over:
                return


async def _post(play: Play, session: aiohttp.ClientSession, poll: str, who: str, raw: bytes) -> Sent:
    began = play.book.now()
    path = f"http://worker/voting/polls/{poll}/ballots"
    async with session.post(path, data=raw, headers={"Content-Type": JOSE}) as answer:
        status, body = answer.status, await answer.read()
    sent = Sent(BALLOT, who, poll, raw, began, play.book.now(), status, body)
    play.book.sent.append(sent)
    return sent


async def workers_are_asked_to_go(house: House, play: Play) -> None:
    """SIGTERM to each in turn while ballots come: whatever it has in hand it ends, and another takes its place."""
    for place in range(WORKERS):
        await receipts(play, 3)
        pid = house.workers()[place]
        kill(pid, signal.SIGTERM)

        async def replaced(gone: int = pid) -> bool:
            return gone not in house.workers()

        await until(replaced, 60, "the worker to go")
        await asyncio.wait_for(house.whole(), 120)


async def _open_poll(play: Play) -> str:
    async def opened() -> str:
        return next(reversed(play.polls), "")

    return await until(opened, 120, "a poll")
