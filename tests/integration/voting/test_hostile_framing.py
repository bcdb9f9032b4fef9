"""Ballots in hostile frames of HTTP, on the straight way and on the ordinary one: what cannot be told apart is refused
whole, and each receipt goes to whose ballot it is of."""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.desk.device import must_be_of
from services.kit import straight
from services.wire import Receipt
from tests.support.voting_desk import VotingDesk, assemble
from tests.support.voting_hall import lines_of, prove, send

HOST, JOSE = b"Host: x\r\n", b"Content-Type: application/jose\r\n"
VOTERS = 24
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")
_LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)


class Answered(NamedTuple):
    """One answer of a connection."""

    status: int
    body: bytes

    def must_be_receipt_of(self, ballot: bytes) -> None:
        """Raise AssertionError or ReceiptWrong unless it is."""
        assert self.status in (200, 201), self
        must_be_of(msgspec.json.decode(self.body, type=Receipt), ballot)


@pytest.fixture(params=["straight", "ordinary"])
async def desk(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: object
) -> VotingDesk:
    """A desk as a worker has it, or without its straight ways."""
    made = assemble(tmp_path, database_url, redis_url, VOTERS)
    server = TestServer(made.root)
    await server.start_server()
    assert isinstance(server.runner, web.AppRunner)
    if request.param == "straight":
        straight.lay(server.runner, made.root)
    made.client = await aiohttp_client(server)  # type: ignore[operator]
    await made.found()
    return made


async def _told(desk: VotingDesk, *pieces: bytes, answers: int = 1) -> list[Answered]:
    """What is answered on one connection to these pieces, sent one by one: so many answers, or all until its end."""
    reader, writer = await asyncio.open_connection(desk.client.host, desk.client.port)
    found: list[Answered] = []
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while len(found) < answers:
                head = await reader.readuntil(b"\r\n\r\n")
                status, length = _STATUS.match(head), _LENGTH.search(head)
                assert status
                assert length
                found.append(Answered(int(status[1]), await reader.readexactly(int(length[1]))))
    finally:
        writer.close()
    return found


def _post(
    poll: str, body: bytes, more: bytes = b"", *, length: bool = True, version: bytes = b"1.1"
) -> bytes:
    line = b"POST /voting/polls/%b/ballots HTTP/%b\r\n" % (poll.encode(), version)
    counted = b"Content-Length: %d\r\n" % len(body) if length else b""
    return line + HOST + JOSE + more + counted + b"\r\n" + body


def _in_chunks(body: bytes, end: bytes = b"\r\n") -> bytes:
    return b"%x%b%b%b0%b%b" % (len(body), end, body, end, end, end)


def _unclear(poll: str, raw: bytes) -> dict[str, bytes]:
    """Frames in which two readers could see two requests (RFC 9112 section 6.3), each around a good ballot."""
    size, chunked = len(raw), b"Transfer-Encoding: chunked\r\n"
    lengths = {
        "two lengths alike": b"%d\r\nContent-Length: %d" % (size, size),
        "two lengths": b"%d\r\nContent-Length: 5" % size,
        "a list of lengths": b"%d, %d" % (size, size),
        "a length with +": b"+%d" % size,
        "a length below nothing": b"-1",
        "a length that no number holds": b"9" * 30,
        "a length in hex": b"0x%x" % size,
        "a length of other digits": "".join(chr(0x660 + int(one)) for one in str(size)).encode(),
        "a length of nothing": b"",
    }
    table = {
        name: _post(poll, raw, b"Content-Length: " + length + b"\r\n", length=False)
        for name, length in lengths.items()
    }
    encodings = {
        "chunks and a length": (chunked + b"Content-Length: 4\r\n", _in_chunks(raw)),
        "a length and chunks": (b"Content-Length: 6\r\n" + chunked, b"0\r\n\r\nGPOST / HTTP/1.1\r\n\r\n"),
        "an encoding nobody knows": (b"Transfer-Encoding: xchunked\r\n", _in_chunks(raw)),
        "chunks twice": (b"Transfer-Encoding: chunked, chunked\r\n", _in_chunks(raw)),
        "chunks not last": (b"Transfer-Encoding: chunked, identity\r\n", _in_chunks(raw)),
        "a chunk in 0x": (chunked, b"0x" + _in_chunks(raw)),
        "a chunk below nothing": (chunked, b"-5\r\n" + raw + b"\r\n0\r\n\r\n"),
        "chunks ended by bare LF": (chunked, _in_chunks(raw, b"\n")),
        "a space before the colon": (b"Content-Length : 5\r\n" + chunked, _in_chunks(raw)),
        "a folded header": (b"X: y\r\n folded\r\n" + chunked, _in_chunks(raw)),
        "NUL in a header": (b"X: a\0b\r\n" + chunked, _in_chunks(raw)),
    }
    for name, (headers, body) in encodings.items():
        table[name] = _post(poll, body, headers, length=False)
    good = _post(poll, raw)
    table["two hosts"] = good.replace(HOST, HOST + b"Host: y\r\n")
    table["no host"] = good.replace(HOST, b"")
    table["lines ended by bare LF"] = good.replace(b"\r\n", b"\n")
    return table


async def test_an_unclear_frame_is_refused_and_nothing_of_it_is_taken(desk: VotingDesk) -> None:
    """One refusal, the connection ended, the ledger as it was; the same ballot, framed well, is taken afterwards."""
    poll, asked = await desk.opened()
    raw = desk.devices["001"].ballot(asked, "approve")
    before = await lines_of(desk)
    found = {}
    for name, sent in _unclear(poll, raw).items():
        answers = await asyncio.wait_for(_told(desk, sent, answers=9), 30)
        found[name] = [each.status for each in answers]
    assert {name: statuses for name, statuses in found.items() if statuses != [400]} == {}
    assert await lines_of(desk) == before
    assert (await send(desk, poll, raw))[0] == 201


async def test_an_unusual_frame_is_a_ballot_like_any_other(desk: VotingDesk) -> None:
    """Chunks, HTTP/1.0, an address with its scheme, a head and a body that trickle: receipts, each of its ballot."""
    poll, asked = await desk.opened()
    ballots = [desk.devices[voter].ballot(asked, "approve") for voter in desk.voters[:5]]
    chunked = b"Transfer-Encoding: chunked\r\n"
    whole = _post(poll, ballots[4])
    sent = [
        [_post(poll, _in_chunks(ballots[0]), chunked, length=False)],
        [_post(poll, ballots[1], version=b"1.0")],
        [_post(poll, ballots[2]).replace(b"POST ", b"POST http://another.example", 1)],
        [_post(poll, ballots[3], b"Connection: close\r\n")],
        [whole[start : start + 40] for start in range(0, len(whole), 40)],
    ]
    for ballot, pieces in zip(ballots, sent, strict=True):
        (answered,) = await _told(desk, *pieces)
        answered.must_be_receipt_of(ballot)
    assert (await prove(desk))[poll].approve == len(ballots)


async def test_ballots_one_behind_the_other_are_answered_in_their_order(desk: VotingDesk) -> None:
    """All voters' ballots in one piece on one connection, each twice, with other requests between: the n-th answer is
    the receipt of the n-th ballot, and nobody's is counted twice."""
    poll, asked = await desk.opened()
    ballots = [desk.devices[voter].ballot(asked, "approve") for voter in desk.voters]
    sent, expected = b"", []
    for ballot in ballots:
        sent += _post(poll, ballot) + b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n" + _post(poll, ballot)
        sent += _post(poll, b"{}")
        expected += [201, 404, 200, 400]
    answers = await _told(desk, sent, answers=len(expected))
    assert [each.status for each in answers] == expected
    for place, ballot in enumerate(ballots):
        answers[4 * place].must_be_receipt_of(ballot)
        answers[4 * place + 2].must_be_receipt_of(ballot)
    assert (await prove(desk))[poll].approve == VOTERS


async def test_a_ballot_with_garbage_behind_it_has_a_receipt_or_is_in_no_ledger(desk: VotingDesk) -> None:
    """In one piece with what is no HTTP: whoever got no receipt sends again and has one; there is one of each."""
    poll, asked = await desk.opened()
    for voter in desk.voters[:4]:
        ballot = desk.devices[voter].ballot(asked, "approve")
        answers = await _told(desk, _post(poll, ballot) + b"\x16\x03\x01\0garbage\r\n\r\n", answers=9)
        assert answers[-1].status == 400
        for each in answers[:-1]:
            each.must_be_receipt_of(ballot)
        assert len(answers) <= 2
        status, body = await send(desk, poll, ballot)
        assert status == (200 if len(answers) == 2 else 201)
        Answered(status, body).must_be_receipt_of(ballot)
    assert (await prove(desk))[poll].approve == 4


async def test_who_hangs_up_at_once_finds_the_ballot_taken_once_or_not_at_all(desk: VotingDesk) -> None:
    """The connection is reset behind the last byte: sent again, each has its receipt, and is counted once."""
    poll, asked = await desk.opened()
    ballots = [desk.devices[voter].ballot(asked, "approve") for voter in desk.voters]
    await asyncio.gather(*(_cut_off(desk, _post(poll, ballot)) for ballot in ballots))
    answers = [Answered(*await send(desk, poll, ballot)) for ballot in ballots]
    for ballot, answered in zip(ballots, answers, strict=True):
        answered.must_be_receipt_of(ballot)
    assert (await prove(desk))[poll].approve == VOTERS


async def _cut_off(desk: VotingDesk, sent: bytes) -> None:
    _, writer = await asyncio.open_connection(desk.client.host, desk.client.port)
    own: socket.socket = writer.get_extra_info("socket")
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.write(sent)
    await writer.drain()
    writer.transport.abort()


async def test_half_requests_by_the_hundred_keep_nobody_from_voting(desk: VotingDesk) -> None:
    """Five hundred connections stop within a head or a body; every voter votes beside them."""
    poll, asked = await desk.opened()
    halves = [_post(poll, b"x" * 900)[:-850], b"POST /voting", b"GET / HTTP/1.1\r\nHo", b""]
    writers: list[asyncio.StreamWriter] = []
    for place in range(500):
        writers.append((await asyncio.open_connection(desk.client.host, desk.client.port))[1])
        writers[-1].write(halves[place % len(halves)])
    ballots = [desk.devices[voter].ballot(asked, "approve") for voter in desk.voters]
    answers: Sequence[list[Answered]] = await asyncio.gather(
        *(_told(desk, _post(poll, ballot)) for ballot in ballots)
    )
    for ballot, (answered,) in zip(ballots, answers, strict=True):
        answered.must_be_receipt_of(ballot)
    for writer in writers:
        writer.transport.abort()
    assert (await prove(desk))[poll].approve == VOTERS
